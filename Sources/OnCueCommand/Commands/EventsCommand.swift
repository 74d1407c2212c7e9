import ArgumentParser
import OnCue

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened, or with --follow what happens.", usage: "oncue events [<options>]",
        discussion: """
            oncue events --limit 100
            oncue events --follow --queue mail
            oncue events --follow --after 1042-3 --json

            The log keeps the newest events, by default an hour of them. With --json each event is one object on a \
            line of its own, with the cursor that --after takes to go on behind it.
            """)

    @Flag(
        name: .shortAndLong, help: "Go on as things happen, until Ctrl-C; from now on, unless --after says otherwise.")
    var follow = false

    @Option(
        help: ArgumentHelp("Start behind this event.", valueName: "cursor"), transform: ArgumentValue.cursor)
    var after: EventCursor?

    @Option(help: ArgumentHelp("Events to show at most: the newest, or those behind --after.", valueName: "count"))
    var limit = 50

    @Option(help: ArgumentHelp("Events of this job.", valueName: "id"), transform: ArgumentValue.jobID)
    var job: JobID?

    @Option(help: ArgumentHelp("Events of this queue.", valueName: "queue"), transform: ArgumentValue.queue)
    var queue: QueueName?

    @Option(help: ArgumentHelp("Events of jobs with this name; * stands for any text.", valueName: "name"))
    var name: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard limit > 0 else { throw ArgumentParser.ValidationError("--limit has to be above zero") }
    }

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            if follow {
                try await follow(store, context.output)
            } else {
                try await list(store, context.output)
            }
        }
    }

    private func follow(_ store: any JobStore, _ output: Output) async throws {
        let events = JobClient(store).events(after: after) { _ in Self.warnOfGap() }
        for try await event in events where isMeant(event) { print(event, output) }
    }

    private func list(_ store: any JobStore, _ output: Output) async throws {
        var cursor = after ?? .start
        var kept: [JobEvent] = []
        // The log is bounded, and so is this.
        while true {
            let page = try await store.events(after: cursor, limit: 1_000, wait: .zero)
            if page.hasGap, after != nil, cursor == after { Self.warnOfGap() }
            kept += page.events.filter(isMeant)
            if after != nil, kept.count >= limit { break }
            if kept.count > limit { kept.removeFirst(kept.count - limit) }
            if page.events.isEmpty || page.next == cursor { break }
            cursor = page.next
        }
        for event in kept.prefix(limit) { print(event, output) }
        if kept.isEmpty { output.note("Nothing has happened lately.") }
    }

    private static func warnOfGap() {
        Output.complain("Warning: some events after that place are no longer in the log")
    }

    private func isMeant(_ event: JobEvent) -> Bool {
        if let job, event.job != job { return false }
        if let queue, event.queue != queue { return false }
        if let name { return event.name.map { JobFilter.matches(pattern: name, text: $0.rawValue) } ?? false }
        return true
    }

    private func print(_ event: JobEvent, _ output: Output) {
        if output.isJSON {
            return output.json { JobJSON.write(event, to: &$0) }
        }
        let kind = event.kind.name + String(repeating: " ", count: max(0, 14 - event.kind.name.count))
        var line = output.colour(event.at.description, .faint) + "  " + output.colour(kind, Self.colour(of: event.kind))
        if let job = event.job { line += "  \(job)" }
        if let name = event.name { line += "  \(name)" }
        line += output.colour("  queue \(event.queue)", .faint)
        if event.attempt > 0 { line += output.colour("  attempt \(event.attempt)", .faint) }
        output.line(line)
    }

    private static func colour(of kind: JobEvent.Kind) -> Colour? {
        switch kind {
        case .completed: .green
        case .failed, .dead: .red
        case .retrying, .released, .queuePaused: .yellow
        case .started: .cyan
        default: nil
        }
    }
}
