#if Redis
    import OnCue
    import RedisWire
    import Synchronization

    /// The gates of the queues that this process enqueues into.
    final class EnqueueGates: Sendable {
        private let core: StoreCore
        private let known = Mutex<[QueueName: EnqueueGate]>([:])

        init(core: StoreCore) {
            self.core = core
        }

        func gate(of queue: QueueName) -> EnqueueGate {
            known.withLock { known in
                if let gate = known[queue] { return gate }
                let gate = EnqueueGate(core: core, queue: queue)
                known[queue] = gate
                return gate
            }
        }
    }
#endif
