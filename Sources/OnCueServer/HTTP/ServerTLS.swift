#if Server
    import NIOSSL
    import Synchronization

    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif

    /// Certificate and key as PEM files. They are read again when they change; connections that stand keep what they have.
    public struct ServerTLS: Hashable, Sendable {
        /// The certificate, followed by those that it was signed with.
        public var certificateChain: String
        public var privateKey: String

        public init(certificateChain: String, privateKey: String) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }

    /// What TLS connections are made with. It can be read again while connections stand; those keep what they have.
    final class TLSContext: Sendable {
        private let files: ServerTLS
        private let current: Mutex<NIOSSLContext>
        /// When the files were last changed, as far as is known.
        private let stamps: Mutex<[Date?]>

        /// - Throws: ``JobServerError/badCertificate(_:)`` with the file and the reason.
        init(_ files: ServerTLS) throws(JobServerError) {
            self.files = files
            stamps = Mutex(Self.stamps(of: files))
            current = Mutex(try Self.load(files))
        }

        var context: NIOSSLContext { current.withLock { $0 } }

        /// Reads the files again if they were changed. When they cannot be used, what was there stays.
        ///
        /// - Returns: whether something new is in use.
        func reloadIfChanged() throws(JobServerError) -> Bool {
            let seen = Self.stamps(of: files)
            let isNew = stamps.withLock { stamps in
                defer { stamps = seen }
                return stamps != seen
            }
            guard isNew else { return false }
            let fresh = try Self.load(files)
            current.withLock { $0 = fresh }
            return true
        }

        private static func stamps(of files: ServerTLS) -> [Date?] {
            [files.certificateChain, files.privateKey].map { path in
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                return attributes?[.modificationDate] as? Date
            }
        }

        private static func load(_ files: ServerTLS) throws(JobServerError) -> NIOSSLContext {
            do {
                let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChain)
                guard !chain.isEmpty else {
                    throw JobServerError.badCertificate("'\(files.certificateChain)' holds no certificate in PEM form")
                }
                let key: NIOSSLPrivateKey
                do {
                    key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
                } catch {
                    throw JobServerError.badCertificate(
                        "the private key '\(files.privateKey)' cannot be read: \(error)")
                }
                var configuration = TLSConfiguration.makeServerConfiguration(
                    certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
                configuration.minimumTLSVersion = .tlsv12
                configuration.applicationProtocols = ["http/1.1"]
                return try NIOSSLContext(configuration: configuration)
            } catch let error as JobServerError {
                throw error
            } catch {
                throw .badCertificate(
                    "the certificate '\(files.certificateChain)' with its key '\(files.privateKey)' cannot be used: \(error)"
                )
            }
        }
    }
#endif
