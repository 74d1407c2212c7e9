#if Server
    import NIOCore
    import OnCue
    import Synchronization

    /// Looks at the store every few seconds, so that probes are answered from memory and cannot pile up on a store that is
    /// stuck.
    final class Pulse: Sendable {
        struct Reading: Sendable {
            /// The store has answered lately.
            var isHealthy = true
            /// The server has done what it does every few seconds, or waits for no longer than a slow disk explains.
            var isAlive = true
            var latency: Duration = .zero
            var slots = 0
            var activeSlots = 0
        }

        /// How often the store is looked at, how long it may be silent, and after how long the server counts as stuck.
        static let step: Duration = .seconds(2)
        static let patience: Duration = .seconds(10)
        static let standstill: Duration = .seconds(60)

        private struct State {
            var reading = Reading()
            var answeredAt = ContinuousClock.now
            var isLooking = false
            var task: RepeatedTask?
            var isShuttingDown = false
        }

        private let jobs: JobClient
        private let state = Mutex(State())

        init(_ store: any JobStore) {
            jobs = JobClient(store)
        }

        func start(on eventLoop: any EventLoop) {
            let executor = EventLoopExecutor(eventLoop)
            state.withLock { state in
                state.answeredAt = .now
                state.task = eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: TimeAmount(Self.step)) {
                    [weak self] _ in
                    self?.beat(executor)
                }
            }
        }

        func stop() {
            state.withLock { state in
                state.task?.cancel()
                state.task = nil
            }
        }

        func beginShutdown() {
            state.withLock { $0.isShuttingDown = true }
        }

        var isShuttingDown: Bool { state.withLock { $0.isShuttingDown } }

        var reading: Reading {
            state.withLock { state in
                var reading = state.reading
                let silence = ContinuousClock.now - state.answeredAt
                reading.isHealthy = silence < Self.patience
                reading.isAlive = silence < Self.standstill
                return reading
            }
        }

        /// One look at a time: a store that is stuck gets no second question.
        private func beat(_ executor: EventLoopExecutor) {
            let isFirst = state.withLock { state in
                defer { state.isLooking = true }
                return !state.isLooking
            }
            guard isFirst else { return }
            Task(executorPreference: executor) { [self] in
                let start = ContinuousClock.now
                let workers = try? await jobs.workers(includingJobs: false)
                let now = ContinuousClock.now
                state.withLock { state in
                    state.isLooking = false
                    guard let workers else { return }
                    let live = workers.filter(\.isLive).map(\.session)
                    state.answeredAt = now
                    state.reading.latency = now - start
                    state.reading.slots = live.reduce(0) { $0 + $1.concurrency }
                    state.reading.activeSlots = live.reduce(0) { $0 + min($1.held, $1.concurrency) }
                }
            }
        }
    }
#endif
