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
        /// The last member of each list of what has ended, as far as it was read.
        private var newest: [QueueKeys.Key: [UInt8]] = [:]
        /// So many of the newest members are looked at to see what has come since.
        private static let tail = 64
        /// Up to here nothing is missing: where the listing began, as long as nothing has been read.
        private(set) var bound: JobID?
        /// Everything has been read.
        private(set) var isComplete = false

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

        // MARK: What has ended

        /// Reads one of the lists of jobs that have ended, or the set of those kept apart: all of it at first, later what has
        /// come since.
        func endedCommand(_ list: QueueKeys.Key, whole: Bool = false) -> RedisCommand {
            var command = RedisCommand(list == .keep ? "ZRANGE" : "LRANGE", key: queue.keys[list])
            command.append(whole || newest[list] == nil ? 0 : -Self.tail)
            command.append(-1)
            command.isSafeToRepeat = true
            return command
        }

        /// Takes in members of such a list (id and time; of a bundle all ids, its number and the time) or of the set (id).
        ///
        /// - Parameter place: what does not come behind it is left out.
        /// - Returns: false where the end of the list does not say all that came since: then it has to be read whole.
        mutating func add(
            ended members: [[UInt8]], of list: QueueKeys.Key, after place: JobID?, whole: Bool = false
        ) -> Bool {
            var members = members[...]
            if !whole, list != .keep, let newest = newest[list] {
                if let known = members.lastIndex(of: newest) {
                    members = members[(known + 1)...]
                } else if members.count == Self.tail {
                    return false
                }
            }
            if list != .keep { newest[list] = members.last ?? newest[list] ?? [] }
            let known = Set(ended)
            var ids = Array(ended)
            for member in members {
                for start in stride(from: 0, through: max(0, member.count - 32), by: 16) {
                    guard let id = JobID(storedBytes: member[start...].prefix(16)), !known.contains(id) else {
                        continue
                    }
                    if let place, !order.puts(place, before: id) { continue }
                    ids.append(id)
                }
            }
            ended = ArraySlice(ids.sorted { order.puts($0, before: $1) })
            return true
        }
    }
#endif
