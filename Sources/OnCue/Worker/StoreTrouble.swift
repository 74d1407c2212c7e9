import Logging
import Synchronization

/// Says that the store is in trouble: once in a while, not once a try.
final class StoreTrouble: Sendable {
    private struct State {
        var lastReport: Int64 = .min
        var unreported = 0
        var isOngoing = false
        var isSilent = false
    }

    /// At most one report in this time, in nanoseconds.
    private static let interval: Int64 = 10_000_000_000

    private let logger: Logger
    private let metrics: WorkerMetrics?
    private let state = Mutex(State())

    init(logger: Logger, metrics: WorkerMetrics?) {
        self.logger = logger
        self.metrics = metrics
    }

    func report(_ error: StoreError, during work: String) {
        metrics?.storeFailed()
        let unreported: Int? = state.withLock { state in
            guard !state.isSilent else { return nil }
            state.isOngoing = true
            let now = Uptime.now()
            guard now >= state.lastReport.saturatingAdd(Self.interval) else {
                state.unreported += 1
                return nil
            }
            defer { state.unreported = 0 }
            state.lastReport = now
            return state.unreported
        }
        guard let unreported else { return }
        logger.warning(
            "The store is in trouble; trying again.",
            metadata: [
                "during": "\(work)", "code": "\(error.code)", "error": "\(error)", "unreported": "\(unreported)",
            ])
    }

    /// The store has answered.
    func isOver() {
        let wasOngoing = state.withLock { state in
            defer { state.isOngoing = false }
            return state.isOngoing
        }
        if wasOngoing { logger.info("The store answers again.") }
    }

    /// All has been said: what still fails is what was given up.
    func silence() {
        state.withLock { $0.isSilent = true }
    }
}
