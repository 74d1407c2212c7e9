/// Runs a task on a thread of one executor that has nothing to do, and where there is none on another's, which is never held up.
///
/// For what ends in work for the first: it then changes threads once less, which costs as much as a small call.
final class IdleThreads: TaskExecutor {
    private let preferred: ThreadExecutor
    private let otherwise: ThreadExecutor

    init(of preferred: ThreadExecutor, otherwise: ThreadExecutor) {
        self.preferred = preferred
        self.otherwise = otherwise
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let run: @Sendable () -> Void = { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        if !preferred.postIfIdle(run) { otherwise.post(run) }
    }
}
