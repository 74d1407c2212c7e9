#if Redis
    import OnCue
    import RedisWire

    /// What a listing has read of one queue and not gone through yet.
    struct QueueStretch {
        let queue: Queue
        private let order: JobOrder
        /// Jobs that have not ended, in order.
        private var live: ArraySlice<JobRecord> = []
        /// Jobs that have ended, in order: their records are read when it is their turn.
        private var ended: ArraySlice<JobID> = []
        /// Up to here nothing is missing: at first where the listing begins, nil for all.
        private(set) var bound: JobID?
        /// Everything has been read.
        private(set) var isComplete = false

        /// - Parameter start: only what comes behind this one.
        init(_ queue: Queue, _ order: JobOrder, after start: JobID?) {
            self.queue = queue
            self.order = order
            bound = start
        }

        /// The next job.
        var first: JobID? {
            switch (live.first?.id, ended.first) {
            case (let live?, let ended?): order.puts(ended, before: live) ? ended : live
            case (let live, let ended): live ?? ended
            }
        }

        /// Takes out the next one: its record, or nil where that has to be read.
        mutating func removeFirst() -> JobRecord? {
            guard let id = first else { return nil }
            let record = live.first?.id == id ? live.removeFirst() : nil
            guard ended.first == id else { return record }
            // It has ended since its record was read.
            ended.removeFirst()
            return nil
        }

        /// Whether the queue has to be read on before it is certain that `id` is the next job (nil: that there is none).
        func mustBeReadOn(before id: JobID?) -> Bool {
            guard !isComplete else { return false }
            guard let bound, let id else { return true }
            return order.puts(bound, before: id)
        }

        // MARK: Reading

        /// Takes in what ``Scripts/list`` answered.
        mutating func add(_ reply: RESPToken) throws(StoreError) {
            guard let parts = reply.elements.map(Array.init), parts.count == 4, let plain = parts[0].elements,
                let records = parts[2].elements.map(Array.init), records.count.isMultiple(of: 2)
            else { throw .unreadable("a listing") }
            var jobs: [JobRecord] = []
            for row in plain { jobs.append(try plainJob(row)) }
            for index in stride(from: 0, to: records.count, by: 2) {
                guard let id = records[index].array.flatMap({ JobID(storedBytes: $0) }) else {
                    throw .unreadable("a listing")
                }
                guard
                    let record = records[index + 1].array.flatMap({ StoredRecord($0) })?.record(
                        id: id, queue: queue.name)
                else { throw .damaged(id) }
                jobs.append(record)
            }
            let position = parts[1].text.flatMap { StreamPosition($0) }
            let bounds = [
                position.map { $0.lastID(in: order) }, parts[3].array.flatMap { JobID(storedBytes: $0) },
            ].compactMap(\.self)
            let next = bounds.min { order.puts($0, before: $1) }
            let before = bound
            jobs = jobs.filter { job in
                if let before, !order.puts(before, before: job.id) { return false }
                if let next, order.puts(next, before: job.id) { return false }
                return true
            }
            live += jobs.sorted { order.puts($0.id, before: $1.id) }
            isComplete = next == nil
            bound = next ?? bound
        }

        private func plainJob(_ row: RESPToken) throws(StoreError) -> JobRecord {
            guard let parts = row.elements.map(Array.init), parts.count == 7,
                let level = parts[0].integer.flatMap({ JobPriority(rawValue: Int($0)) }),
                let entry = parts[1].text.flatMap({ StreamPosition($0) }),
                let stored = StoredRecord(plain: parts.dropFirst(2), level: level, entry: entry),
                let made = StoreMadeID(
                    position: entry, level: level, queue: queue.number, nonce: stored.body.nonce)
            else { throw .unreadable("a listing") }
            guard let record = stored.record(id: made.id, queue: queue.name) else { throw .damaged(made.id) }
            return record
        }

        /// Takes in the jobs that have ended: members of the lists (id and time) or of the set of those kept apart (id).
        mutating func add(ended members: [[UInt8]], after start: JobID?) {
            var ids: [JobID] = []
            for member in members {
                guard let id = JobID(storedBytes: member.prefix(16)) else { continue }
                if let start, !order.puts(start, before: id) { continue }
                ids.append(id)
            }
            ended = ArraySlice((Array(ended) + ids).sorted { order.puts($0, before: $1) })
        }
    }
#endif
