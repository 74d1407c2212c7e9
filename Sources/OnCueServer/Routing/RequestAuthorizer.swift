#if Server
    import HTTPTypes
    import NIOCore
    public import OnCue

    /// Who asks.
    public struct Principal: Hashable, Sendable {
        /// For logs and the audit log; no secret.
        public var id: String
        /// What a person calls it.
        public var name: String
        /// What it is let in as; nil on a server without keys, where whoever is let in may do everything.
        public var role: AccessRole?

        public init(id: String, name: String, role: AccessRole? = nil) {
            self.id = id
            self.name = name
            self.role = role
        }

        /// Whether an API key stands behind it.
        var isKey: Bool { role != nil }

        /// Nobody in particular, on a server without keys.
        public static let anonymous = Principal(id: "anonymous", name: "anonymous")
    }

    /// Decides whom the server lets in.
    public protocol RequestAuthorizer: Sendable {
        /// Whether requests need a key. A server where they do not listens on loopback only.
        func needsKeys() async throws -> Bool

        /// Who asks, when they may.
        ///
        /// - Parameter route: what is asked for, and the permission that it needs.
        /// - Throws: ``APIError``: 401 `unauthorized` when it is not known who asks, 403 `forbidden` when they may not, 429.
        func authorize(_ request: APIRequest, for route: Route) async throws(APIError) -> Principal
    }

    /// Lets in whoever is on this machine, and no web page that a browser on it shows.
    public struct LoopbackAuthorizer: RequestAuthorizer {
        private let allowedOrigins: Set<String>

        /// - Parameter allowedOrigins: sites whose pages may use this server all the same.
        public init(allowedOrigins: Set<String> = []) {
            self.allowedOrigins = allowedOrigins
        }

        public func needsKeys() async throws -> Bool { false }

        public func authorize(_ request: APIRequest, for route: Route) async throws(APIError) -> Principal {
            guard Self.isThisMachine(request.peer) else {
                throw APIError(.forbidden, "forbidden", "this server has no keys and answers its own machine only")
            }
            // Whoever it was, the proxy's address hides it.
            guard !Self.proxyHeaders.contains(where: { request.header($0) != nil }) else {
                throw APIError(
                    .forbidden, "forbidden",
                    "this server has no keys and answers nobody through a proxy; make one with 'oncue keys create'")
            }
            // A page of another site that points its name here, or posts here, is the browser's doing and not the user's.
            guard Self.isLocal(request.head.authority ?? "localhost") else {
                throw APIError(
                    .forbidden, "forbidden",
                    "this server has no keys and answers to localhost only, not to this host name")
            }
            if let origin = request.header(.origin), !allowedOrigins.contains(origin),
                !Self.isLocal(Substring(origin).afterScheme)
            {
                throw APIError(.forbidden, "forbidden", "this server has no keys and answers no other site's pages")
            }
            return .anonymous
        }

        private static let proxyHeaders: [HTTPField.Name] = [
            .named("Forwarded"), .named("X-Forwarded-For"), .named("X-Forwarded-Host"), .named("Via"),
        ]

        private static func isThisMachine(_ peer: SocketAddress?) -> Bool {
            guard let address = peer?.ipAddress else { return true }
            return LoopbackName.contains(address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address)
        }

        private static func isLocal(_ authority: String) -> Bool {
            let host: Substring
            if authority.first == "[" {
                host = authority.dropFirst().prefix { $0 != "]" }
            } else {
                host = authority.prefix { $0 != ":" }
            }
            return LoopbackName.contains(host.lowercased())
        }
    }

    /// Names of this machine that nobody else can reach.
    enum LoopbackName {
        static func contains(_ host: String) -> Bool {
            if host == "localhost" || host == "::1" || host.hasSuffix(".localhost") { return true }
            let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
            return numbers.count == 4 && numbers[0] == 127 && numbers.allSatisfy { $0 != nil }
        }
    }

    extension Substring {
        /// What stands behind `https://`.
        fileprivate var afterScheme: String {
            guard let slash = lastIndex(of: "/") else { return String(self) }
            return String(self[index(after: slash)...])
        }
    }
#endif
