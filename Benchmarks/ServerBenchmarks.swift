#if Server
    import Foundation

    /// The HTTP API over SQLite, beside a route that answers a constant and beside the library.
    struct ServerBenchmarks {
        let plan: MeasuringPlan
        let oncue: String
        private static let payload = String(repeating: "x", count: 78)
        private static let job = "{\"type\":\"echo\",\"queue\":\"load\",\"payload\":\"\(payload)\"}"

        /// - Returns: whether a figure was missed.
        func run() async throws -> Bool {
            let subject = Subject.onFiles(oncue, in: plan.scratch)
            let jobs = plan.jobs / 4
            var table = ResultTable()
            print("The server, over SQLite.")
            print()
            // No worker takes from the queue: what is measured is taking in.
            let submits = try await plan.pairs(
                "submits, 64 connections", "a constant answer, 64 connections", reach: 0.4,
                subject: { try await served("none") { try await submit($0, jobs: jobs) } },
                yardstick: {
                    try await served("none") { served in
                        try await served.client.rate(
                            LoadClient.request("GET", "/live"), times: jobs, connections: 64)
                    }
                })
            let library = try await plan.pairs(
                "submits, 64 connections", "the library, 64 callers", reach: 0.6,
                subject: { try await served("none") { try await submit($0, jobs: jobs) } },
                yardstick: {
                    try await subject.rate(["enqueue", "--batch", "1", "--callers", "64", "--jobs", "\(jobs)"])
                })
            // The lower of the two bounds is the one to reach.
            table.add(submits.ratio >= submits.reach || library.ratio < library.reach ? submits : library)
            table.add(
                try await plan.pairs(
                    "submits, batches of 1,000", "the library, 1,000 a call", reach: 0.5,
                    subject: { try await served("none") { try await submitBatches($0, jobs: plan.jobs) } },
                    yardstick: { try await subject.rate(["enqueue", "--batch", "1000", "--jobs", "\(plan.jobs)"]) }))
            table.add(
                try await plan.pairs(
                    "drain beside 1,000 idle streams", "the same without", reach: 0.95,
                    subject: { try await served("idle") { try await drain($0, streams: 1_000) } },
                    yardstick: { try await served("idle") { try await drain($0, streams: 0) } }))
            table.print()
            print()
            try await printReads()
            return table.hasMissed
        }

        private func served<Value: Sendable>(
            _ queues: String, _ body: (ServedStore) async throws -> Value
        ) async throws -> Value {
            try await ServedStore.run(oncue, scratch: plan.scratch, queues: queues, body)
        }

        private func submit(_ served: ServedStore, jobs: Int) async throws -> Double {
            try await served.client.rate(
                LoadClient.request("POST", "/api/v1/jobs", body: Self.job), times: jobs, connections: 64)
        }

        private func submitBatches(_ served: ServedStore, jobs: Int) async throws -> Double {
            try await 1_000
                * served.client.rate(Self.batch(1_000), times: jobs / 1_000, connections: 4)
        }

        private static func batch(_ count: Int, queue: String = "load") -> String {
            let job = job.replacing("\"load\"", with: "\"\(queue)\"")
            let body = "{\"jobs\":[" + Array(repeating: job, count: count).joined(separator: ",") + "]}"
            return LoadClient.request("POST", "/api/v1/jobs/batch", body: body)
        }

        /// The drain of a full queue, from its resumption to the last job's end.
        private func drain(_ served: ServedStore, streams: Int) async throws -> Double {
            let jobs = plan.jobs / 2
            _ = try await served.client.ask(LoadClient.request("POST", "/api/v1/queues/idle/pause"))
            _ = try await served.client.rate(Self.batch(1_000, queue: "idle"), times: jobs / 1_000, connections: 4)
            // They hear of a queue in which nothing happens.
            let stream = LoadClient.request("GET", "/api/v1/events?queue=silent")
            return try await served.client.withStreams(streams, stream) {
                if streams > 0 { print("\(streams) idle streams: \(served.memory().short) MB (reach < 150)") }
                let clock = ContinuousClock()
                let start = clock.now
                _ = try await served.client.ask(LoadClient.request("POST", "/api/v1/queues/idle/resume"))
                while try await served.completed("idle") < jobs { try await Task.sleep(for: .milliseconds(10)) }
                return Double(jobs) / ((clock.now - start) / .seconds(1))
            }
        }

        /// What a look at a job costs while a thousand run each second.
        private func printReads() async throws {
            try await served("load") { served in
                let answer = try await served.client.ask(LoadClient.request("POST", "/api/v1/jobs", body: Self.job))
                guard let start = answer.text.firstRange(of: "\"id\":\"")?.upperBound else { return }
                let id = answer.text[start...].prefix { $0 != "\"" }
                let read = LoadClient.request("GET", "/api/v1/jobs/\(id)")
                let clock = ContinuousClock()
                let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
                    let begin = clock.now
                    group.addTask {
                        for step in 0..<100 {
                            try await clock.sleep(until: begin + .milliseconds(100 * step))
                            _ = try await served.client.ask(Self.batch(100))
                        }
                        return []
                    }
                    group.addTask {
                        try await served.client.times(read, pause: .milliseconds(5), for: .seconds(10))
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }.map { $0 / .milliseconds(1) }.sorted()
                let p99 = times[min(times.count - 1, times.count * 99 / 100)]
                print(
                    "a job's status, while 1,000 jobs/s run: p50 \(times.median.short) ms, p99 \(p99.short) ms (reach <= 2), "
                        + "\(times.count) reads")
            }
        }
    }
#endif
