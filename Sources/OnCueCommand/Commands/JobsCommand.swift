import ArgumentParser
import OnCue

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Look at jobs and change them.",
        discussion: """
            A job is pending (due now), delayed (due later), blocked (waits for other jobs), running, retrying \
            (failed, waits for its next attempt), completed, dead (will not be tried again by itself) or cancelled.
            """,
        subcommands: [
            JobsListCommand.self, JobsShowCommand.self, JobsWhyCommand.self, JobsCancelCommand.self,
            JobsRetryCommand.self, JobsDeleteCommand.self, JobsEditCommand.self,
        ],
        defaultSubcommand: JobsListCommand.self)
}

struct JobsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List jobs, the newest first.", usage: "oncue jobs list [<options>]",
        discussion: """
            oncue jobs list --state dead --name 'email.*' --since 24h
            oncue jobs list --tag tenant=acme --json | jq -r '.jobs[].id'

            With --json: {"count": …, "jobs": […], "next_cursor": …}; the cursor goes into --cursor for the next page.
            """)

    @Option(
        help: ArgumentHelp("Jobs in this state; several with commas.", valueName: "state"),
        transform: ArgumentValue.state)
    var state: Set<JobState> = []

    @OptionGroup(title: "Which jobs") var filter: FilterOptions

    @Option(help: ArgumentHelp("Jobs to list at most, 1 to 1000.", valueName: "count"))
    var limit = 50

    @Option(help: ArgumentHelp("Where to go on: what the page before printed.", valueName: "cursor"))
    var cursor: String?

    @Flag(name: .customLong("oldest-first"), help: "The oldest first.")
    var oldestFirst = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let now = try await store.now()
            let page = try await JobClient(store).search(
                filter.filter(states: state, now: now), order: oldestFirst ? .oldestFirst : .newestFirst,
                after: cursor, limit: limit)
            JobView(output: context.output, now: now).list(page)
        }
    }
}

struct JobsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all that is known of a job.", usage: "oncue jobs show <id> [<options>]")

    @Argument(help: "The id of the job.", transform: ArgumentValue.jobID)
    var id: JobID

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let jobs = JobClient(store)
            guard let job = try await jobs.job(id) else { throw CommandError.noJob(id) }
            JobView(output: context.output, now: try await store.now()).show(
                job, attempts: try await jobs.attempts(of: id), queue: try await jobs.settings(of: job.queue))
        }
    }
}

struct JobsWhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say in words why a job is where it is, and what to do.",
        usage: "oncue jobs why <id> [<options>]")

    @Argument(help: "The id of the job.", transform: ArgumentValue.jobID)
    var id: JobID

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let explanation = try await JobClient(store).why(id)
            if context.output.isJSON {
                context.output.json { JobJSON.write(explanation, to: &$0) }
            } else {
                for reason in explanation.reasons {
                    context.output.line(reason.summary.printable)
                    if let cure = reason.cure { context.output.line("  → \(cure.printable)") }
                }
            }
            if explanation.state == nil { throw CommandError.silent(.notFound) }
        }
    }
}

extension CommandError {
    static func noJob(_ id: JobID) -> CommandError {
        CommandError(
            .notFound, "there is no job \(id)",
            hint: "It never was, was deleted, or ended longer ago than jobs are kept. Is --store right?")
    }
}
