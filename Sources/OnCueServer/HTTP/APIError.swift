#if Server
    public import HTTPTypes
    public import OnCue

    /// A refusal as the caller reads it: `{"error":{"code":…,"message":…}}`, with `field` where one value is at fault.
    public struct APIError: Error, Sendable {
        public var status: HTTPResponse.Status
        /// For programs, in lower case with underscores.
        public var code: String
        /// For people: what is wrong and what would help. Begins with the field where there is one.
        public var message: String
        public var field: String?
        /// `Allow`, `Retry-After` and the like.
        public var headers: HTTPFields

        public init(
            _ status: HTTPResponse.Status, _ code: String, _ message: String, field: String? = nil,
            headers: HTTPFields = [:]
        ) {
            self.status = status
            self.code = code
            self.message = message
            self.field = field
            self.headers = headers
        }

        /// 422, or 400 when it is the body as a whole that cannot be read.
        public init(_ error: ValidationError) {
            if error.field == "body" {
                self.init(.badRequest, "invalid_request", "invalid JSON body: it \(error.message)")
            } else {
                self.init(
                    .unprocessableContent, "validation_error", "\(error.field): \(error.message)", field: error.field)
            }
        }

        /// What a store could not do; nil when that is nobody's business outside, so that it is logged and answered as a 500.
        public init?(_ error: StoreError) {
            switch error.code {
            case .invalid:
                self.init(ValidationError(field: error.field ?? "request", message: error.message))
            case .notFound: self.init(.notFound, "not_found", error.message)
            case .conflict: self.init(.conflict, "conflict", error.message)
            case .fenced: self.init(.gone, "fenced", error.message)
            case .queueFull: self.init(.tooManyRequests, "queue_full", error.message, headers: [.retryAfter: "5"])
            case .unsupported: self.init(.notImplemented, "unsupported", error.message)
            case .timedOut, .unavailable, .locked, .diskFull, .closed, .outcomeUnknown:
                // The message of these may name files and addresses.
                self.init(
                    .serviceUnavailable, error.code.description, Self.publicMessage(error.code),
                    headers: [.retryAfter: "1"])
            default: return nil
            }
        }

        private static func publicMessage(_ code: StoreError.Code) -> String {
            switch code {
            case .outcomeUnknown:
                "the store may or may not have written it; send it again with the same idempotency key"
            case .diskFull: "the store has no room left; nothing was written"
            case .closed: "the server is shutting down"
            default: "the store cannot answer for now; nothing was written, try again"
            }
        }

        /// Says nothing of what went on inside; the log has it under the request's id.
        static let inside = APIError(
            .internalServerError, "internal_error",
            "something went wrong inside; the server's log has it under this "
                + "request's id")

        static func notFound(_ message: String) -> APIError {
            APIError(.notFound, "not_found", message)
        }

        var response: APIResponse {
            var response = APIResponse.json(status) { json in
                json.object { json in
                    json.object("error") { json in
                        json.field("code", code)
                        json.field("message", message)
                        json.field(ifPresent: "field", field)
                    }
                }
            }
            response.headers.append(contentsOf: headers)
            return response
        }
    }
#endif
