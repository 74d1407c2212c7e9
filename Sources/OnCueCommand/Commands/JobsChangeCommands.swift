import ArgumentParser
import OnCue

struct JobsCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel jobs that wait; tell running ones to stop.",
        usage: "oncue jobs cancel [<ids> ...] [<options>]",
        discussion: """
            oncue jobs cancel 0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01 --reason "wrong address"
            oncue jobs cancel --queue mail --name 'newsletter.*' --dry-run

            A waiting job never runs after this. A running one is told to stop and ends as cancelled; with --force \
            it is cancelled at once and whatever it still answers is not taken.
            """)

    @Argument(help: "The ids of jobs.", transform: ArgumentValue.jobID)
    var ids: [JobID] = []

    @Option(help: ArgumentHelp("Why; kept with the job.", valueName: "text"))
    var reason: String?

    @Flag(help: "Cancel running jobs at once.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Jobs in this state; several with commas. (default: waiting and running)", valueName: "state"),
        transform: ArgumentValue.state)
    var state: Set<JobState> = []

    @OptionGroup(title: "Which jobs") var filter: FilterOptions
    @OptionGroup(title: "In bulk") var bulk: BulkOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let action = BulkAction(
            verb: "cancel", participle: "cancelled", change: .cancel(reason: reason, force: force), options: bulk,
            context: try await CommandContext(global))
        try await action.run(ids, filter: filter, states: state)
    }
}

struct JobsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run jobs again, or now.", usage: "oncue jobs retry [<ids> ...] [<options>]",
        discussion: """
            oncue jobs retry 0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01
            oncue jobs retry --state dead --name 'email.*' --since 24h

            Takes dead, cancelled, retrying and delayed jobs. A job gets one more attempt than it has used up; with \
            --reset-attempts it starts anew.
            """)

    @Argument(help: "The ids of jobs.", transform: ArgumentValue.jobID)
    var ids: [JobID] = []

    @Flag(name: .customLong("reset-attempts"), help: "Give all attempts anew.")
    var resetAttempts = false

    @Option(
        help: ArgumentHelp("Jobs in this state; several with commas. (default: dead and retrying)", valueName: "state"),
        transform: ArgumentValue.state)
    var state: Set<JobState> = []

    @OptionGroup(title: "Which jobs") var filter: FilterOptions
    @OptionGroup(title: "In bulk") var bulk: BulkOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let action = BulkAction(
            verb: "retry", participle: "retried", change: .retry(resetAttempts: resetAttempts), options: bulk,
            context: try await CommandContext(global))
        try await action.run(ids, filter: filter, states: state)
    }
}

struct JobsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove jobs and all that is kept of them.", usage: "oncue jobs delete [<ids> ...] [<options>]",
        discussion: """
            oncue jobs delete 0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01
            oncue jobs delete --state completed --until 7d

            By id also a running job: whatever it still answers is not taken. By filter all but running ones, unless \
            --state says so.
            """)

    @Argument(help: "The ids of jobs.", transform: ArgumentValue.jobID)
    var ids: [JobID] = []

    @Option(
        help: ArgumentHelp("Jobs in this state; several with commas. (default: all but running)", valueName: "state"),
        transform: ArgumentValue.state)
    var state: Set<JobState> = []

    @OptionGroup(title: "Which jobs") var filter: FilterOptions
    @OptionGroup(title: "In bulk") var bulk: BulkOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let action = BulkAction(
            verb: "delete", participle: "deleted", change: .delete, options: bulk,
            context: try await CommandContext(global))
        try await action.run(ids, filter: filter, states: state)
    }
}

struct JobsEditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change the payload, the priority or the time of a job that waits.",
        usage: "oncue jobs edit <id> [<options>]",
        discussion: """
            oncue jobs edit 0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01 --priority high --delay 0s
            oncue jobs edit 0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01 --payload @new.json
            """)

    @Argument(help: "The id of the job.", transform: ArgumentValue.jobID)
    var id: JobID

    @Option(help: ArgumentHelp("The new payload: text, @file, or - for stdin.", valueName: "payload"))
    var payload: String?

    @Option(
        help: ArgumentHelp("critical, high, normal, low or bulk.", valueName: "level"),
        transform: ArgumentValue.priority)
    var priority: JobPriority?

    @Option(
        help: ArgumentHelp("Due so long from now; 0s is now.", valueName: "duration"), transform: ArgumentValue.duration
    )
    var delay: Duration?

    @Option(help: ArgumentHelp("Due at this time.", valueName: "time"), transform: ArgumentValue.time)
    var at: Timestamp?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if payload == nil, priority == nil, delay == nil, at == nil {
            throw ArgumentParser.ValidationError("say what to change: --payload, --priority, --delay or --at")
        }
        if delay != nil, at != nil { throw ArgumentParser.ValidationError("give --delay or --at, not both") }
    }

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let jobs = JobClient(store)
            guard let job = try await jobs.job(id) else { throw CommandError.noJob(id) }
            let bytes = try payload.map {
                try PayloadArgument(text: $0, contentType: job.contentType).read()
            }
            let due: NewJob.Due? = at.map { .at($0) } ?? delay.map { $0 == .zero ? .now : .after($0) }
            try await jobs.edit(id, JobEdit(payload: bytes, priority: priority, due: due))
            guard let edited = try await jobs.job(id) else { throw CommandError.noJob(id) }
            if context.output.isJSON {
                context.output.json { JobJSON.write(edited, to: &$0) }
            } else {
                context.output.line("\(id)  edited, now \(edited.state.name)")
            }
        }
    }
}
