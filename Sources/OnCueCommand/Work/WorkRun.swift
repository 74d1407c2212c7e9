import Foundation
import Logging
import OnCue
import ServiceLifecycle

/// What `serve` and `work` do: one worker in this process, or several processes with one each; `serve` answers HTTP beside it.
struct WorkRun: Sendable {
    let plan: WorkPlan
    let handlers: HandlerSet
    let context: CommandContext
    /// Says what to type next.
    let isServing: Bool

    /// - Throws: ``CommandError`` when a setting or the handlers file is wrong; nothing was opened then.
    init(context: CommandContext, isServing: Bool) throws {
        self.context = context
        self.isServing = isServing
        if isServing, case .server = try context.location {
            throw CommandError.usage(
                "'serve' serves a store, and a server has one already",
                hint: "'oncue work --server URL' starts a worker for it")
        }
        plan = try WorkPlan(context.settings, isServing: isServing)
        handlers = try HandlerSet(file: plan.handlersFile, hasBuiltIns: plan.hasBuiltIns)
    }

    func run() async throws {
        // A reader of our output that goes away is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let traces = try TraceExport(environment: context.environment, logger: context.logger)
        do {
            try await work()
        } catch {
            await traces.shutDown()
            throw error
        }
        await traces.shutDown()
        context.logger.info("stopped")
    }

    private func work() async throws {
        if let child = SupervisedChild.current {
            // Longer than the worker itself takes to hand back what runs.
            child.watch(grace: plan.shutdownTimeout + .seconds(5))
            try await runWorker(name: plan.workerName.map { "\($0)-\(child.index + 1)" })
        } else if plan.processes > 1 {
            try await runSupervisor()
        } else {
            try await runWorker(name: plan.workerName)
        }
    }

    private func withStore(_ body: (any JobStore) async throws -> Void) async throws {
        let store = try await context.openStore(.create, isCheckedFirst: true)
        do {
            try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private func front(over store: any JobStore) -> HTTPFront? {
        plan.http.map { plan in
            HTTPFront(plan, over: store, grace: self.plan.shutdownTimeout, logger: context.logger)
        }
    }

    // MARK: One process

    private func runWorker(name: String?) async throws {
        try await withStore { store in
            let front = front(over: store)
            var configuration = plan.configuration
            configuration.name = name
            configuration.metricsFactory = front?.metrics
            let worker = Worker(
                front?.store ?? store, concurrency: plan.concurrency, queues: plan.queues,
                configuration: configuration, logger: context.logger)
            try handlers.register(on: worker)
            let signals = Signals(
                graceful: { [logger = context.logger, timeout = plan.shutdownTimeout] in
                    logger.info("stopping; what runs may finish first", metadata: ["within": "\(timeout.text)"])
                    front?.shutDown()
                    worker.shutDown()
                },
                atOnce: { [logger = context.logger] in
                    logger.notice("stopping at once; what runs is handed back")
                    front?.interrupt()
                    worker.interrupt()
                })
            defer { signals.end() }
            if let front {
                try await front.serve {
                    announce(url: $0)
                    try await worker.run()
                } stop: {
                    worker.shutDown()
                }
            } else {
                if SupervisedChild.current == nil {
                    announce(url: nil)
                } else {
                    context.logger.info("a worker process has started", metadata: ["pid": "\(getpid())"])
                }
                try await worker.run()
            }
        }
    }

    // MARK: Several processes

    private func runSupervisor() async throws {
        // What would keep every child from starting is said once, here.
        guard try context.location != .memory else {
            throw CommandError.usage("a memory: store lives in one process; --processes needs a file or a server")
        }
        try await withStore { store in
            let front = front(over: store)
            let supervisor = Supervisor(
                processes: plan.processes, arguments: try childArguments(), grace: plan.shutdownTimeout + .seconds(5),
                logger: context.logger)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [
                        ServiceGroupConfiguration.ServiceConfiguration(
                            service: supervisor, successTerminationBehavior: .gracefullyShutdownGroup)
                    ], logger: context.logger))
            let children = SupervisedWork(group)
            let signals = Signals(
                patience: .seconds(8),
                graceful: { [logger = context.logger] in
                    logger.info("stopping the worker processes")
                    front?.shutDown()
                    children.shutDown()
                },
                atOnce: { [logger = context.logger] in
                    logger.notice("stopping the worker processes at once")
                    front?.interrupt()
                    children.interrupt()
                })
            defer { signals.end() }
            if let front {
                try await front.serve {
                    announce(url: $0)
                    try await children.run()
                } stop: {
                    children.shutDown()
                }
            } else {
                announce(url: nil)
                try await children.run()
            }
        }
    }

    /// The same settings as ours, each as a flag, for `work` in one process.
    private func childArguments() throws -> [String] {
        var arguments = ["work"]
        for setting in Setting.global + Setting.work where setting != .processes {
            guard let value = try context.settings.value(setting), value.origin != .fallback else { continue }
            switch setting {
            case .json, .verbose, .quiet, .noBuiltins:
                if try context.settings.flag(setting) { arguments.append(setting.flag) }
            // Everyone on the machine can read a command line.
            case .apiKey: setenv(setting.variable, value.text, 1)
            default: arguments.append("\(setting.flag)=\(value.text)")
            }
        }
        // Ours may stand in the environment too.
        return arguments + ["\(Setting.processes.flag)=1", "\(Setting.logLevel.flag)=\(context.logger.logLevel)"]
    }

    // MARK: Words

    private func announce(url: String?) {
        let output = context.output
        let store = (try? context.storeText) ?? ""
        let names = handlers.names.map(\.rawValue).sorted()
        let queues = plan.queues.map { queue in queue.limit.map { "\(queue.name):\($0)" } ?? queue.name.rawValue }
        if output.isJSON {
            return output.json { json in
                json.object { json in
                    json.field("event", "working")
                    json.field("store", store)
                    if let url { json.field("url", url) }
                    json.array("queues") { json in
                        for queue in queues { json.string(queue) }
                    }
                    json.array("handlers") { json in
                        for name in names { json.string(name) }
                    }
                    json.field("concurrency", plan.concurrency)
                    json.field("processes", plan.processes)
                    json.field("pid", Int(getpid()))
                }
            }
        }
        guard !output.isQuiet else { return }
        let each = plan.processes > 1 ? " in each of \(plan.processes) processes" : ""
        var lines = [
            "oncue \(Version.current) works on \(store)",
            url.map { "  api       \($0)/api/v1" },
            "  queues    \(queues.isEmpty ? "all" : queues.joined(separator: ", "))",
            "  handlers  \(names.isEmpty ? "none: no job will run" : names.joined(separator: ", "))",
            "  at once   \(Wording.count(plan.concurrency, "job"))\(each)",
        ].compactMap(\.self)
        if isServing { lines += [""] + next(names, store: store) + [""] }
        output.line(lines.joined(separator: "\n"))
    }

    private func next(_ names: [String], store: String) -> [String] {
        let isDefault = (try? context.settings.value(.store)?.origin) == .fallback
        var option = isDefault ? "" : " --store \(store)"
        if case .server? = try? context.location { option = " --server \(store)" }
        guard !store.hasPrefix("memory:") else {
            return ["A memory: store lives in this process; no other command reaches it.", "Ctrl-C stops."]
        }
        let job = names.contains("echo") ? "echo '{\"hello\":\"world\"}'" : "\(names.first ?? "NAME") '{}'"
        return [
            "In another shell" + (isDefault ? ", in this folder:" : ":"),
            "  oncue submit \(job) --wait\(option)",
            "  oncue jobs list\(option)",
            "  oncue stats\(option)",
            "Ctrl-C stops; what runs may finish first.",
        ]
    }
}
