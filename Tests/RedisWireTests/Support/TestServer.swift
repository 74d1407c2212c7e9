#if Redis
    import Foundation

    @testable import RedisWire

    /// A redis-server of the test's own on a Unix socket and a free port.
    final class TestServer: Sendable {
        let directory: URL
        let port: Int
        private let process: Process

        var address: RedisAddress { .tcp(host: "127.0.0.1", port: port) }
        var socketAddress: RedisAddress { .unix(path: directory.appending(path: "redis.sock").path()) }
        var processIdentifier: Int32 { process.processIdentifier }

        init(_ arguments: [String] = [], port wanted: Int? = nil) async throws {
            directory = FileManager.default.temporaryDirectory.appending(
                path: "redis-wire-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            port = try wanted ?? Self.freePort()
            process = Process()
            process.executableURL = URL(filePath: "/usr/bin/redis-server")
            process.arguments =
                [
                    "--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory.path(), "--save", "", "--unixsocket",
                    directory.appending(path: "redis.sock").path(), "--logfile",
                    directory.appending(path: "log").path(),
                ] + arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            try await eventually {
                FileManager.default.fileExists(atPath: self.directory.appending(path: "redis.sock").path())
            }
        }

        func stop() {
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            try? FileManager.default.removeItem(at: directory)
        }

        func signal(_ signal: Int32) {
            kill(process.processIdentifier, signal)
        }

        /// A port that nothing listens on at this moment.
        static func freePort() throws -> Int {
            let descriptor = openSocket(AF_INET)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
                }
            }
            guard bound else { throw TestFailure("no free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }

        private static func openSocket(_ family: Int32) -> Int32 {
            #if canImport(Glibc)
                socket(family, Int32(SOCK_STREAM.rawValue), 0)
            #else
                socket(family, SOCK_STREAM, 0)
            #endif
        }
    }

    struct TestFailure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// Waits until the condition holds.
    func eventually(
        within limit: Duration = .seconds(10), _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !condition() {
            guard ContinuousClock.now < end else { throw TestFailure("it did not come about within \(limit)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Runs the body with a server and a client, and ends both.
    func withServer<Result>(
        _ arguments: [String] = [], configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (TestServer, RedisClient) async throws -> Result
    ) async throws -> Result {
        let server = try await TestServer(arguments)
        defer { server.stop() }
        var configuration = RedisConfiguration(.single(server.address))
        configure(&configuration)
        let client = RedisClient(configuration)
        do {
            let result = try await body(server, client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    extension RedisCommand {
        init(_ name: String, key: String, _ arguments: String...) {
            self.init(name)
            append(key: key)
            for argument in arguments { append(argument) }
        }

        init(words: String...) {
            self.init(words[0])
            for word in words.dropFirst() { append(word) }
        }
    }

    extension Result where Failure == RedisError {
        var failure: RedisError? {
            if case .failure(let error) = self { error } else { nil }
        }
    }
#endif
