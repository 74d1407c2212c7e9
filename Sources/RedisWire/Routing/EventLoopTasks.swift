#if Redis
    package import NIOCore
    import Synchronization

    /// Runs tasks on an event loop, whatever the global pool is doing: all that wait each time the loop comes round.
    package final class EventLoopTasks: TaskExecutor {
        private let eventLoop: any EventLoop
        private let waiting = Mutex<[UnownedJob]>([])

        package init(_ eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }

        package func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            let isFirst = waiting.withLock { waiting in
                waiting.append(job)
                return waiting.count == 1
            }
            if isFirst { eventLoop.execute { self.run() } }
        }

        private func run() {
            let jobs = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
#endif
