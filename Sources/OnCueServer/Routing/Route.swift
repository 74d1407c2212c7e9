#if Server
    public import HTTPTypes
    public import OnCue

    /// One thing the server can be asked. Routing, `Allow`, the description of the API and the check of roles all read the one
    /// table of these.
    public struct Route: Sendable {
        public typealias Handler = @Sendable (APIRequest) async throws -> APIResponse

        public var method: HTTPRequest.Method
        /// As in `/api/v1/jobs/{id}`.
        public var path: String
        /// What the caller has to be allowed; nil: anyone, also without a key.
        public var permission: Permission?
        /// What it does, in one sentence.
        public var summary: String
        /// What it takes and answers.
        public var doc: RouteDoc
        /// Whether it may hold its request for long: it is then cancelled when the client goes or the server shuts down.
        public var isLong: Bool
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
