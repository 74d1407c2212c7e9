import Logging
import Synchronization

/// What is still to be written of a run's progress.
struct ProgressNotes: Sendable {
    /// At most one write in this time, in nanoseconds.
    static let interval: Int64 = 100_000_000

    var latest: (fraction: Double, message: String?)?
    /// Counts what the handler said, and how much of that is known to be written.
    var said = 0
    var written = 0
    var lastWrite: Int64 = .min
    /// True while a write is under way or planned.
    var isWriting = false

    /// When to write what is not written yet; nil when there is nothing, or somebody sees to it.
    mutating func planWrite() -> Int64? {
        guard written < said, !isWriting else { return nil }
        isWriting = true
        return max(Uptime.now(), lastWrite.saturatingAdd(ProgressNotes.interval))
    }
}

extension JobRun {
    // MARK: Progress

    func noteProgress(_ fraction: Double, _ message: String?) {
        let start: Int64? = state.withLock { state in
            state.progress.latest = (fraction, message)
            state.progress.said += 1
            return state.progress.planWrite()
        }
        if let start { scheduleProgress(at: start) }
    }

    private func scheduleProgress(at start: Int64) {
        Task.detached(executorPreference: services.thread) {
            await self.services.thread.sleep(until: start)
            await self.writeProgress()
            // What came in meanwhile goes out after the pause.
            let again = self.state.withLock { state -> Int64? in
                state.progress.isWriting = false
                return state.progress.planWrite()
            }
            if let again { self.scheduleProgress(at: again) }
        }
    }

    /// Writes the latest word, unless it is written. A store in trouble costs the note, not the run: the next replaces it.
    func writeProgress() async {
        let notes = state.withLock { state in
            state.progress.lastWrite = Uptime.now()
            return state.progress
        }
        guard notes.written < notes.said, let latest = notes.latest else { return }
        do {
            let note = JobNote(job, .progress(latest.fraction, message: latest.message))
            let isHeld = try await services.broker.record([note]).first == true
            state.withLock { $0.progress.written = max($0.progress.written, notes.said) }
            if !isHeld { services.leaseLost(self) }
        } catch {
            state.withLock { $0.progress.written = max($0.progress.written, notes.said) }
            logger.debug("The progress of a job could not be written.", metadata: ["error": "\(error)"])
        }
    }

    // MARK: What has to be written

    /// Writes `content`, again and again while the store is in trouble and the job is held.
    ///
    /// - Throws: `CancellationError` when the job is not held any more, or was told to stop meanwhile.
    func record(_ content: JobNote.Content) async throws {
        var pause = RetryPause()
        while true {
            if cancellation == .leaseLost { throw CancellationError() }
            do {
                guard try await services.broker.record([JobNote(job, content)]).first == true else {
                    services.leaseLost(self)
                    throw CancellationError()
                }
                return
            } catch let error as StoreError where error.isTransient {
                if cancellation != nil { throw CancellationError() }
                await services.thread.sleep(until: pause.next())
            }
        }
    }

    /// What earlier attempts have saved; read once, and only where there can be something.
    func memory() async throws -> JobMemory {
        if let known = state.withLock({ $0.memory }) { return known }
        var memory = JobMemory()
        if job.attempt > 1 || job.lostWorkers > 0 || job.details?.hasMemory == true {
            memory = try await readMemory()
        }
        return state.withLock { state in
            let current = state.memory ?? memory
            state.memory = current
            return current
        }
    }

    private func readMemory() async throws -> JobMemory {
        var pause = RetryPause()
        while true {
            do {
                return try await services.broker.memory(of: job.id)
            } catch {
                guard error.isTransient, cancellation == nil else { throw error }
                await services.thread.sleep(until: pause.next())
            }
        }
    }

    func checkSize(_ bytes: [UInt8], what: String) throws(JobError) {
        guard bytes.count <= services.maxOutput else {
            throw JobError.permanent("the \(what) may have \(services.maxOutput) bytes, this has \(bytes.count)")
        }
    }
}
