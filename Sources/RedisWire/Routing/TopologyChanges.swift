#if Redis
    import NIOCore
    import Synchronization

    /// Tells who waits for it that another server has a role, or that nothing was found out.
    final class TopologyChanges: Sendable {
        private struct State {
            var generation = 0
            var lastWaiter = 0
            var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
            var subscribers: [WeakSubscriber] = []
        }

        private struct WeakSubscriber: Sendable {
            weak let value: RedisSubscriber?
        }

        private let state = Mutex(State())

        /// Counts the changes. Read it before what you know, and wait for what comes after it.
        var generation: Int { state.withLock { $0.generation } }

        /// Returns at the next change after that one, or at the deadline.
        func wait(beyond generation: Int, until deadline: NIODeadline, on eventLoop: any EventLoop) async {
            await withCheckedContinuation { continuation in
                let waiter = state.withLock { state -> Int? in
                    guard state.generation == generation else { return nil }
                    state.lastWaiter += 1
                    state.waiters[state.lastWaiter] = continuation
                    return state.lastWaiter
                }
                guard let waiter else { return continuation.resume() }
                eventLoop.scheduleTask(deadline: deadline) { [weak self] in self?.wake(waiter) }
            }
        }

        private func wake(_ waiter: Int) {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume()
        }

        /// It hears of every change as long as it lives.
        func tell(_ subscriber: RedisSubscriber) {
            state.withLock { state in
                state.subscribers.removeAll { $0.value == nil }
                state.subscribers.append(WeakSubscriber(value: subscriber))
            }
        }

        func signal() {
            let (waiters, subscribers) = state.withLock { state in
                state.generation += 1
                defer { state.waiters = [:] }
                return (state.waiters, state.subscribers)
            }
            for waiter in waiters.values { waiter.resume() }
            for subscriber in subscribers { subscriber.value?.topologyChanged() }
        }

        deinit {
            for waiter in state.withLock({ $0.waiters }).values { waiter.resume() }
        }
    }
#endif
