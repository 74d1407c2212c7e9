import ArgumentParser

/// How a worker works: the options of `serve` and `work`.
struct WorkOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("Jobs that a process runs at once. (default: 10)", valueName: "count"))
    var concurrency: String?

    @Option(
        help: ArgumentHelp(
            "Queues in the order they are served; urgent,mail:2 runs at most 2 of mail at once. (default: all queues)",
            valueName: "list"))
    var queues: String?

    @Option(
        help: ArgumentHelp("A YAML file that maps job names to commands.", valueName: "file"), completion: .file())
    var handlers: String?

    @Flag(name: .customLong("no-builtins"), help: "Do without the handlers echo, sleep, fail and error.")
    var noBuiltins = false

    @Option(
        name: .customLong("shutdown-timeout"),
        help: ArgumentHelp(
            "How long running jobs may go on when the worker is told to stop. (default: 30s)", valueName: "duration"))
    var shutdownTimeout: String?

    @Option(
        help: ArgumentHelp(
            "How long a worker may be silent before others take over its jobs; at least 2s. (default: 30s)",
            valueName: "duration"))
    var lease: String?

    @Option(
        name: .customLong("worker-name"),
        help: ArgumentHelp("How the worker is called in lists and logs. (default: host-pid)", valueName: "name"))
    var workerName: String?

    @Option(
        help: ArgumentHelp("Worker processes; one that dies is started again. (default: 1)", valueName: "count"))
    var processes: String?

    /// What was given, by the setting's name.
    var given: [String: String] {
        var given: [String: String] = [:]
        given[Setting.concurrency.name] = concurrency
        given[Setting.queues.name] = queues
        given[Setting.handlers.name] = handlers
        if noBuiltins { given[Setting.noBuiltins.name] = "true" }
        given[Setting.shutdownTimeout.name] = shutdownTimeout
        given[Setting.lease.name] = lease
        given[Setting.workerName.name] = workerName
        given[Setting.processes.name] = processes
        return given
    }
}
