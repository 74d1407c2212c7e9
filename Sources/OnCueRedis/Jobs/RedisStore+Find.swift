#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
            guard try !core.isNothing(ids) else { return [] }
            return try await core.find(ids)
        }
    }

    extension StoreCore {
        /// Ids that one script looks up at most.
        static let lookWidth = 250

        func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
            var wanted = Set(ids)
            var found: [JobID: JobRecord] = [:]
            let own = try await queuesByID(wanted)
            for record in try await look(own) {
                found[record.id] = record
                wanted.remove(record.id)
            }
            if !wanted.isEmpty {
                // A caller's own id does not say its queue, also one that looks as if it did.
                let elsewhere = try await queuesBesides(own, of: wanted)
                for record in try await look(elsewhere) where found[record.id] == nil { found[record.id] = record }
            }
            var records = ids.map { found[$0] }
            try await nameWorkers(of: &records)
            return records
        }

        /// The queues that ids name, where there are such.
        func queuesByID(_ ids: Set<JobID>) async throws(StoreError) -> [(queue: Queue, ids: [JobID])] {
            let byNumber = Dictionary(grouping: ids.sorted()) { StoreMadeID($0)?.queue }
            var queues: [(queue: Queue, ids: [JobID])] = []
            var all: [Queue]?
            for (number, ids) in byNumber {
                guard let number else { continue }
                let queue: Queue?
                if let all {
                    queue = all.first { $0.number == number }
                } else {
                    queue = try await registry.queue(numbered: number)
                    // An unknown number has been asked for: the next is not asked for one by one.
                    if queue == nil { all = try await registry.allQueues() }
                }
                if let queue { queues.append((queue, ids)) }
            }
            return queues
        }

        /// Every queue with the ids that have not been looked for there.
        func queuesBesides(
            _ looked: [(queue: Queue, ids: [JobID])], of ids: Set<JobID>
        ) async throws(StoreError) -> [(queue: Queue, ids: [JobID])] {
            let looked = Dictionary(looked.map { ($0.queue, Set($0.ids)) }) { $1 }
            return try await registry.allQueues().map { queue in
                (queue, ids.filter { looked[queue]?.contains($0) != true }.sorted())
            }
        }

        /// The jobs with these ids that are in these queues.
        func look(_ groups: [(queue: Queue, ids: [JobID])]) async throws(StoreError) -> [JobRecord] {
            var asked: [(queue: Queue, ids: ArraySlice<JobID>)] = []
            for (queue, ids) in groups {
                for start in stride(from: 0, to: ids.count, by: Self.lookWidth) {
                    asked.append((queue, ids[start..<min(start + Self.lookWidth, ids.count)]))
                }
            }
            let replies = try await send(
                asked.map { queue, ids in
                    command(Scripts.look, on: queue, isSafeToRepeat: true) { arguments in
                        for id in ids { arguments.append(job: id) }
                    }
                })
            var found: [JobRecord] = []
            for ((queue, ids), reply) in zip(asked, replies) {
                guard let answers = reply.elements, answers.underestimatedCount == ids.count else {
                    throw .unreadable("a look-up of jobs")
                }
                for (id, answer) in zip(ids, answers) {
                    if let record = try JobRecord(lookedUp: answer, id: id, queue: queue.name) { found.append(record) }
                }
            }
            return found
        }

        /// A plain job that runs does not say the name of its worker: the registry does.
        func nameWorkers(of records: inout [JobRecord?]) async throws(StoreError) {
            var names: [SessionID: String?] = [:]
            for index in records.indices {
                guard let session = records[index]?.session, records[index]?.worker == nil else { continue }
                if names[session] == nil { names[session] = .some(try await workerIfKnown(session)) }
                records[index]?.worker = names[session] ?? nil
            }
        }

        /// Nil when the session has been forgotten.
        func workerIfKnown(_ session: SessionID) async throws(StoreError) -> String? {
            do throws(StoreError) {
                return try await sessions.worker(of: session)
            } catch {
                if error.code == .fenced { return nil }
                throw error
            }
        }
    }
#endif
