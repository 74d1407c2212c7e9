import ArgumentParser
import OnCue

struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract: "Look at queues, pause, resume, set and purge them.",
        subcommands: [
            QueuesListCommand.self, QueuesShowCommand.self, QueuesSetCommand.self, QueuesPauseCommand.self,
            QueuesResumeCommand.self, QueuesPurgeCommand.self, QueuesRemoveCommand.self,
        ],
        defaultSubcommand: QueuesListCommand.self)
}

struct QueuesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the queues in the order in which workers serve them.", usage: "oncue queues list [<options>]",
        discussion: """
            With --json: an array of objects with name, paused, pending, delayed, blocked, running, retrying, \
            completed, dead, cancelled, completed_total and oldest_pending_ms. Totals count since the queue exists \
            and outlive the jobs.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let queues = try await store.queues()
            let now = try await store.now()
            if context.output.isJSON {
                return context.output.json { json in
                    json.array { json in
                        for queue in queues { JobJSON.write(queue, now: now, to: &json) }
                    }
                }
            }
            guard !queues.isEmpty else { return context.output.note("No queue yet; the first job makes one.") }
            context.output.table(QueueView.table(queues, now: now))
        }
    }
}

struct QueuesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a queue with its settings, or with --defaults what holds for all queues.",
        usage: "oncue queues show <queue> | --defaults")

    @Argument(help: "The queue.", transform: ArgumentValue.queue)
    var queue: QueueName?

    @Flag(help: "The settings that hold where a queue says nothing.")
    var defaults = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (queue != nil) != defaults else { throw ArgumentParser.ValidationError("name a queue or say --defaults") }
    }

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            guard let queue else {
                return QueueView.show(try await store.defaults(), output: context.output)
            }
            guard let info = try await JobClient(store).queue(queue) else { throw CommandError.noQueue(queue) }
            QueueView.show(info, now: try await store.now(), output: context.output)
        }
    }
}

struct QueuesPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Start no more jobs of a queue; those that run go on.",
        usage: "oncue queues pause <queues> ...")

    @Argument(help: "The queues.", transform: ArgumentValue.queue)
    var queues: [QueueName]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore(.create) { store in
            for queue in queues { try await JobClient(store).pause(queue) }
        }
        QueueView.report(queues, "paused", output: context.output)
    }
}

struct QueuesResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Start jobs of a queue again.", usage: "oncue queues resume <queues> ...")

    @Argument(help: "The queues.", transform: ArgumentValue.queue)
    var queues: [QueueName]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore(.create) { store in
            for queue in queues { try await JobClient(store).resume(queue) }
        }
        QueueView.report(queues, "resumed", output: context.output)
    }
}

struct QueuesPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove jobs of a queue: those that wait, unless --state says otherwise.",
        usage: "oncue queues purge <queue> [<options>]",
        discussion: "Running jobs are not removed; 'oncue jobs cancel --queue NAME --state running' stops them.")

    @Argument(help: "The queue.", transform: ArgumentValue.queue)
    var queue: QueueName

    @Option(
        help: ArgumentHelp(
            "Jobs in this state; several with commas. (default: blocked,delayed,pending,retrying)", valueName: "state"),
        transform: ArgumentValue.state)
    var state: Set<JobState> = []

    @Flag(name: .customLong("dry-run"), help: "Only say how many jobs are meant.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask. Needed when stdin is no terminal.")
    var yes = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        let output = context.output
        let states = state.isEmpty ? JobState.waiting : state
        guard !states.contains(.running) else {
            throw CommandError.usage(
                "running jobs cannot be purged",
                hint: "Stop them with: oncue jobs cancel --queue \(queue) --state running")
        }
        try await context.withStore { store in
            guard let info = try await JobClient(store).queue(queue) else { throw CommandError.noQueue(queue) }
            let count = states.reduce(0) { $0 + info.count($1) }
            if dryRun || count == 0 { return report(matched: count, removed: 0, output: output) }
            try Question.agree(
                "Remove \(Wording.count(count, "job")) of queue \(queue)?", isAgreed: yes, output: output)
            let bar = ProgressBar("purge", total: count, output: output)
            defer { bar.finish() }
            let removed = try await JobClient(store).purge(queue, states: states) { bar.update($0) }
            bar.finish()
            report(matched: count, removed: removed, output: output)
        }
    }

    private func report(matched: Int, removed: Int, output: Output) {
        if output.isJSON {
            return output.json { json in
                json.object { json in
                    json.field("queue", queue.rawValue)
                    json.field("matched", matched)
                    json.field("done", removed)
                }
            }
        }
        output.line(
            dryRun ? "\(Wording.count(matched, "job")) would be removed" : "\(Wording.count(removed, "job")) removed")
    }
}

struct QueuesRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget a queue that has no jobs left, with its settings and counters.",
        usage: "oncue queues remove <queue>")

    @Argument(help: "The queue.", transform: ArgumentValue.queue)
    var queue: QueueName

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { try await JobClient($0).removeQueue(queue) }
        QueueView.report([queue], "removed", output: context.output)
    }
}

extension CommandError {
    static func noQueue(_ queue: QueueName) -> CommandError {
        CommandError(.notFound, "there is no queue \(queue)", hint: "'oncue queues list' shows those that are there.")
    }
}
