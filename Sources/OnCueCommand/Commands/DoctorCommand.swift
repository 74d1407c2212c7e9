import ArgumentParser
import OnCue

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look everything over and say what to do.", usage: "oncue doctor [<options>]",
        discussion: "The exit status is 1 when something needs attention now; warnings alone leave it at 0.")

    @Flag(help: "Also mend what is damaged in the store or was left behind, while others go on working.")
    var repair = false
    @Flag(help: "With --repair: only say what would be mended.")
    var dryRun = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        if dryRun, !repair { throw CommandError.usage("--dry-run goes with --repair") }
        let context = try await CommandContext(global)
        var facts: [(String, String)] = [("oncue", Version.current), ("system", Self.system)]
        facts.append(("store", try context.storeText))
        facts.append(("settings", context.settings.filePath ?? "no file"))
        var findings: [StoreFinding]
        do {
            let (more, found) = try await context.withStore { store in
                let (facts, found) = try await Self.examine(store)
                return (facts, repair ? found + (try await Self.mend(store, dryRun: dryRun)) : found)
            }
            facts += more
            findings = found
        } catch let error as StoreError {
            findings = [StoreFinding(.problem, "store", error.description)]
        } catch let error as CommandError where error.status == .unavailable {
            findings = [StoreFinding(.problem, "store", error.message, cure: error.hint)]
        }
        for (variable, suggestion) in context.settings.unknownVariables {
            findings.append(
                StoreFinding(
                    .warning, "settings", "the environment variable \(variable) means nothing to oncue",
                    cure: suggestion.map { "did you mean \($0)?" } ?? "unset it"))
        }
        report(facts, findings, context.output)
        if findings.contains(where: { $0.severity == .problem }) { throw CommandError.silent(.failure) }
    }

    private static func examine(_ store: any JobStore) async throws(StoreError) -> ([(String, String)], [StoreFinding])
    {
        let info = try await store.info()
        var facts = [
            ("kind", "\(info.kind) \(info.engineVersion), schema \(info.schemaVersion)"), ("location", info.location),
            ("durability", info.durability),
        ]
        if let size = info.sizeInBytes { facts.append(("size", Wording.bytes(size))) }
        var findings = try await store.check()
        let now = try await store.now()
        if let finding = clock(store: now, here: SystemTime().now()) { findings.append(finding) }
        let queues = try await store.queues()
        let workers = try await JobClient(store).workers(includingJobs: false)
        findings += self.workers(workers)
        findings += self.queues(queues, workers: workers, now: now)
        let oldest = try await store.search(
            JobFilter(states: [.pending]), order: .oldestFirst, after: nil, limit: sample)
        findings += names(oldest.jobs.map(\.name), workers: workers)
        return (facts, findings)
    }

    private static func mend(_ store: any JobStore, dryRun: Bool) async throws(StoreError) -> [StoreFinding] {
        guard let store = store as? any RepairableStore else {
            return [StoreFinding(.fine, "repair", "this kind of store has nothing that could be mended")]
        }
        return try await store.repair(dryRun: dryRun)
    }

    // MARK: What is looked at

    /// Nil when the clocks agree.
    static func clock(store: Timestamp, here: Timestamp) -> StoreFinding? {
        let offset = store > here ? store - here : here - store
        guard offset > .seconds(5) else { return nil }
        return StoreFinding(
            .warning, "clock", "the store's clock and this machine's are \(Wording.rough(offset)) apart",
            cure: "set both by NTP: delays and schedules go by the store's")
    }

    static func workers(_ workers: [WorkerInfo]) -> [StoreFinding] {
        let open = workers.filter { $0.session.standing == .open }
        let lost = open.filter { !$0.isLive }
        var findings: [StoreFinding] = []
        let live = open.count - lost.count
        if live > 0 { findings.append(StoreFinding(.fine, "workers", "\(live) live")) }
        if !lost.isEmpty {
            let held = lost.reduce(0) { $0 + $1.session.held }
            findings.append(
                StoreFinding(
                    .warning, "workers",
                    "\(Wording.count(lost.count, "worker")) silent or gone, holding \(Wording.count(held, "job"))",
                    cure: live > 0
                        ? "the other workers take over; 'oncue workers prune' does it now"
                        : "start 'oncue serve', or run 'oncue workers prune'"))
        }
        return findings
    }

    /// Jobs looked at for names that nobody handles: the oldest, which are those that are stuck.
    private static let sample = 500

    static func names(_ pending: [JobName], workers: [WorkerInfo]) -> [StoreFinding] {
        let live = workers.filter(\.isLive).map(\.session)
        guard !live.isEmpty else { return [] }
        let known = live.reduce(into: Set<JobName>()) { $0.formUnion($1.names) }
        let stuck = Dictionary(grouping: pending.filter { !known.contains($0) }) { $0 }
        return stuck.sorted { $0.key < $1.key }.map { name, jobs in
            StoreFinding(
                .warning, "handlers",
                "\(Wording.count(jobs.count, "job")) named \(name) due and no live worker handles it",
                cure: "name it in the file given to 'oncue serve --handlers FILE'")
        }
    }

    static func queues(_ queues: [QueueInfo], workers: [WorkerInfo], now: Timestamp) -> [StoreFinding] {
        var findings: [StoreFinding] = []
        let live = workers.filter(\.isLive).map(\.session)
        let due = queues.reduce(0) { $0 + $1.count(.pending) }
        if live.isEmpty {
            findings.append(
                due > 0
                    ? StoreFinding(
                        .warning, "queues", "\(Wording.count(due, "job")) due and no worker",
                        cure: "start 'oncue serve'")
                    : StoreFinding(.fine, "queues", "\(Wording.count(queues.count, "queue")), nothing due, no worker"))
        } else {
            for queue in queues where queue.count(.pending) > 0 && !queue.isPaused {
                guard !live.contains(where: { $0.queues.isEmpty || $0.queues.contains(queue.name) }) else { continue }
                findings.append(
                    StoreFinding(
                        .warning, "queue \(queue.name)",
                        "\(Wording.count(queue.count(.pending), "job")) due and no worker serves the queue",
                        cure: "start a worker with --queues \(queue.name), or without --queues"))
            }
        }
        for queue in queues where queue.isPaused && queue.waiting > 0 {
            findings.append(
                StoreFinding(
                    .warning, "queue \(queue.name)", "paused with \(Wording.count(queue.waiting, "job")) waiting",
                    cure: "oncue queues resume \(queue.name)"))
        }
        let dead = queues.reduce(0) { $0 + $1.count(.dead) }
        if dead > 0 {
            findings.append(
                StoreFinding(
                    .warning, "dead letters", "\(Wording.count(dead, "job")) given up after the last attempt",
                    cure: "look with 'oncue dead list', run again with 'oncue dead retry'"))
        }
        return findings
    }

    // MARK: Printing

    private func report(_ facts: [(String, String)], _ findings: [StoreFinding], _ output: Output) {
        if output.isJSON {
            return output.json { json in
                json.object { json in
                    json.field("healthy", !findings.contains { $0.severity == .problem })
                    json.object("facts") { json in
                        for (name, value) in facts { json.field(name, value) }
                    }
                    json.array("findings") { json in
                        for finding in findings { JobJSON.write(finding, to: &json) }
                    }
                }
            }
        }
        for (name, value) in facts { output.line("\(Self.pad(name)) \(value)") }
        output.line("")
        for finding in findings {
            let (mark, colour): (String, Colour) =
                switch finding.severity {
                case .fine: ("✓", .green)
                case .warning: ("!", .yellow)
                case .problem: ("✗", .red)
                }
            output.line("\(output.colour(mark, colour)) \(Self.pad(finding.subject)) \(finding.message.printable)")
            if let cure = finding.cure { output.line("  \(Self.pad("")) → \(cure.printable)") }
        }
    }

    private static func pad(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, 14 - text.count))
    }

    private static var system: String {
        #if os(Linux)
            "Linux"
        #else
            "macOS"
        #endif
    }
}
