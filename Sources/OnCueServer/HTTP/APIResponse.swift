#if Server
    public import HTTPTypes
    public import NIOCore
    public import OnCue

    /// What a route answers: bytes, or a stream that is written as it comes.
    public struct APIResponse: Sendable {
        public enum Body: Sendable {
            case bytes(ByteBuffer)
            /// Runs until it returns or its task is cancelled: by a client that has gone, or by the server's shutdown.
            case stream(@Sendable (any ResponseStream) async throws -> Void)
        }

        public var status: HTTPResponse.Status
        /// Besides those that every response has.
        public var headers: HTTPFields
        public var body: Body

        public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .bytes(ByteBuffer())) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// JSON, with a line end behind it.
        public static func json(
            _ status: HTTPResponse.Status = .ok, _ write: (inout JSONWriter) -> Void
        ) -> APIResponse {
            var json = JSONWriter()
            write(&json)
            var buffer = ByteBuffer(bytes: json.bytes)
            buffer.writeInteger(UInt8(ascii: "\n"))
            return APIResponse(status: status, headers: [.contentType: "application/json"], body: .bytes(buffer))
        }

        public static var noContent: APIResponse { APIResponse(status: .noContent) }
    }

    /// Where a stream's bytes go.
    public protocol ResponseStream: Sendable {
        /// Returns once the bytes are with the system; a reader that takes none makes it wait, and ends the connection after
        /// a while.
        func write(_ bytes: ByteBuffer) async throws
    }
#endif
