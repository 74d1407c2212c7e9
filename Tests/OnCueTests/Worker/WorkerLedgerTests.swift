import OnCueTesting
import Testing

@testable import OnCue

@Suite struct WorkerLedgerTests {
    private func ledger(
        slots: Int, names: [JobName: Int?] = ["a": nil], queueLimits: [QueueName: Int] = [:], maxPrefetch: Int = 0
    ) -> WorkerLedger {
        var ledger = WorkerLedger(
            slots: slots, names: names, queueLimits: queueLimits,
            prefetch: PrefetchGauge(slots: slots, maximum: maxPrefetch))
        ledger.queues = ["q", "r"]
        return ledger
    }

    private func entry(_ name: JobName = "a", _ queue: QueueName = "q", suspect: Bool = false) -> WorkerLedger.Entry {
        WorkerLedger.Entry(name: name, queue: queue, isSuspect: suspect)
    }

    @Test func roomIsWhatIsNotHeld() throws {
        var ledger = ledger(slots: 4)
        #expect(ledger.plan()?.limit == 4)
        for _ in 0..<3 { ledger.claimed(entry()) }
        #expect(ledger.plan()?.limit == 1)
        ledger.started()
        _ = ledger.finished(entry())
        #expect(ledger.plan()?.limit == 1)
        // What is settled in the same call makes room in it.
        #expect(ledger.plan(settling: 1)?.limit == 2)
        ledger.settled(1)
        #expect(ledger.plan()?.limit == 2)
        ledger.claimed(entry())
        ledger.claimed(entry())
        #expect(ledger.plan() == nil)
    }

    /// Half at a time, so that one half runs while the other is on its way.
    @Test func besideASettleHalfIsClaimedAtATime() throws {
        var ledger = ledger(slots: 64, maxPrefetch: 512)
        ledger.prefetch.observe(commit: 2_000_000)
        ledger.prefetch.observe(runs: 1_000, total: 1_000_000)
        #expect(ledger.capacity == 576)
        #expect(ledger.planBesideSettling()?.limit == 288)
        for _ in 0..<288 { ledger.claimed(entry()) }
        #expect(ledger.planBesideSettling()?.limit == 288)
        for _ in 0..<288 { ledger.claimed(entry()) }
        #expect(ledger.planBesideSettling() == nil)
        // A little room is not worth a call.
        for _ in 0..<200 { _ = ledger.withdrawn(entry()) }
        #expect(ledger.planBesideSettling() == nil)
        // What is being written makes room, up to as much again.
        for _ in 0..<88 { _ = ledger.withdrawn(entry()) }
        #expect(ledger.planBesideSettling()?.limit == 288)
        for _ in 0..<288 { ledger.claimed(entry()) }
        for _ in 0..<576 { _ = ledger.withdrawn(entry()) }
        #expect(ledger.unsettled == 864)
        #expect(ledger.planBesideSettling()?.limit == 288)
        for _ in 0..<288 { ledger.claimed(entry()) }
        #expect(ledger.planBesideSettling() == nil)
    }

    /// Slow jobs are not fetched ahead, and every slot that is free is worth a claim.
    @Test func withoutPrefetchEverySlotIsClaimed() throws {
        var ledger = ledger(slots: 4)
        #expect(ledger.planBesideSettling()?.limit == 4)
        for _ in 0..<3 { ledger.claimed(entry()) }
        #expect(ledger.planBesideSettling()?.limit == 1)
    }

    @Test func limitsOfNamesAndQueuesAreKept() throws {
        var ledger = ledger(slots: 10, names: ["a": 2, "b": nil], queueLimits: ["r": 1])
        var plan = try #require(ledger.plan())
        #expect(plan.names["a"] == 2)
        #expect(plan.queues.map(\.limit) == [.max, 1])
        #expect(!plan.isNarrowed)
        ledger.claimed(entry("a"))
        ledger.claimed(entry("a", "r"))
        plan = try #require(ledger.plan())
        #expect(plan.names["a"] == nil)
        #expect(plan.names["b"] != nil)
        #expect(plan.queues.map(\.name) == ["q"])
        #expect(plan.isNarrowed)
        ledger.started()
        let isLoosened = ledger.finished(entry("a", "r"))
        #expect(isLoosened)
        plan = try #require(ledger.plan())
        #expect(plan.names["a"] == 1)
        #expect(plan.queues.count == 2)
    }

    @Test func atMostOneSuspect() throws {
        var ledger = ledger(slots: 4)
        #expect(ledger.plan()?.suspects == 1)
        ledger.claimed(entry(suspect: true))
        #expect(ledger.plan()?.suspects == 0)
        #expect(ledger.plan()?.isNarrowed == true)
        let isLoosened = ledger.withdrawn(entry(suspect: true))
        #expect(isLoosened)
        #expect(ledger.plan()?.suspects == 1)
    }

    /// One at a time: every sixteenth claim is for the floor.
    @Test func floorHoldsAtOneSlot() {
        var ledger = ledger(slots: 1)
        var floors: [Int] = []
        for index in 1...64 {
            if ledger.plan()?.floor == 1 { floors.append(index) }
            ledger.claimed(entry())
            ledger.started()
            _ = ledger.finished(entry())
            ledger.settled(1)
        }
        #expect(floors == [16, 32, 48, 64])
    }

    @Test func floorIsASixteenthOfABatch() {
        #expect(ledger(slots: 160).plan()?.floor == 10)
        #expect(ledger(slots: 15).plan()?.floor == 0)
    }

    /// Whatever happens in whatever order: never more held than slots and prefetch, and no limit broken.
    @Test(arguments: 0..<20)
    func randomEventsBreakNoRule(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let slots = Int.random(in: 1...20, using: &random)
        let prefetch = Int.random(in: 0...30, using: &random)
        var ledger = ledger(
            slots: slots, names: ["a": nil, "b": 2], queueLimits: ["r": 3], maxPrefetch: prefetch)
        var ready: [WorkerLedger.Entry] = []
        var running: [WorkerLedger.Entry] = []
        var unsettled = 0
        for _ in 0..<5_000 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let settling = Int.random(in: 0...unsettled, using: &random)
                guard let plan = ledger.plan(settling: settling) else { continue }
                ledger.settled(settling)
                unsettled -= settling
                var names = plan.names
                var queues = Dictionary(uniqueKeysWithValues: plan.queues.map { ($0.name, $0.limit) })
                var suspects = plan.suspects
                for _ in 0..<Int.random(in: 0...plan.limit, using: &random) {
                    let isSuspect = suspects > 0 && Bool.random(using: &random)
                    let fits = names.filter { $0.value > 0 }.keys.sorted()
                    let places = queues.filter { $0.value > 0 }.keys.sorted()
                    guard let name = fits.randomElement(using: &random),
                        let queue = places.randomElement(using: &random)
                    else { break }
                    if isSuspect { suspects -= 1 }
                    names[name, default: 0] -= 1
                    queues[queue, default: 0] -= 1
                    let claimed = entry(name, queue, suspect: isSuspect)
                    ledger.claimed(claimed)
                    ready.append(claimed)
                }
            case 1, 2:
                guard !ready.isEmpty, running.count < slots else { continue }
                ledger.started()
                running.append(ready.removeFirst())
            case 3, 4:
                guard let ended = running.popLast() else { continue }
                let isDropped = Int.random(in: 0..<10, using: &random) == 0
                _ = ledger.finished(ended, isDropped: isDropped)
                if !isDropped { unsettled += 1 }
            default:
                guard let back = ready.popLast() else { continue }
                _ = ledger.withdrawn(back)
                unsettled += 1
            }
            #expect(ledger.held == ready.count + running.count + unsettled)
            #expect(ledger.held <= slots + prefetch)
            let held = ready + running
            #expect(held.filter { $0.name == "b" }.count <= 2)
            #expect(held.filter { $0.queue == "r" }.count <= 3)
            #expect(held.filter(\.isSuspect).count <= 1)
        }
    }
}

@Suite struct PrefetchGaugeTests {
    private func gauge(run: Duration, commit: Duration, slots: Int = 64) -> PrefetchGauge {
        var gauge = PrefetchGauge(slots: slots, maximum: 512)
        for _ in 0..<100 {
            gauge.observe(commit: commit.wholeNanoseconds)
            gauge.observe(runs: 10, total: run.wholeNanoseconds * 10)
        }
        return gauge
    }

    @Test func startsSmall() {
        #expect(PrefetchGauge(slots: 64, maximum: 512).size == 16)
        #expect(PrefetchGauge(slots: 1, maximum: 512).size == 1)
        #expect(PrefetchGauge(slots: 64, maximum: 0).size == 0)
    }

    @Test func holdsWhatTwoCommitsNeed() {
        #expect(gauge(run: .microseconds(2), commit: .milliseconds(1)).size == 512)
        #expect((20...30).contains(gauge(run: .milliseconds(5), commit: .milliseconds(1)).size))
        #expect(gauge(run: .seconds(1), commit: .milliseconds(1)).size == 0)
    }

    @Test func slotsThatCannotStartAreNotUsed() {
        var gauge = gauge(run: .seconds(2), commit: .milliseconds(1))
        #expect(gauge.usableSlots(of: 64) == 64)
        gauge.couldNotStart(running: 2)
        #expect(gauge.usableSlots(of: 64) == 2)
        #expect(gauge.size == 0)
        gauge.startsPromptly()
        #expect(gauge.usableSlots(of: 64) == 4)
        for _ in 0..<5 { gauge.startsPromptly() }
        #expect(gauge.usableSlots(of: 64) == 64)
    }
}
