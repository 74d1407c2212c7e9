import DequeModule

/// What the store thread and the handler threads of a worker share, behind one lock: jobs that are ready, jobs that run,
/// outcomes that are to be written. A value; it says what is to be done and leaves the doing to its owner.
struct Dispatch {
    /// How far the worker is on its way from start to end.
    enum Phase: Int, Comparable {
        case running
        /// Claims no more and waits for what runs.
        case draining
        /// What runs was told to stop.
        case interrupting

        static func < (lhs: Phase, rhs: Phase) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// Jobs for one kind of threads.
    struct Lane {
        var ready = Deque<JobRun>()
        /// Runners on their way to the threads that have not begun yet.
        var starting = 0
        /// How many of them may be on their way at once: as many as there are threads that could take them.
        let width: Int
    }

    struct Slot {
        var run: JobRun?
        var task: Task<Void, Never>?
        /// Its task was cancelled, so it must not run another job.
        var isTainted = false
        /// Counts the runners that had the slot.
        var generation = 0
        var isTaken = false
    }

    /// A runner to be started by whoever has let go of the lock.
    struct RunnerTicket {
        let lane: Int
        let slot: Int
        let generation: Int
    }

    var ledger: WorkerLedger
    /// Whether claims are made beside settles rather than with them.
    let claimsBeside: Bool
    private(set) var lanes: [Lane]
    private(set) var slots: [Slot]
    private var freeSlots: [Int]
    private(set) var outcomes: [Settlement] = []

    var phase = Phase.running
    /// Counts the sessions; what belongs to an earlier one is not written any more.
    private(set) var epoch = 0
    var session: SessionID?
    /// When what ran was told to stop (``Uptime``).
    var interruptedAt: Int64?
    /// A shutdown no longer waits for the store to answer.
    var hasAbandonedStore = false
    /// How often in a row the store believed us to hold more than we know of.
    private var timesOff = 0
    /// Jobs that stay with the session since no outcome of them can be written.
    private var unsettleable: Set<JobID> = []
    /// True while the worker cannot be sure that its session still stands: nothing is started or claimed.
    var isInDoubt = false
    /// An operator asked for no more claims.
    var isQuiet = false
    /// A claim of its own is under way, most often one that waits for jobs; there is never another beside it.
    var isWaiting = false
    /// The last claim left something behind, or none was made since there was room again.
    var mayHaveMore = true
    /// A claim may have brought jobs that we do not know of.
    var needsReconcile = false
    /// The runs that ended since it was asked last, for the prefetch.
    private var endedRuns = 0
    private var endedTime: Int64 = 0
    /// How long the job that started last had been ready.
    private var lastStartWait: Int64 = 0

    init(ledger: WorkerLedger, widths: [Int], claimsBeside: Bool = false) {
        self.ledger = ledger
        self.claimsBeside = claimsBeside
        lanes = widths.map { Lane(width: $0) }
        slots = (0..<ledger.slots).map { _ in Slot() }
        freeSlots = Array((0..<ledger.slots).reversed())
    }

    var canClaim: Bool { phase == .running && !isInDoubt && !isQuiet && session != nil }
    private var canStart: Bool { phase == .running && !isInDoubt }
    var isIdle: Bool { ledger.ready == 0 && ledger.running == 0 && ledger.unsettled == 0 }
    private var isDrained: Bool { phase > .running && isIdle }

    // MARK: In

    /// Claimed jobs come in. The runners that are to be started for them.
    mutating func add(_ run: JobRun, lane: Int) {
        ledger.claimed(run.entry)
        lanes[lane].ready.append(run)
    }

    /// A claimed job is not to be run at all.
    mutating func addUnrun(_ settlement: Settlement, entry: WorkerLedger.Entry) {
        ledger.claimed(entry)
        _ = ledger.withdrawn(entry)
        outcomes.append(settlement)
    }

    /// Runners that are wanted now: enough to keep the threads busy, no more.
    mutating func runnersToStart() -> [RunnerTicket] {
        var tickets: [RunnerTicket] = []
        while let ticket = runnerToStart() { tickets.append(ticket) }
        return tickets
    }

    /// A runner for the lane whose jobs have waited longest, of those that can take one more.
    private mutating func runnerToStart() -> RunnerTicket? {
        guard canStart, !freeSlots.isEmpty else { return nil }
        var chosen: (lane: Int, since: Int64)?
        for (index, lane) in lanes.enumerated() where lane.starting < min(lane.width, lane.ready.count) {
            guard let since = lane.ready.first?.claimedAt, since < chosen?.since ?? .max else { continue }
            chosen = (index, since)
        }
        guard let lane = chosen?.lane, let slot = freeSlots.popLast() else { return nil }
        lanes[lane].starting += 1
        slots[slot].generation += 1
        slots[slot].isTaken = true
        return RunnerTicket(lane: lane, slot: slot, generation: slots[slot].generation)
    }

    /// One more runner, unless some are on their way already.
    private mutating func anotherRunner() -> RunnerTicket? {
        lanes.allSatisfy { $0.starting > 0 || $0.ready.isEmpty } ? nil : runnerToStart()
    }

    /// Whether the jobs of another lane have waited longer than those of this.
    private func isBehind(_ lane: Int) -> Bool {
        guard let since = lanes[lane].ready.first?.claimedAt else { return false }
        return lanes.contains { $0.ready.first.map { $0.claimedAt < since } ?? false }
    }

    /// The task of a runner that was started; true when it has been cancelled in between.
    mutating func attach(_ task: Task<Void, Never>, to ticket: RunnerTicket) -> Bool {
        guard slots[ticket.slot].isTaken, slots[ticket.slot].generation == ticket.generation else { return false }
        slots[ticket.slot].task = task
        return slots[ticket.slot].isTainted
    }

    // MARK: Runs

    /// A runner begins: its first job, and a further runner when there is work for one.
    mutating func begin(_ ticket: RunnerTicket, now: Int64) -> (run: JobRun?, another: RunnerTicket?) {
        lanes[ticket.lane].starting -= 1
        guard let run = startNext(ticket, now: now) else { return (nil, nil) }
        return (run, anotherRunner())
    }

    private mutating func startNext(_ ticket: RunnerTicket, now: Int64) -> JobRun? {
        guard canStart, !slots[ticket.slot].isTainted, let run = lanes[ticket.lane].ready.popFirst() else {
            free(ticket.slot)
            return nil
        }
        ledger.started()
        slots[ticket.slot].run = run
        lastStartWait = now - run.claimedAt
        return run
    }

    private mutating func free(_ slot: Int) {
        slots[slot].run = nil
        slots[slot].task = nil
        slots[slot].isTainted = false
        slots[slot].isTaken = false
        freeSlots.append(slot)
    }

    struct Ended {
        /// What the same runner goes on with; nil: it ends.
        var next: JobRun?
        /// A runner to be started in its place.
        var another: RunnerTicket?
        /// A limit that a claim may wait for was loosened.
        var isLoosened = false
    }

    /// A run ended. With `goesOn` its runner takes another.
    mutating func end(
        _ run: JobRun, _ settlement: Settlement, ticket: RunnerTicket, now: Int64, goesOn: Bool
    ) -> Ended {
        var ended = Ended()
        // One that had been given up is over already.
        guard slots[ticket.slot].run === run else { return ended }
        endedRuns += 1
        endedTime += now - run.startedAt
        let isTaken = run.epoch == epoch && !run.isDropped
        if isTaken { outcomes.append(settlement) }
        ended.isLoosened = ledger.finished(run.entry, isDropped: !isTaken)
        slots[ticket.slot].run = nil
        if goesOn, !isBehind(ticket.lane) { ended.next = startNext(ticket, now: now) } else { free(ticket.slot) }
        if ended.next == nil { ended.another = anotherRunner() }
        return ended
    }

    /// Gives up a run that does not end; its slot is used again. False when it has ended meanwhile.
    mutating func abandon(_ run: JobRun, _ settlement: Settlement?) -> (wasRunning: Bool, isLoosened: Bool) {
        guard let slot = slots.firstIndex(where: { $0.run === run }) else { return (false, false) }
        let isTaken = run.epoch == epoch && !run.isDropped && settlement != nil
        if isTaken, let settlement { outcomes.append(settlement) }
        let isLoosened = ledger.finished(run.entry, isDropped: !isTaken)
        free(slot)
        return (true, isLoosened)
    }

    /// Marks a run's task as cancelled; the task, when there is one yet.
    mutating func taint(_ run: JobRun) -> (isRunning: Bool, task: Task<Void, Never>?) {
        guard let slot = slots.firstIndex(where: { $0.run === run }) else { return (false, nil) }
        slots[slot].isTainted = true
        return (true, slots[slot].task)
    }

    var runs: [JobRun] { slots.compactMap(\.run) }

    /// All that is held: for finding out what a claim without an answer brought.
    func known() -> Set<JobID> {
        var ids = unsettleable.union(outcomes.map(\.job.id))
        for run in runs where run.epoch == epoch { ids.insert(run.job.id) }
        for lane in lanes { for run in lane.ready { ids.insert(run.job.id) } }
        return ids
    }

    /// Whether the store believes us to hold more than we do, twice in a row; then that is looked into.
    mutating func isOff(by held: Int) -> Bool {
        guard held > ledger.held + unsettleable.count else {
            timesOff = 0
            return false
        }
        timesOff += 1
        guard timesOff >= 2 else { return false }
        timesOff = 0
        needsReconcile = true
        return true
    }

    /// The store refuses every outcome of this job: it is left to the session's end, and not run again by it.
    mutating func leave(_ job: JobID) {
        unsettleable.insert(job)
        ledger.settled(1)
    }

    // MARK: Out

    /// What the store thread does next.
    enum Step {
        case openSession
        case reconcile
        case exchange([Settlement], WorkerLedger.Plan?)
        /// Make a claim of its own, and let it wait for jobs or not.
        case claim(WorkerLedger.Plan, waits: Bool)
        /// Nothing, until something happens.
        case park
        case end
    }

    mutating func nextStep() -> Step {
        guard session != nil else {
            if phase == .running { return .openSession }
            return ledger.running == 0 ? .end : .park
        }
        // At the end of a shutdown nobody asks: what is held goes back when the session is closed.
        if needsReconcile, !isWaiting, !isDrained { return .reconcile }
        return claimsBeside ? nextStepBeside() : nextStepTogether()
    }

    /// One call writes what has ended and brings what is next.
    private mutating func nextStepTogether() -> Step {
        let items = takeOutcomes()
        let plan = canClaim && !isWaiting ? ledger.plan(settling: items.count) : nil
        // Without room nobody looks whether there is more.
        if plan == nil, !isWaiting { mayHaveMore = true }
        let claim = mayHaveMore ? plan : nil
        if !items.isEmpty || claim != nil { return .exchange(items, claim) }
        if let plan {
            isWaiting = true
            return .claim(plan, waits: true)
        }
        return isDrained && !isWaiting ? .end : .park
    }

    /// A claim to make beside whatever is being written, as soon as there is room for one.
    mutating func nextClaim() -> (plan: WorkerLedger.Plan, waits: Bool)? {
        guard claimsBeside, !needsReconcile, !isWaiting, canClaim, let plan = ledger.planBesideSettling() else {
            return nil
        }
        isWaiting = true
        return (plan, !mayHaveMore)
    }

    private mutating func nextStepBeside() -> Step {
        if let (plan, waits) = nextClaim() { return .claim(plan, waits: waits) }
        let items = takeOutcomes()
        if !items.isEmpty { return .exchange(items, nil) }
        return isDrained && !isWaiting ? .end : .park
    }

    /// Outcomes to write now. They stay unsettled in the ledger until the store has answered.
    mutating func takeOutcomes() -> [Settlement] {
        if outcomes.isEmpty { return [] }
        var taken: [Settlement] = []
        taken.reserveCapacity(outcomes.count)
        swap(&taken, &outcomes)
        return taken
    }

    mutating func observe(commit nanoseconds: Int64) {
        ledger.prefetch.observe(commit: nanoseconds)
        ledger.prefetch.observe(runs: endedRuns, total: endedTime)
        endedRuns = 0
        endedTime = 0
        if ledger.ready == 0, lastStartWait < 50_000_000 { ledger.prefetch.startsPromptly() }
    }

    /// Takes out jobs that have not started and fit `condition`; what `settlement` says is written of them.
    mutating func withdraw(
        where condition: (JobRun) -> Bool, _ settlement: (JobRun) -> Settlement?
    ) -> (count: Int, isLoosened: Bool) {
        var count = 0
        var isLoosened = false
        for lane in lanes.indices {
            guard lanes[lane].ready.contains(where: condition) else { continue }
            var kept = Deque<JobRun>()
            kept.reserveCapacity(lanes[lane].ready.count)
            for run in lanes[lane].ready {
                guard condition(run) else {
                    kept.append(run)
                    continue
                }
                count += 1
                let settlement = settlement(run)
                if let settlement { outcomes.append(settlement) }
                if ledger.withdrawn(run.entry, isDropped: settlement == nil) { isLoosened = true }
            }
            lanes[lane].ready = kept
        }
        return (count, isLoosened)
    }

    /// The session is over: nothing that belongs to it is written any more.
    mutating func endSession() {
        epoch += 1
        session = nil
        isInDoubt = false
        _ = withdraw(where: { _ in true }, { _ in nil })
        ledger.settled(ledger.unsettled)
        outcomes.removeAll(keepingCapacity: true)
        unsettleable = []
    }
}
