#if Redis
    import NIOCore
    import OnCue
    import RedisWire
    import Synchronization

    /// The gates of the queues that this process enqueues into.
    final class EnqueueGates: Sendable {
        private let core: StoreCore
        private let executor: EventLoopExecutor
        private let known = Mutex<[QueueName: EnqueueGate]>([:])

        init(core: StoreCore) {
            self.core = core
            executor = EventLoopExecutor(core.client.eventLoop)
        }

        func gate(of queue: QueueName) -> EnqueueGate {
            known.withLock { known in
                if let gate = known[queue] { return gate }
                let gate = EnqueueGate(core: core, queue: queue, executor: executor)
                known[queue] = gate
                return gate
            }
        }
    }

    /// Runs tasks on an event loop: a task that many wait for is not held up by handlers that block Swift's pool.
    final class EventLoopExecutor: TaskExecutor {
        private let eventLoop: any EventLoop

        init(_ eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
#endif
