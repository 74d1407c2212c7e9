import ArgumentParser
import OnCue

struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Look at dead letters, run them again, remove them.",
        discussion:
            "A dead letter is a job that will not be tried again by itself; it is kept with every attempt's error.",
        subcommands: [DeadListCommand.self, DeadRetryCommand.self, DeadPurgeCommand.self],
        defaultSubcommand: DeadListCommand.self)
}

struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters, the newest first.", usage: "oncue dead list [<options>]")

    @OptionGroup(title: "Which jobs") var filter: FilterOptions

    @Option(help: ArgumentHelp("Jobs to list at most, 1 to 1000.", valueName: "count"))
    var limit = 50

    @Option(help: ArgumentHelp("Where to go on: what the page before printed.", valueName: "cursor"))
    var cursor: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let now = try await store.now()
            let page = try await JobClient(store).search(
                filter.filter(states: [.dead], now: now), after: cursor, limit: limit)
            JobView(output: context.output, now: now).listDead(page)
        }
    }
}

struct DeadRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run dead letters again.", usage: "oncue dead retry [<ids> ...] [<options>]",
        discussion: """
            oncue dead retry 0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01
            oncue dead retry --name 'email.*' --since 24h
            oncue dead retry --all --reset-attempts

            A job gets one more attempt than it has used up; with --reset-attempts it starts anew.
            """)

    @Argument(help: "The ids of jobs.", transform: ArgumentValue.jobID)
    var ids: [JobID] = []

    @Flag(name: .customLong("reset-attempts"), help: "Give all attempts anew.")
    var resetAttempts = false

    @OptionGroup(title: "Which jobs") var filter: FilterOptions
    @OptionGroup(title: "In bulk") var bulk: BulkOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let action = BulkAction(
            verb: "retry", participle: "retried", change: .retry(resetAttempts: resetAttempts), options: bulk,
            context: try await CommandContext(global))
        try await action.run(ids, filter: filter, states: [], always: [.dead])
    }
}

struct DeadPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove dead letters.", usage: "oncue dead purge [<ids> ...] [<options>]",
        discussion: """
            oncue dead purge --until 30d
            oncue dead purge --all
            """)

    @Argument(help: "The ids of jobs.", transform: ArgumentValue.jobID)
    var ids: [JobID] = []

    @OptionGroup(title: "Which jobs") var filter: FilterOptions
    @OptionGroup(title: "In bulk") var bulk: BulkOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let action = BulkAction(
            verb: "delete", participle: "deleted", change: .delete, options: bulk,
            context: try await CommandContext(global))
        try await action.run(ids, filter: filter, states: [], always: [.dead])
    }
}
