#if Server
    public import HTTPTypes
    public import NIOCore
    import OnCue

    /// One request, read whole.
    public struct APIRequest: Sendable {
        public var head: HTTPRequest
        /// Empty when there was none.
        public var body: [UInt8]
        /// What names this request in logs and in the answer's `X-Request-ID`.
        public var id: String
        /// Where it came from; nil for a socket without an address.
        public var peer: SocketAddress?
        public var query: RequestQuery
        /// The parts of the path that stand for `{…}` in the route's path, decoded.
        public var parameters: [String: String] = [:]
        /// Who asks; set once the request was let in.
        public var principal: Principal = .anonymous

        public func header(_ name: HTTPField.Name) -> String? {
            head.headerFields[name]
        }

        /// The part of the path that stands for `{name}`; the route's path has it.
        func parameter(_ name: String) -> String {
            parameters[name] ?? ""
        }

        /// The job that the path names.
        func jobID() throws(APIError) -> JobID {
            let text = parameter("id")
            guard let id = JobID(text) else {
                throw APIError(
                    .badRequest, "invalid_request",
                    text.isEmpty ? "job ID required" : "invalid job ID format: a job id is a UUID")
            }
            return id
        }

        /// The fields of the body's JSON object; of none when there is no body.
        func fields() throws(APIError) -> JSONFields {
            do {
                return try JSONFields(body.isEmpty ? Array("{}".utf8) : body)
            } catch {
                throw APIError(error)
            }
        }
    }

    extension HTTPField.Name {
        static func named(_ text: StaticString) -> HTTPField.Name {
            guard let name = HTTPField.Name("\(text)") else { preconditionFailure("\(text) is a header's name") }
            return name
        }

        static let requestID = named("X-Request-ID")
        static let idempotencyKey = named("Idempotency-Key")
        static let lastEventID = named("Last-Event-ID")
        static let traceparent = named("traceparent")
        static let tracestate = named("tracestate")
    }
#endif
