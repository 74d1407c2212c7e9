extension MemoryState {
    mutating func enqueue(
        _ batch: [NewJob], atomically: Bool, now: Timestamp
    ) throws(StoreError) -> [EnqueueAnswer] {
        if atomically { try checkAll(batch, now: now) }
        var answers: [EnqueueAnswer] = []
        answers.reserveCapacity(batch.count)
        for job in batch {
            answers.append(take(job, ignoringBound: false, now: now))
        }
        return answers
    }

    /// Takes one job in, or says why not.
    mutating func take(_ new: NewJob, ignoringBound: Bool, now: Timestamp) -> EnqueueAnswer {
        do throws(ValidationError) {
            try new.validate()
        } catch {
            return .refused(StoreError(error))
        }
        if let id = new.id, slots[id] != nil { return .duplicate(of: id) }
        let known = queueNumbers[new.queue]
        if let known, let unique = new.unique,
            let holder = keys.holder(of: MemoryKeys.Name(queue: known, key: unique.key), now: now)
        {
            return .duplicate(of: holder)
        }
        if !ignoringBound, let error = fullError(new.queue, waiting: known.map { queues[$0].waiting } ?? 0) {
            return .refused(error)
        }
        return .accepted(write(new, now: now))
    }

    private mutating func write(_ new: NewJob, now: Timestamp) -> JobID {
        let queue = queueNumber(new.queue)
        let id = new.id ?? JobID.make(at: now)
        let due = new.due.moment(from: now)
        let isDue = due <= now
        let slot = insert(
            MemoryJob(
                id: id, name: new.name, queue: queue, priority: new.priority, state: isDue ? .pending : .delayed,
                payload: new.payload, details: LeasedJob.Details.of(new, now: now), order: nextOrder(), readyAt: now,
                createdAt: now, updatedAt: now, dueAt: isDue ? nil : due))
        if isDue { putInLane(slot) } else { putAmongDues(slot, due) }
        if let unique = new.unique { keys.take(unique, queue: queue, job: id, now: now) }
        queues[queue].totals.enqueued += 1
        log.add(.created, jobs[slot], new.queue, now: now)
        return id
    }

    private func fullError(_ queue: QueueName, waiting: Int) -> StoreError? {
        let settings = queueNumbers[queue].map { queues[$0].settings }
        let bound = settings?.maxWaiting ?? defaults.maxWaiting ?? Limits.waitingJobs
        guard waiting >= bound else { return nil }
        return StoreError(
            .queueFull,
            "queue '\(queue)' has \(waiting) waiting jobs and may have \(bound); let workers catch up or raise max_waiting"
        )
    }

    /// Throws the reason of the first job that would be refused, counting what stands before it in the batch.
    private func checkAll(_ batch: [NewJob], now: Timestamp) throws(StoreError) {
        guard batch.count <= Limits.atomicBatch else {
            throw StoreError(
                .invalid, "an atomic batch has at most \(Limits.atomicBatch) jobs, this has \(batch.count)",
                field: "jobs")
        }
        var added: [QueueName: Int] = [:]
        var ids: Set<JobID> = []
        var keysTaken: Set<BatchKey> = []
        for job in batch {
            do throws(ValidationError) {
                try job.validate()
            } catch {
                throw StoreError(error)
            }
            if let id = job.id, slots[id] != nil || ids.contains(id) { continue }
            let known = queueNumbers[job.queue]
            if let unique = job.unique {
                let isTaken =
                    known.flatMap { keys.holder(of: MemoryKeys.Name(queue: $0, key: unique.key), now: now) } != nil
                if isTaken || keysTaken.contains(BatchKey(queue: job.queue, key: unique.key)) { continue }
                keysTaken.insert(BatchKey(queue: job.queue, key: unique.key))
            }
            let waiting = (known.map { queues[$0].waiting } ?? 0) + added[job.queue, default: 0]
            if let error = fullError(job.queue, waiting: waiting) { throw error }
            added[job.queue, default: 0] += 1
            if let id = job.id { ids.insert(id) }
        }
    }

    private struct BatchKey: Hashable {
        var queue: QueueName
        var key: String
    }
}
