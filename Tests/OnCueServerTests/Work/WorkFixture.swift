#if Server
    import Foundation
    import OnCue
    import Testing

    /// A job as a worker got it over HTTP.
    struct ClaimedJob {
        let facts: [String: Any]

        var id: String { facts["id"] as? String ?? "" }
        var token: String { facts["token"] as? String ?? "" }
        var attempt: Int { facts["attempt"] as? Int ?? 0 }

        /// The fields by which a worker names it, for the body of a settlement or a note.
        var named: String { "\"id\":\"\(id)\",\"token\":\"\(token)\"" }
    }

    extension TestServer {
        func openSession(_ body: String = #"{"names":["a"],"lease":"30s"}"#) async throws -> String {
            let answer = try await post("/api/v1/sessions", body)
            #expect(answer.status == 201, "\(answer.text)")
            return try #require(answer.json["id"] as? String)
        }

        func claim(_ session: String, _ body: String = "{}") async throws -> [ClaimedJob] {
            let answer = try await post("/api/v1/sessions/\(session)/claim", body)
            #expect(answer.status == 200, "\(answer.text)")
            let jobs = try #require(answer.json["jobs"] as? [[String: Any]])
            #expect(answer.json["count"] as? Int == jobs.count)
            return jobs.map { ClaimedJob(facts: $0) }
        }

        func held(_ session: String) async throws -> [ClaimedJob] {
            let answer = try await get("/api/v1/sessions/\(session)/held")
            #expect(answer.status == 200, "\(answer.text)")
            return (answer.json["jobs"] as? [[String: Any]] ?? []).map { ClaimedJob(facts: $0) }
        }

        /// Settles, and the states that the jobs are in now; nil for a lease that was lost.
        func settle(_ session: String, _ sequence: Int, _ results: String...) async throws -> [String?] {
            let answer = try await post(
                "/api/v1/sessions/\(session)/settle",
                "{\"sequence\":\(sequence),\"results\":[\(results.joined(separator: ","))]}")
            #expect(answer.status == 200, "\(answer.text)")
            let said = try #require(answer.json["results"] as? [[String: Any]])
            return said.map { $0["applied"] as? Bool == true ? $0["status"] as? String : nil }
        }

        func renew(_ session: String) async throws -> Answer {
            try await post("/api/v1/sessions/\(session)/renew")
        }

        /// Submits jobs and gives their ids.
        func submit(_ count: Int, _ name: String = "a") async throws -> [String] {
            var ids: [String] = []
            for number in 0..<count {
                ids.append(try await submit(#"{"name":"\#(name)","payload":{"n":\#(number)}}"#))
            }
            return ids
        }

        func job(_ id: String) async throws -> JobRecord? {
            try await jobs.job(try #require(JobID(id)))
        }
    }
#endif
