import Foundation
import Synchronization

/// A real Redis server for a test, with a port and a directory of its own.
///
/// It ends when it is stopped, when the last reference to it goes, and when this process ends in any way.
public final class RedisServer: Sendable {
    public let host = "127.0.0.1"
    public let port: Int
    /// The port for TLS, when the server was started with it. It asks clients for a certificate unless the settings say
    /// `tls-auth-clients` otherwise.
    public let tlsPort: Int?
    /// The authority that signed both the server's and the client's certificate.
    public let caFile: String?
    /// A client's certificate.
    public let certificateFile: String?
    /// The key of the client's certificate.
    public let keyFile: String?
    /// Removed when the server stops.
    public let directory: String
    /// A socket file in the directory that the server listens on too.
    public var unixSocket: String { "\(directory)/redis.sock" }

    private struct State {
        var process: ServerProcess?
        var starts = 0
        var isStopped = false
    }

    /// The files of TLS.
    let certificates: Certificates?
    private let mode: Mode
    private let state = Mutex(State())

    enum Mode { case server, sentinel }

    /// Whether a server can be started on this machine at all.
    public static let isInstalled = TestProgram.isInstalled("redis-server") && TestProgram.isInstalled("redis-cli")

    /// Starts a server that keeps nothing on disk, and waits until it answers.
    ///
    /// - Parameters:
    ///   - settings: lines of `redis.conf`, over the defaults of the tests.
    ///   - users: lines of its access list without the word `user`: `"worker on >secret ~* +@all"`.
    ///   - tls: a second port with TLS, and certificates for it.
    public static func start(
        _ settings: [String: String] = [:], users: [String] = [], tls: Bool = false
    ) async throws -> RedisServer {
        try await start(.server, settings, lines: users.map { "user \($0)" }, tls: tls)
    }

    /// - Parameter certificates: those of other servers, for TLS with each other; nil: its own.
    static func start(
        _ mode: Mode, _ settings: [String: String], lines: [String] = [], tls: Bool, certificates: Certificates? = nil
    ) async throws -> RedisServer {
        // Somebody else may have the port: the server says so, and another is taken.
        for _ in 0..<20 {
            let server = try await RedisServer(mode, settings, lines: lines, tls: tls, certificates)
            if try await server.launch() { return server }
            await server.stop()
        }
        throw RedisTestFailure("no free port for a Redis server")
    }

    private init(
        _ mode: Mode, _ settings: [String: String], lines: [String], tls: Bool, _ certificates: Certificates?
    ) async throws {
        self.mode = mode
        // Below the ports that systems hand out themselves; the next one is a cluster's bus, the one after it for TLS.
        port = 20_000 + 4 * Int.random(in: 0..<3_000)
        let name = "oncue-redis-\(port)-\(UUID().uuidString.prefix(8))"
        directory = URL(filePath: NSTemporaryDirectory()).appending(path: name).path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)

        var all = ["port": "\(port)", "bind": "127.0.0.1", "dir": directory, "daemonize": "no"]
        if mode == .server {
            all["save"] = ""
            all["appendonly"] = "no"
            all["unixsocket"] = "\(directory)/redis.sock"
            all["shutdown-timeout"] = "0"
            all["enable-debug-command"] = "local"
            all["repl-diskless-sync-delay"] = "0"
        }
        if tls {
            tlsPort = port + 2
            let certificates = if let certificates { certificates } else { try await Certificates(in: directory) }
            self.certificates = certificates
            caFile = certificates.authority
            certificateFile = certificates.client
            keyFile = certificates.clientKey
            all["tls-port"] = "\(port + 2)"
            all["tls-ca-cert-file"] = certificates.authority
            all["tls-cert-file"] = certificates.server
            all["tls-key-file"] = certificates.serverKey
            all["tls-client-cert-file"] = certificates.client
            all["tls-client-key-file"] = certificates.clientKey
        } else {
            (tlsPort, self.certificates, caFile, certificateFile, keyFile) = (nil, nil, nil, nil, nil)
        }
        if settings["cluster-enabled"] == "yes" { all["cluster-port"] = "\(busPort)" }
        all.merge(settings) { $1 }
        let text = all.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.isEmpty ? "\"\"" : $0.value)" } + lines
        try Data((text.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: configurationFile))
    }

    /// The port of the cluster's bus, for one that is in a cluster.
    var busPort: Int { port + 1 }

    private var configurationFile: String { "\(directory)/redis.conf" }

    public var isRunning: Bool { state.withLock { $0.process != nil } }

    /// What the server has said since its last start.
    public var log: String {
        let starts = state.withLock { $0.starts }
        guard let data = try? Data(contentsOf: URL(filePath: logFile(starts))) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Ends the server and removes its directory.
    public func stop() async {
        let process = state.withLock { state in
            state.isStopped = true
            return state.process.take()
        }
        if let process { await process.remove() }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// SIGKILL. The directory stays for ``restart()``.
    public func kill() async {
        await state.withLock { $0.process.take() }?.end(by: "KILL")
    }

    /// Starts the server again with the same port and directory; one that still runs is ended in order before.
    public func restart() async throws {
        if let process = state.withLock({ $0.process.take() }) {
            process.send("CONT")
            await process.end(by: "TERM")
        }
        try await wait("port \(port) is free again") { try await launch() }
    }

    /// SIGSTOP: the server keeps its connections and answers nothing.
    public func freeze() { state.withLock { $0.process }?.send("STOP") }

    /// SIGCONT.
    public func thaw() { state.withLock { $0.process }?.send("CONT") }

    /// Runs one command by `redis-cli` and returns its output as text.
    ///
    /// - Throws: ``RedisTestFailure`` with the server's error, or when nothing answers.
    @discardableResult
    public func command(_ words: String...) async throws -> String { try await command(words) }

    @discardableResult
    public func command(_ words: [String]) async throws -> String {
        let output = try await TestProgram.run("redis-cli", ["-e", "-h", host, "-p", "\(port)"] + words)
        return output.trimmingCharacters(in: .newlines)
    }

    /// Starts the process and waits until it accepts connections; false when its port is taken.
    ///
    /// The log is asked rather than the port: another server may listen there.
    private func launch() async throws -> Bool {
        let (starts, isStopped) = state.withLock { state in
            state.starts += 1
            return (state.starts, state.isStopped)
        }
        guard !isStopped else { throw RedisTestFailure("the server was stopped, and its directory is gone") }
        let command = ["redis-server", configurationFile] + (mode == .sentinel ? ["--sentinel"] : [])
        let process = try ServerProcess(command, directory: directory, log: logFile(starts))
        state.withLock { $0.process = process }
        var isTaken = false
        do {
            try await wait("redis-server is ready", every: .milliseconds(5)) {
                let log = self.log
                isTaken = log.contains("Address already in use")
                if log.contains("FATAL CONFIG FILE ERROR") { throw RedisTestFailure(log) }
                return isTaken || log.contains(mode == .sentinel ? "Sentinel ID is" : "Ready to accept connections")
            }
        } catch {
            throw RedisTestFailure("\(error); redis-server said: \(log)")
        }
        if isTaken { await kill() }
        return !isTaken
    }

    private func logFile(_ start: Int) -> String { "\(directory)/redis-\(start).log" }
}
