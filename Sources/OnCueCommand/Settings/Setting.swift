/// One thing that can be set in three places: a flag, an environment variable and a key of the settings file.
struct Setting: Hashable, Sendable {
    /// As the flag is called, without its dashes: `shutdown-timeout`.
    let name: String
    /// What holds when it is set nowhere; nil: see `summary`.
    let fallback: String?
    let summary: String
    /// Never shown.
    var isSecret = false

    /// `--shutdown-timeout`
    var flag: String { "--\(name)" }
    /// `ONCUE_SHUTDOWN_TIMEOUT`
    var variable: String { "ONCUE_" + fileKey.uppercased() }
    /// `shutdown_timeout`
    var fileKey: String { String(name.map { $0 == "-" ? "_" : $0 }) }
}

extension Setting {
    static let store = Setting(
        name: "store", fallback: "sqlite:./oncue.db",
        summary: "where the jobs are: sqlite:PATH, redis://HOST or memory:")
    static let server = Setting(
        name: "server", fallback: nil,
        summary: "an OnCue server to work through instead of a store: http://HOST:PORT or https://HOST")
    static let apiKey = Setting(
        name: "api-key", fallback: nil, summary: "the key for the server; best given as ONCUE_API_KEY or in a file",
        isSecret: true)
    static let durability = Setting(
        name: "durability", fallback: "full",
        summary: "full: an answered id survives power loss; normal: a crash of the process")
    static let json = Setting(name: "json", fallback: "false", summary: "print JSON instead of text")
    static let logLevel = Setting(
        name: "log-level", fallback: nil,
        summary: "trace, debug, info, notice, warning, error or critical; info for serve and work, else warning")
    static let logFormat = Setting(name: "log-format", fallback: "text", summary: "text or json, on stderr")
    static let verbose = Setting(name: "verbose", fallback: "false", summary: "log in detail, as --log-level debug")
    static let quiet = Setting(name: "quiet", fallback: "false", summary: "print results and errors only")

    static let concurrency = Setting(name: "concurrency", fallback: "10", summary: "jobs that a process runs at once")
    static let queues = Setting(
        name: "queues", fallback: nil,
        summary: "queues in the order they are served, as in urgent,mail:2 (at most 2 at once); default: all")
    static let handlers = Setting(
        name: "handlers", fallback: nil, summary: "a YAML file that maps job names to commands")
    static let noBuiltins = Setting(
        name: "no-builtins", fallback: "false", summary: "do without the handlers echo, sleep, fail and error")
    static let shutdownTimeout = Setting(
        name: "shutdown-timeout", fallback: "30s",
        summary: "how long running jobs may go on when the worker is told to stop")
    static let lease = Setting(
        name: "lease", fallback: "30s",
        summary: "how long a worker may be silent before others take over its jobs; at least 2s")
    static let workerName = Setting(
        name: "worker-name", fallback: nil, summary: "how the worker is called in lists and logs; default: host-pid")
    static let processes = Setting(
        name: "processes", fallback: "1", summary: "worker processes; one that dies is started again")

    static let http = Setting(
        name: "http", fallback: defaultAddress,
        summary: "where serve listens: HOST:PORT, a port alone for this machine only, or off")
    static let tlsCertificate = Setting(
        name: "tls-certificate", fallback: nil, summary: "a PEM file with the certificate and those it was signed with")
    static let tlsKey = Setting(
        name: "tls-key", fallback: nil, summary: "a PEM file with the certificate's private key")
    static let allowedOrigins = Setting(
        name: "allowed-origins", fallback: nil,
        summary: "sites whose pages may use the API, as in https://ops.example.com; default: none")

    #if Server
        private static let defaultAddress = "127.0.0.1:8080"
    #else
        private static let defaultAddress = "off"
    #endif

    static let global: [Setting] = [
        .store, .server, .apiKey, .durability, .json, .logLevel, .logFormat, .verbose, .quiet,
    ]
    static let work: [Setting] = [
        .concurrency, .queues, .handlers, .noBuiltins, .shutdownTimeout, .lease, .workerName, .processes,
    ]
    /// Those of `serve` alone.
    static let serve: [Setting] = [.http, .tlsCertificate, .tlsKey, .allowedOrigins]
    static let all: [Setting] = global + work + serve

    /// Variables beside the settings that begin with `ONCUE_`: the settings file, and what handlers' commands see.
    static let otherVariables: Set<String> = [
        "ONCUE_CONFIG", "ONCUE_SUPERVISED", "ONCUE_JOB_ID", "ONCUE_JOB_NAME", "ONCUE_QUEUE", "ONCUE_ATTEMPT",
    ]
}
