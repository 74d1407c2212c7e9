import ArgumentParser
import OnCue

struct QueuesSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set what holds for the jobs of a queue, or with --defaults for those of all queues.",
        usage: "oncue queues set <queue> | --defaults [<options>]",
        discussion: """
            oncue queues set mail --timeout 30s --attempts 8 --max-waiting 100000
            oncue queues set mail --timeout none          back to what holds for all queues
            oncue queues set --defaults --keep-dead 90d:50000

            What a job or its handler says is stronger; what is not given here stays as it is. 'none' clears a \
            setting. A time of 0s turns a timeout off.
            """)

    @Argument(help: "The queue.", transform: ArgumentValue.queue)
    var queue: QueueName?

    @Flag(help: "Set what holds where a queue says nothing.")
    var defaults = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The place among the queues that a worker serves when it was told no order; lower first. (default: 0)",
            valueName: "number"))
    var order: String?

    @Option(help: ArgumentHelp("Runs in all, the first included. (default: 5)", valueName: "count"))
    var attempts: String?

    @Option(
        help: ArgumentHelp("constant:10s, linear:1s:5m or exponential:1s:1h:2.", valueName: "backoff"))
    var backoff: String?

    @Option(help: ArgumentHelp("A run is stopped after this and counts as failed.", valueName: "duration"))
    var timeout: String?

    @Option(
        name: .customLong("soft-timeout"),
        help: ArgumentHelp(
            "A run is told after this that its time is nearly up; shorter than the timeout.", valueName: "duration"))
    var softTimeout: String?

    @Option(
        name: .customLong("max-waiting"),
        help: ArgumentHelp("Jobs that may wait; a further one is refused. (default: 10000000)", valueName: "count"))
    var maxWaiting: String?

    @Option(
        name: .customLong("keep-completed"),
        help: ArgumentHelp(
            "How long and how many completed jobs are kept; 0s:0 keeps none. (default: 24h:10000)",
            valueName: "age:count"))
    var keepCompleted: String?

    @Option(
        name: .customLong("keep-cancelled"),
        help: ArgumentHelp("The same for cancelled jobs. (default: 24h:10000)", valueName: "age:count"))
    var keepCancelled: String?

    @Option(
        name: .customLong("keep-dead"),
        help: ArgumentHelp("The same for dead jobs. (default: 30d:10000)", valueName: "age:count"))
    var keepDead: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (queue != nil) != defaults else { throw ArgumentParser.ValidationError("name a queue or say --defaults") }
        let given = [
            order, attempts, backoff, timeout, softTimeout, maxWaiting, keepCompleted, keepCancelled, keepDead,
        ]
        guard given.contains(where: { $0 != nil }) else {
            throw ArgumentParser.ValidationError("say what to set, as in: oncue queues set mail --timeout 30s")
        }
    }

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore(.create) { store in
            let jobs = JobClient(store)
            guard let queue else {
                let settings = try applied(to: try await jobs.defaults())
                try await jobs.setDefaults(settings)
                return QueueView.show(settings, output: context.output)
            }
            let settings = try applied(to: try await jobs.settings(of: queue))
            try await jobs.setSettings(settings, of: queue)
            guard let info = try await jobs.queue(queue) else { throw CommandError.noQueue(queue) }
            QueueView.show(info, now: try await store.now(), output: context.output)
        }
    }

    /// The settings with what was given put in their place.
    func applied(to old: QueueSettings) throws -> QueueSettings {
        var settings = old
        try set(order, "order") { settings.order = try $0.map { try Self.number($0, "order") } }
        try set(attempts, "attempts") { settings.maxAttempts = try $0.map { try Self.number($0, "attempts") } }
        try set(backoff, "backoff") { settings.backoff = try $0.map { try Backoff(parsing: $0) } }
        try set(timeout, "timeout") { settings.timeout = try $0.map { try Duration(parsing: $0) } }
        try set(softTimeout, "soft-timeout") { settings.softTimeout = try $0.map { try Duration(parsing: $0) } }
        try set(maxWaiting, "max-waiting") { settings.maxWaiting = try $0.map { try Self.number($0, "max-waiting") } }
        let kept = RetentionPolicy.default
        try set(keepCompleted, "keep-completed") { text in
            settings.retention = try Self.bound(text, in: settings.retention, \.completed, kept.completed)
        }
        try set(keepCancelled, "keep-cancelled") { text in
            settings.retention = try Self.bound(text, in: settings.retention, \.cancelled, kept.cancelled)
        }
        try set(keepDead, "keep-dead") { text in
            settings.retention = try Self.bound(text, in: settings.retention, \.dead, kept.dead)
        }
        try settings.validate()
        return settings
    }

    /// Hands on what was given, with nil for `none`.
    private func set(_ text: String?, _ option: String, _ apply: (String?) throws -> Void) throws {
        guard let text else { return }
        do {
            try apply(text.lowercased() == "none" ? nil : text)
        } catch let error as OnCue.ValidationError {
            throw CommandError.usage("--\(option): \(error.message)")
        }
    }

    private static func number(_ text: String, _ option: String) throws -> Int {
        guard let number = Int(text) else {
            throw CommandError.usage("--\(option): '\(text.prefix(64))' is not a whole number")
        }
        return number
    }

    private static func bound(
        _ text: String?, in policy: RetentionPolicy?, _ path: WritableKeyPath<RetentionPolicy, RetentionPolicy.Bound>,
        _ fallback: RetentionPolicy.Bound
    ) throws -> RetentionPolicy? {
        guard var changed = policy ?? (text == nil ? nil : .default) else { return nil }
        guard let text else {
            changed[keyPath: path] = fallback
            return changed == .default ? nil : changed
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let age = try? Duration(parsing: parts[0]),
            let count = parts.count == 2 ? Int(parts[1]) : changed[keyPath: path].count
        else {
            throw CommandError.usage("'\(text.prefix(64))' is not an age and a count; write 24h:10000, or 24h alone")
        }
        changed[keyPath: path] = RetentionPolicy.Bound(age: age, count: count)
        return changed
    }
}
