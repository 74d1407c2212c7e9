#if Server
    import AsyncHTTPClient
    import Foundation
    import NIOCore
    import NIOHTTP1
    import NIOSSL
    import OnCue
    import OnCueServer
    import Subprocess
    import Testing

    @Suite struct TLSTests {
        @Test func aNewCertificateIsTakenUpWhileTheServerRuns() async throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "oncue-tls-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await Self.makeCertificate("first", in: folder)
            try await Self.makeCertificate("second", in: folder)
            let tls = ServerTLS(
                certificateChain: folder.appending(path: "server.pem").path,
                privateKey: folder.appending(path: "server.key").path)
            try Self.install("first", in: folder)
            let configuration = JobServer.Configuration(tls: tls, certificateCheck: .milliseconds(50))
            try await TestServer.run(configuration: configuration) { server in
                #expect(server.address.url.hasPrefix("https://"))
                #expect(try await Self.canReach(server.address, trusting: "first", in: folder))
                #expect(try await !Self.canReach(server.address, trusting: "second", in: folder))
                try Self.install("second", in: folder)
                try await eventually { try await Self.canReach(server.address, trusting: "second", in: folder) }
            }
        }

        @Test func aCertificateThatCannotBeReadIsNamed() async throws {
            let server = JobServer(
                MemoryStore(),
                configuration: .init(
                    port: 0, tls: ServerTLS(certificateChain: "/no/such.pem", privateKey: "/no/such.key")))
            let error = await #expect(throws: JobServerError.self) { try await server.run() }
            #expect(error?.description.contains("/no/such.pem") == true)
        }

        private static func makeCertificate(_ name: String, in folder: URL) async throws {
            let result = try await Subprocess.run(
                .name("openssl"),
                arguments: [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", folder.appending(path: "\(name).key").path, "-out",
                    folder.appending(path: "\(name).pem").path,
                ],
                output: .discarded, error: .string(limit: 65_536))
            #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
        }

        private static func install(_ name: String, in folder: URL) throws {
            for ending in ["key", "pem"] {
                let bytes = try Data(contentsOf: folder.appending(path: "\(name).\(ending)"))
                try bytes.write(to: folder.appending(path: "server.\(ending)"), options: .atomic)
            }
        }

        private static func canReach(
            _ address: JobServer.Address, trusting name: String, in folder: URL
        ) async throws -> Bool {
            var configuration = HTTPClient.Configuration()
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(folder.appending(path: "\(name).pem").path)
            configuration.tlsConfiguration = tls
            configuration.timeout = .init(connect: .seconds(5))
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let response = try? await client.execute(
                HTTPClientRequest(url: address.url + "/live"), timeout: .seconds(10))
            _ = try await response?.body.collect(upTo: 10_000)
            try await client.shutdown()
            return response?.status == .ok
        }
    }
#endif
