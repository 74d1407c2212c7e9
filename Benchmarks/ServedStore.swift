#if Server
    import Foundation
    import Subprocess

    #if canImport(System)
        import System
    #else
        import SystemPackage
    #endif

    /// `oncue serve` on a file, for as long as a measurement takes.
    struct ServedStore {
        let client: LoadClient
        let pid: Int32

        struct Failure: Error, CustomStringConvertible {
            var description: String
        }

        /// - Parameter queues: what the server's own worker serves.
        static func run<Value: Sendable>(
            _ oncue: String, scratch: URL, queues: String, _ body: (ServedStore) async throws -> Value
        ) async throws -> Value {
            let name = "served-\(UUID().uuidString.prefix(8))"
            let (file, said) = (scratch.appending(path: "\(name).db").path, scratch.appending(path: "\(name).out").path)
            let output = try FileDescriptor.open(
                FilePath(said), .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
            let result = try await Subprocess.run(
                Configuration(
                    executable: .path(FilePath(oncue)),
                    arguments: [
                        "serve", "--http", "0", "--json", "--quiet", "--store", "sqlite:\(file)", "--concurrency", "64",
                        "--queues", queues,
                    ]),
                input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
            ) { execution in
                let port = try await port(in: said)
                let client = LoadClient(host: "127.0.0.1", port: port)
                let value: Result<Value, any Error>
                do {
                    value = .success(
                        try await body(ServedStore(client: client, pid: execution.processIdentifier.value)))
                } catch {
                    value = .failure(error)
                }
                await client.shutDown()
                try execution.send(signal: .terminate)
                return value
            }
            Subject.removeStore(file)
            return try result.closureResult.get()
        }

        private struct Announcement: Decodable { var url: URL }

        private static func port(in path: String) async throws -> Int {
            for _ in 0..<500 {
                if let data = FileManager.default.contents(atPath: path), data.last == UInt8(ascii: "\n") {
                    guard let port = try JSONDecoder().decode(Announcement.self, from: data).url.port else { break }
                    return port
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            throw Failure(description: "oncue serve did not say where it listens")
        }

        /// Memory in use, in MB.
        func memory() -> Double {
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
                let kilobytes = Double(line.filter(\.isNumber))
            else { return .nan }
            return kilobytes / 1_024
        }

        func get(_ path: String) async throws -> (text: String, time: Duration) {
            try await client.ask(LoadClient.request("GET", path))
        }

        /// Jobs of a queue that have been completed since the store exists.
        func completed(_ queue: String) async throws -> Int {
            struct Queue: Decodable {
                var completed: Int
                enum CodingKeys: String, CodingKey { case completed = "completed_total" }
            }
            let answer = try await get("/api/v1/queues/\(queue)").text
            guard let body = answer.firstRange(of: "\r\n\r\n")?.upperBound else { return 0 }
            return try JSONDecoder().decode(Queue.self, from: Data(answer[body...].utf8)).completed
        }
    }
#endif
