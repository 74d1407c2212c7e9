import ArgumentParser

/// What every command understands, before or after its name.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the jobs are: sqlite:PATH, redis://HOST or memory:. (default: sqlite:./oncue.db)",
            valueName: "url")
    )
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Work through an OnCue server instead: http://HOST:PORT or https://HOST.", valueName: "url"))
    var server: String?

    @Option(
        name: .customLong("api-key"),
        help: ArgumentHelp(
            "The key for the server. Others on this machine can read a command line: better set ONCUE_API_KEY.",
            valueName: "key"))
    var apiKey: String?

    @Option(
        help: ArgumentHelp(
            "full: an answered id survives a loss of power; normal: a crash of the process. (default: full)",
            valueName: "level"))
    var durability: String?

    @Option(
        help: ArgumentHelp("A YAML file with settings; see 'oncue config --help'.", valueName: "file"),
        completion: .file())
    var config: String?

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(name: .customLong("log-format"), help: ArgumentHelp("text or json.", valueName: "format"))
    var logFormat: String?

    @Flag(name: [.short, .long], help: "Log in detail.")
    var verbose = false

    @Flag(name: [.short, .long], help: "Print results and errors only.")
    var quiet = false

    /// The options above as they are written, for moving them behind the subcommand.
    static let flags: Set<String> = ["--json", "-v", "--verbose", "-q", "--quiet"]
    static let options: Set<String> = [
        "--store", "--server", "--api-key", "--durability", "--config", "--log-level", "--log-format",
    ]

    /// What was given, by the setting's name.
    var given: [String: String] {
        var given: [String: String] = [:]
        given[Setting.store.name] = store
        given[Setting.server.name] = server
        given[Setting.apiKey.name] = apiKey
        given[Setting.durability.name] = durability
        given[Setting.logLevel.name] = logLevel
        given[Setting.logFormat.name] = logFormat
        if json { given[Setting.json.name] = "true" }
        if verbose { given[Setting.verbose.name] = "true" }
        if quiet { given[Setting.quiet.name] = "true" }
        return given
    }
}
