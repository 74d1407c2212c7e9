import Logging
import Synchronization

/// The store's upkeep, done by every worker: jobs that come due, sessions that fell silent, retention.
///
/// Safe to run in any number of processes at once. It does not sleep by itself: whoever owns it calls ``tick(now:)`` about
/// once a second.
struct Maintainer {
    private let store: any JobStore
    private let logger: Logger
    private let metrics: WorkerMetrics?
    private var watch = SessionWatch()

    /// One tick works so long at most: what is left has time until the next. In nanoseconds.
    private static let budget: Int64 = 250_000_000

    init(store: any JobStore, logger: Logger, metrics: WorkerMetrics?) {
        self.store = store
        self.logger = logger
        self.metrics = metrics
    }

    /// One round.
    ///
    /// - Parameter now: a monotonic clock.
    /// - Throws: what the store throws; the watch over sessions then begins anew.
    mutating func tick(now: Duration) async throws(StoreError) {
        do {
            try await work()
            try await fenceSilent(now: now)
        } catch {
            watch.interrupted()
            throw error
        }
    }

    private func work() async throws(StoreError) {
        let end = Uptime.now() + Self.budget
        let request = Upkeep.request(
            queues: try await store.queues(), defaults: try await store.defaults(), now: try await store.now())
        while try await store.maintain(request).hasMore, Uptime.now() < end, !Task.isCancelled {}
    }

    private mutating func fenceSilent(now: Duration) async throws(StoreError) {
        let open = try await store.sessions().filter { $0.standing == .open }
        var overdue: [SessionID: (renewals: Int64, reason: String)] = [:]
        let sightings = open.map {
            SessionWatch.Sighting(id: $0.id, renewals: $0.renewals, lease: $0.lease)
        }
        for silence in watch.look(at: sightings, now: now) {
            overdue[silence.id] = (silence.renewals, "was silent for \(silence.lasted.text)")
        }
        for session in open where session.process.isCertainlyGone {
            overdue[session.id] = (session.renewals, "has ended")
        }
        for session in open {
            guard let (renewals, reason) = overdue[session.id] else { continue }
            let error = "the worker \(session.worker) was lost: its process \(reason)"
            guard let jobs = try await store.fence(session.id, ifRenewals: renewals, error: error) else { continue }
            metrics?.workerFenced()
            logger.warning(
                "A lost worker's jobs go back to their queues.",
                metadata: [
                    "worker": "\(session.worker)", "session": "\(session.id)", "jobs": "\(jobs)", "reason": "\(reason)",
                ])
        }
    }
}

extension WorkerEngine {
    /// About once a second, and every other second on a worker that holds nothing; spread so that many workers do not meet.
    func maintenance() async {
        guard configuration.runsMaintenance, let store else { return }
        var maintainer = Maintainer(store: store, logger: logger, metrics: metrics)
        while !Task.isCancelled {
            let pace: Int64 = dispatch.withLock { $0.isIdle } ? 2 : 1
            await thread.sleep(for: .milliseconds(pace * Int64.random(in: 800...1_200)))
            guard !Task.isCancelled else { return }
            do {
                try await maintainer.tick(now: .nanoseconds(Uptime.now()))
            } catch {
                trouble.report(error, during: "upkeep")
            }
        }
    }
}
