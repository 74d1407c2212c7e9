#if Redis
    package import NIOCore

    /// Runs tasks on an event loop, whatever the global pool is doing.
    package final class EventLoopTasks: TaskExecutor {
        private let eventLoop: any EventLoop

        package init(_ eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }

        package func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
#endif
