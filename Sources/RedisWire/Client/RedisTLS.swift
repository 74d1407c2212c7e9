#if Redis
    import NIOCore
    import NIOSSL

    /// How to secure connections.
    public struct RedisTLS: Sendable, Hashable {
        /// PEM file of the authorities to trust; nil trusts the system's.
        public var authorityFile: String?
        /// PEM file of the client's certificate (chain); nil presents none.
        public var certificateFile: String?
        /// PEM file of the certificate's key.
        public var privateKeyFile: String?
        /// Whether the server's certificate and name are checked. True by default.
        public var verifiesServer = true
        /// The name that the server's certificate has to carry; nil takes the host of its address.
        public var serverName: String?

        public init(
            authorityFile: String? = nil, certificateFile: String? = nil, privateKeyFile: String? = nil,
            verifiesServer: Bool = true, serverName: String? = nil
        ) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.privateKeyFile = privateKeyFile
            self.verifiesServer = verifiesServer
            self.serverName = serverName
        }

        /// The files, read once for all connections.
        struct Context: Sendable {
            let context: NIOSSLContext
            let serverName: String?

            init(_ settings: RedisTLS) throws(RedisError) {
                serverName = settings.serverName
                var configuration = TLSConfiguration.makeClientConfiguration()
                do {
                    if let file = settings.authorityFile {
                        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
                    }
                    if let file = settings.certificateFile {
                        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map {
                            .certificate($0)
                        }
                    }
                    if let file = settings.privateKeyFile {
                        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem))
                    }
                    if !settings.verifiesServer { configuration.certificateVerification = .none }
                    context = try NIOSSLContext(configuration: configuration)
                } catch {
                    throw RedisError(.configuration, "The certificates for TLS cannot be used: \(error)")
                }
            }

            func handler(for address: RedisAddress) throws -> NIOSSLClientHandler {
                var name = serverName
                // Names only: a certificate for an address is checked against the address of the connection.
                if name == nil, case .tcp(let host, _) = address, !isNumeric(host) { name = host }
                return try NIOSSLClientHandler(context: context, serverHostname: name)
            }

            private func isNumeric(_ host: String) -> Bool {
                (try? SocketAddress(ipAddress: host, port: 0)) != nil
            }
        }
    }
#endif
