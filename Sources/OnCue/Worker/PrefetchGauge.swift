/// How many jobs to hold beyond the slots: what finishes in about two commits, none for slow jobs.
///
/// Also takes slots out of use when handlers hog the threads: a job that could not even start within a second is better
/// off elsewhere, and would only come back at once if its slot were claimed for again.
struct PrefetchGauge {
    let maximum: Int
    private let slots: Int
    /// The present size.
    private(set) var size: Int
    /// Slots in use; as many as there are unless jobs could not start.
    private var slotsInUse: Int
    /// Smoothed, in nanoseconds; zero while nothing was measured.
    private var commit: Double = 0
    private var run: Double = 0

    /// A fresh worker knows nothing and starts small.
    static let initialSize = 16

    init(slots: Int, maximum: Int) {
        self.slots = slots
        self.maximum = maximum
        slotsInUse = slots
        size = min(maximum, Self.initialSize, slots)
    }

    func usableSlots(of slots: Int) -> Int { min(slots, slotsInUse) }

    /// A call to the store took so long.
    mutating func observe(commit nanoseconds: Int64) {
        commit = commit == 0 ? Double(nanoseconds) : commit * 0.9 + Double(nanoseconds) * 0.1
        resize()
    }

    /// `count` runs ended that took so long together.
    mutating func observe(runs count: Int, total nanoseconds: Int64) {
        guard count > 0 else { return }
        let mean = Double(nanoseconds) / Double(count)
        // The more runs, the more their mean says.
        let weight = min(0.5, Double(count) * 0.02)
        run = run == 0 ? mean : run * (1 - weight) + mean * weight
        resize()
    }

    private mutating func resize() {
        guard commit > 0, run > 0 else { return }
        let wanted = Double(slots) * 2 * commit / max(run, 1)
        size = slotsInUse < slots ? 0 : min(maximum, Int(min(wanted, Double(maximum))))
    }

    /// Jobs had to be handed back since they could not start within a second; `running` did.
    mutating func couldNotStart(running: Int) {
        slotsInUse = max(1, min(slots, running))
        size = 0
    }

    /// All that was claimed has started without delay: a slot that was taken out of use may be tried again.
    mutating func startsPromptly() {
        guard slotsInUse < slots else { return }
        slotsInUse = min(slots, slotsInUse * 2)
        resize()
    }
}
