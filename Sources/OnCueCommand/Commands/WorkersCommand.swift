import ArgumentParser
import OnCue

struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "Look at workers and clear away those that are gone.",
        subcommands: [WorkersListCommand.self, WorkersPruneCommand.self],
        defaultSubcommand: WorkersListCommand.self)
}

struct WorkersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List workers, with what they serve and hold.",
        usage: "oncue workers list [<options>]")

    @Flag(help: "Those that have ended, too.")
    var ended = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let now = try await store.now()
            let workers = try await JobClient(store).workers(includingJobs: context.output.isJSON)
                .filter { ended || $0.session.standing == .open }
            if context.output.isJSON {
                return context.output.json { json in
                    json.array { json in
                        for worker in workers { JobJSON.write(worker, to: &json) }
                    }
                }
            }
            guard !workers.isEmpty else { return context.output.note("No worker; 'oncue serve' starts one.") }
            context.output.table(Self.table(workers, now: now))
        }
    }

    private static func word(_ worker: WorkerInfo) -> (String, Colour?) {
        switch worker.session.standing {
        case .open where worker.isLive: ("live", .green)
        case .open where worker.session.process.isCertainlyGone: ("gone", .red)
        case .open: ("silent", .yellow)
        case .closed: ("ended", .faint)
        case .fenced: ("fenced", .faint)
        }
    }

    private static func table(_ workers: [WorkerInfo], now: Timestamp) -> Table {
        var table = Table(
            .text("WORKER", atLeast: 12), .left("STATE"), .right("HOLDS"), .right("SLOTS"), .text("QUEUES"),
            .text("HANDLERS"), .left("SINCE"), .left("HEARD OF"))
        for worker in workers {
            let session = worker.session
            let (state, colour) = word(worker)
            let queues = session.queues.isEmpty ? "all" : session.queues.map(\.rawValue).joined(separator: ",")
            table.append(
                Table.Cell(session.worker, .bold), Table.Cell(state, colour), "\(session.held)",
                "\(session.concurrency)", Table.Cell(queues),
                Table.Cell(session.names.map(\.rawValue).sorted().joined(separator: ",")),
                Table.Cell(Wording.relative(session.openedAt, to: now)),
                Table.Cell(Wording.relative(session.renewedAt, to: now)))
        }
        return table
    }
}

struct WorkersPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "End the sessions of workers that are gone, and give their jobs back.",
        usage: "oncue workers prune [<options>]",
        discussion: """
            Workers do this for each other; it is for when none is left. A worker whose process has ended on this \
            machine is dealt with at once. One that is merely silent is watched for its whole lease first, and is \
            left alone if it stirs.
            """)

    @Flag(name: .customLong("no-wait"), help: "Leave alone those that would have to be watched.")
    var noWait = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        let output = context.output
        try await context.withStore { store in
            var pruned: [(SessionInfo, Int)] = []
            var silent: [SessionInfo] = []
            let now = try await store.now()
            for session in try await store.sessions() where session.standing == .open {
                if session.process.isCertainlyGone {
                    let error = "the worker \(session.worker) is gone: its process ended without giving back its jobs"
                    if let jobs = try await store.fence(session.id, ifRenewals: session.renewals, error: error) {
                        pruned.append((session, jobs))
                    }
                } else if now - session.renewedAt > session.lease {
                    silent.append(session)
                }
            }
            if !silent.isEmpty, !noWait {
                try await watch(silent, output: output)
                for session in silent {
                    let error =
                        "the worker \(session.worker) was silent for longer than its lease of \(session.lease.text)"
                    if let jobs = try await store.fence(session.id, ifRenewals: session.renewals, error: error) {
                        pruned.append((session, jobs))
                    }
                }
                silent = []
            }
            report(pruned, left: silent.count, output: output)
        }
    }

    /// Their renewals are compared after a whole lease by this process's own clock: the wall clock is no proof.
    private func watch(_ sessions: [SessionInfo], output: Output) async throws {
        let lease = sessions.map(\.lease).max() ?? .zero
        output.note("Watching \(Wording.count(sessions.count, "silent worker")) for \(lease.text) …")
        try await Task.sleep(for: lease)
    }

    private func report(_ pruned: [(SessionInfo, Int)], left: Int, output: Output) {
        let jobs = pruned.reduce(0) { $0 + $1.1 }
        if output.isJSON {
            return output.json { json in
                json.object { json in
                    json.field("pruned", pruned.count)
                    json.field("jobs_returned", jobs)
                    json.field("left", left)
                    json.array("workers") { json in
                        for (session, _) in pruned { json.string(session.worker) }
                    }
                }
            }
        }
        for (session, jobs) in pruned {
            output.line("\(session.worker)  ended, \(Wording.count(jobs, "job")) given back")
        }
        if pruned.isEmpty { output.line("No worker had to be ended") }
        if left > 0 {
            output.note("\(Wording.count(left, "silent worker")) left alone; without --no-wait they are watched.")
        }
    }
}
