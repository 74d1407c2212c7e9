public import OnCue

/// What a store says of itself at one moment: the part of the metrics that no process has counted alone.
public struct StoreFigures: Sendable {
    public var queues: [QueueInfo]
    /// Those that are open.
    public var sessions: [SessionInfo]
    public var info: StoreInfo
    /// By the store's clock.
    public var now: Timestamp

    public init(queues: [QueueInfo], sessions: [SessionInfo], info: StoreInfo, now: Timestamp) {
        self.queues = queues
        self.sessions = sessions.filter { $0.standing == .open }
        self.info = info
        self.now = now
    }

    /// Asks a store; a handful of reads that do not grow with its jobs.
    public static func read(_ store: any JobStore) async throws(StoreError) -> StoreFigures {
        StoreFigures(
            queues: try await store.queues(), sessions: try await store.sessions(), info: try await store.info(),
            now: try await store.now())
    }

    /// Over all queues and since they exist.
    public var totals: QueueTotals {
        queues.reduce(into: QueueTotals()) { all, queue in
            all.enqueued += queue.totals.enqueued
            all.completed += queue.totals.completed
            all.dead += queue.totals.dead
            all.cancelled += queue.totals.cancelled
            all.retried += queue.totals.retried
        }
    }

    /// Jobs that are still to run, over all queues.
    public var waiting: Int { queues.reduce(0) { $0 + $1.waiting } }

    /// Jobs that all open workers together can run at once.
    public var slots: Int { sessions.reduce(0) { $0 + $1.concurrency } }

    /// Jobs that they hold, those included that were fetched ahead.
    public var held: Int { sessions.reduce(0) { $0 + $1.held } }

    /// From 0 to 1; 0 without workers.
    public var utilization: Double { slots == 0 ? 0 : min(1, Double(held) / Double(slots)) }
}
