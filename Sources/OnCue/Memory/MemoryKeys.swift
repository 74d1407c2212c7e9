import HeapModule

/// The unique keys that are taken. A key is unique within its queue.
struct MemoryKeys {
    struct Name: Hashable {
        var queue: Int
        var key: String
    }

    private struct Holder {
        var job: JobID
        /// Nil: until the job starts or ends.
        var expires: Timestamp?
    }

    private struct Expiry: Comparable {
        var at: Timestamp
        var name: Name

        static func == (lhs: Expiry, rhs: Expiry) -> Bool { lhs.at == rhs.at }
        static func < (lhs: Expiry, rhs: Expiry) -> Bool { lhs.at < rhs.at }
    }

    private var holders: [Name: Holder] = [:]
    private var expiries = Heap<Expiry>()

    /// The job that has the key now.
    func holder(of name: Name, now: Timestamp) -> JobID? {
        guard let holder = holders[name] else { return nil }
        if let expires = holder.expires, expires <= now { return nil }
        return holder.job
    }

    /// Gives the key to a job that was just enqueued; the caller has seen that it is free.
    mutating func take(_ unique: UniqueKey, queue: Int, job: JobID, now: Timestamp) {
        let name = Name(queue: queue, key: unique.key)
        var expires: Timestamp?
        if case .elapsed(let time) = unique.until {
            let moment = now + time
            expires = moment
            expiries.insert(Expiry(at: moment, name: name))
        }
        holders[name] = Holder(job: job, expires: expires)
    }

    /// Gives the key back to a job that is run again; false when another job has it.
    mutating func retake(_ job: MemoryJob, now: Timestamp) -> Bool {
        guard let unique = job.unique else { return true }
        if case .elapsed = unique.until { return true }
        let name = Name(queue: job.queue, key: unique.key)
        if let holder = holder(of: name, now: now) { return holder == job.id }
        holders[name] = Holder(job: job.id, expires: nil)
        return true
    }

    mutating func freeAtStart(_ job: MemoryJob) {
        if job.unique?.until == .started { free(job) }
    }

    /// Frees a key that is bound to the job's life.
    mutating func freeAtEnd(_ job: MemoryJob) {
        guard let unique = job.unique else { return }
        if case .elapsed = unique.until { return }
        free(job)
    }

    mutating func free(_ job: MemoryJob) {
        guard let unique = job.unique else { return }
        let name = Name(queue: job.queue, key: unique.key)
        if holders[name]?.job == job.id { holders[name] = nil }
    }

    /// Forgets keys whose time is over.
    mutating func dropExpired(now: Timestamp) {
        while let first = expiries.min, first.at <= now {
            expiries.removeMin()
            if let expires = holders[first.name]?.expires, expires <= now { holders[first.name] = nil }
        }
    }
}
