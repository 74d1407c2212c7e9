#if Server
    public import NIOCore
    public import NIOPosix
    public import OnCue
    import OnCueAPI

    /// A store that is behind an OnCue server: a worker, a client or a command works over HTTP as it would beside the store.
    ///
    /// ```swift
    /// let store = try RemoteStore(url: "https://jobs.example.com", apiKey: key)
    /// let jobs = JobClient(store)
    /// ```
    ///
    /// What a key may do is the server's word: a worker needs the role `worker`, a producer `producer`, an operator
    /// `operator`. Nothing is asked before the first call, and a server that was started again is found again.
    public final class RemoteStore: RepairableStore {
        public struct Options: Sendable {
            /// How long a call may take, besides the wait that it asks for. Default 35 s, longer than a store behind the server
            /// takes by itself.
            public var callDeadline: Duration
            /// How long one request waits at most; longer waits are several requests. Default 25 s, shorter than proxies
            /// allow.
            public var longestRequest: Duration
            /// How long making a connection may take. Default 5 s.
            public var connectTime: Duration
            /// Connections at once at most; each call that waits needs one. Default 1,000.
            public var connections: Int
            /// Certificates in PEM that the server's is checked against, besides none; nil: those of the system.
            public var trustedCertificates: String?
            /// What carries the connections.
            public var group: any EventLoopGroup

            public init(
                callDeadline: Duration = .seconds(35), longestRequest: Duration = .seconds(25),
                connectTime: Duration = .seconds(5), connections: Int = 1_000, trustedCertificates: String? = nil,
                group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
            ) {
                self.callDeadline = callDeadline
                self.longestRequest = longestRequest
                self.connectTime = connectTime
                self.connections = connections
                self.trustedCertificates = trustedCertificates
                self.group = group
            }
        }

        /// Where the server is, as in `http://127.0.0.1:8080`.
        public let url: String
        let options: Options
        let transport: Transport

        /// - Parameters:
        ///   - url: of the server, `http` or `https`; a path in front of `/api/v1` may be part of it.
        ///   - apiKey: nil for a server without keys. It is sent to this server only and stands in no error or log.
        /// - Throws: `invalid` for a URL that is none.
        public init(url: String, apiKey: String? = nil, options: Options = Options()) throws(StoreError) {
            let address = try ServerAddress(url)
            self.url = address.text
            self.options = options
            transport = try Transport(address, apiKey: apiKey, options: options)
        }

        /// Ends the connections; the server's store stays open. Calls after it throw `closed`.
        public func close() async {
            await transport.close()
        }
    }

    /// A server's URL, checked and without its last slash.
    struct ServerAddress: Equatable, Sendable {
        let text: String

        init(_ url: String) throws(StoreError) {
            func invalid(_ reason: String) -> StoreError {
                StoreError(.invalid, "\(reason); write it as http://127.0.0.1:8080 or https://HOST", field: "server")
            }
            var text = Substring(url)
            while text.last == "/" { text.removeLast() }
            guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
                throw invalid("a server's URL begins with http:// or https://")
            }
            let rest = text.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            guard !authority.isEmpty, authority.first != ":" else { throw invalid("the URL of the server has no host") }
            guard !authority.contains("@") else {
                throw invalid("the URL of the server may have no name or password; give the API key by itself")
            }
            guard !rest.contains("?"), !rest.contains("#"), rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw invalid("the URL of the server has characters that do not belong there")
            }
            if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
                guard let port = UInt16(authority[authority.index(after: colon)...]), port > 0 else {
                    throw invalid("the URL of the server has a port that is no number")
                }
            }
            self.text = scheme + rest
        }
    }
#endif
