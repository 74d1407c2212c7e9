#if Server
    import HTTPTypes
    import Logging
    import OnCue
    import OnCueAPI

    extension StoreRoutes {
        /// The route of a call.
        ///
        /// - Parameter alsoFor: a permission that opens it as well as the call's own.
        func route<Request: Described, Answer: Described>(
            _ call: StoreCall<Request, Answer>, alsoFor: Permission? = nil, isLong: Bool = false,
            isAudited: Bool = true,
            whoAsks body: @escaping @Sendable (Request, Principal) async throws -> Answer
        ) -> Route {
            let doc = RouteDoc(
                details: Self.details, body: Request.self == Nothing.self ? nil : Request.schema, .ok(Answer.schema),
                .refused(.notFound, "There is no such thing: `not_found`."),
                .refused(.conflict, "What stands there does not allow it: `conflict`."),
                .refused(.gone, "The session has ended, and what it held is others' now: `fenced`."))
            var route = Route(.post, call.path, call.permission, call.summary, doc: doc, isLong: isLong) { request in
                var response: APIResponse
                do {
                    try Self.checkVersion(request)
                    let fields = try JSONFields(request.body.isEmpty ? Array("{}".utf8) : request.body)
                    let answer = try await body(try Request(fields), request.principal)
                    response = .json { answer.write(to: &$0) }
                } catch let error as StoreError {
                    response = refusal(error, request, call.path)
                } catch let error as ValidationError {
                    response = refusal(StoreError(error), request, call.path)
                }
                response.headers[.storeVersion] = String(StoreCalls.version)
                if isLong { response.headers[.longestWait] = String(longestWait.wholeMicroseconds) }
                return response
            }
            route.alsoFor = alsoFor
            route.auditing = isAudited && !call.isReading ? .keys : .never
            route.auditedTarget = Self.target
            return route
        }

        func route<Request: Described, Answer: Described>(
            _ call: StoreCall<Request, Answer>, isLong: Bool = false, isAudited: Bool = true,
            _ body: @escaping @Sendable (Request) async throws -> Answer
        ) -> Route {
            route(call, isLong: isLong, isAudited: isAudited, whoAsks: { request, _ in try await body(request) })
        }

        private static let details =
            "A call of the store itself, in its exact form: moments are whole microseconds since 1970, spans whole "
            + "nanoseconds, bytes base64. A refusal carries the store's own words in `store`."

        /// A client says which version it needs; one who writes requests by hand need not.
        private static func checkVersion(_ request: APIRequest) throws(StoreError) {
            guard let text = request.header(.storeVersion) else { return }
            guard let version = Int(text), (1...StoreCalls.version).contains(version) else {
                throw StoreError(
                    .unsupported,
                    "This server speaks version \(StoreCalls.version) of the store's calls and the client asks for "
                        + "'\(text.prefix(20))'; update the server.")
            }
        }

        /// A refusal as every other, and in `store` the store's own words.
        private func refusal(_ error: StoreError, _ request: APIRequest, _ path: String) -> APIResponse {
            let known = APIError(error)
            let refusal = known ?? .inside
            if refusal.status.code >= 500, error.code != .unsupported {
                context.logger.error(
                    "A request failed",
                    metadata: ["request": "\(request.id)", "route": "POST \(path)", "error": "\(error)"])
            }
            var response = APIResponse.json(refusal.status) { json in
                json.object { json in
                    json.object("error") { json in
                        json.field("code", refusal.code)
                        json.field("message", refusal.message)
                        json.field(ifPresent: "field", refusal.field)
                        json.put("store", error.forOutside)
                    }
                }
            }
            response.headers.append(contentsOf: refusal.headers)
            return response
        }

        /// What the audit log says was meant: names, never a value.
        private static func target(of request: APIRequest) -> String? {
            guard let fields = try? JSONFields(request.body) else { return nil }
            let names = fields["collection"] == nil ? ["value", "queue", "session"] : ["collection", "key"]
            var words = names.compactMap { fields[$0]?.kind == .string ? try? fields.text($0) : nil }
            if let jobs = try? fields.read(list: "jobs", of: JobID.self) { words += jobs.prefix(20).map(\.description) }
            return words.isEmpty ? nil : words.joined(separator: " ")
        }
    }

    extension StoreError {
        /// Without what is nobody's business outside: names of files and addresses.
        var forOutside: StoreError {
            switch code {
            case .invalid, .notFound, .conflict, .queueFull, .fenced, .unsupported: return self
            default: return StoreError(code, (APIError(self) ?? .inside).message, field: field)
            }
        }
    }

    extension HTTPField.Name {
        static let storeVersion = named("OnCue-Store-Version")
        /// How long one request waits at most, in microseconds.
        static let longestWait = named("OnCue-Longest-Wait")
    }
#endif
