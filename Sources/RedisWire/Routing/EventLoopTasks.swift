#if Redis
    package import NIOCore

    /// Runs tasks on an event loop, whatever the global pool is doing: all that wait each time the loop comes round.
    package final class EventLoopTasks: TaskExecutor {
        private let eventLoop: any EventLoop
        private let waiting = LoopInbox<UnownedJob>()

        package init(_ eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }

        package func enqueue(_ job: consuming ExecutorJob) {
            if waiting.add(UnownedJob(job)) { eventLoop.execute { self.run() } }
        }

        private func run() {
            for job in waiting.takeAll() { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
#endif
