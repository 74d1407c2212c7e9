#if Server
    /// What the server takes from one request, one connection and all together.
    public struct ServerLimits: Sendable {
        /// Bytes of a request's body. Default 10 MiB.
        public var body = 10 * 1_048_576
        /// Bytes of the body of a call of the store, where outcomes carry their jobs. Default 64 MiB.
        public var storeBody = 64 * 1_048_576
        /// Bytes of a request's headers. Default 16 KiB.
        public var headers = 16_384
        /// Containers within containers in a body's JSON, 512 at most. Default 512.
        public var depth = 512
        /// Jobs in one batch. Default 1,000.
        public var batch = 1_000
        /// Event streams at once. Default 2,000.
        public var streams = 2_000
        /// Requests at once that wait for something to happen. Default 4,000.
        public var waits = 4_000
        /// Connections at once; further ones wait to be taken. Default 10,000.
        public var connections = 10_000
        /// How long a wait may hold. Default 5 min.
        public var wait: Duration = .seconds(300)
        /// The time to send a request, from the first line to the end of the body. Default 30 s.
        public var requestTime: Duration = .seconds(30)
        /// How long a connection is kept without a request. Default 75 s.
        public var idleTime: Duration = .seconds(75)
        /// How long a client may take nothing of an answer or a stream. Default 30 s.
        public var answerTime: Duration = .seconds(30)
        /// How long a client may take to close a connection after the last answer on it was sent whole.
        package var closeTime: Duration = .seconds(2)

        public init() {}
    }
#endif
