#if Server
    public import HTTPTypes
    public import OnCue

    /// One thing the server can be asked. Routing, `Allow`, the description of the API and the check of roles all read the one
    /// table of these.
    public struct Route: Sendable {
        /// Whose changes the audit log is told of.
        public enum Auditing: Sendable {
            case always
            /// Of callers with an API key. Those of a server without keys are as good as beside the store.
            case keys
            case never
        }

        public typealias Handler = @Sendable (APIRequest) async throws -> APIResponse

        public var method: HTTPRequest.Method
        /// As in `/api/v1/jobs/{id}`.
        public var path: String
        /// What the caller has to be allowed; nil: anyone, also without a key.
        public var permission: Permission?
        /// A permission that opens it as well.
        public var alsoFor: Permission?
        /// What it does, in one sentence.
        public var summary: String
        /// What it takes and answers.
        public var doc: RouteDoc
        /// Whether it may hold its request for long: it is then cancelled when the client goes or the server shuts down.
        public var isLong: Bool
        /// Whether the audit log is told, where something changes.
        public var auditing = Auditing.always
        /// What the audit log says was meant; nil: the path's parameters, else the body.
        var auditedTarget: (@Sendable (APIRequest) -> String?)?
        public var handler: Handler

        public init(
            _ method: HTTPRequest.Method, _ path: String, _ permission: Permission?, _ summary: String,
            doc: RouteDoc, isLong: Bool = false, handler: @escaping Handler
        ) {
            self.method = method
            self.path = path
            self.permission = permission
            self.summary = summary
            self.doc = doc
            self.isLong = isLong
            self.handler = handler
        }
    }
#endif
