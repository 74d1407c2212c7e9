#if Redis
    import OnCue
    import RedisWire

    extension RedisArguments {
        /// A job as scripts look for it: its id, and its level and entry where the id says them.
        mutating func append(job id: JobID) {
            append(id.storedBytes)
            if let made = StoreMadeID(id) {
                append(made.level.rawValue)
                append(made.position.description)
            } else {
                append("")
                append("")
            }
        }
    }

    extension StoredRecord {
        /// The record that a plain job would have, by what a script says of it: its body, when it was enqueued, who holds it,
        /// its count, and since when. Nil when it is damaged.
        init?(plain said: some Sequence<RESPToken>, level: JobPriority, entry: StreamPosition) {
            let said = Array(said)
            guard said.count == 5, let body = said[0].array.flatMap({ JobBody($0) }), let holder = said[2].text,
                let handed = said[3].integer, let since = said[4].integer
            else { return nil }
            let count = DeliveryCount(rawValue: handed)
            var facts = JobFacts(
                state: holder.isEmpty || holder.hasPrefix("~") ? .pending : .running, level: level,
                created: said[1].integer.map(Timestamp.init(microseconds:)) ?? entry.moment)
            facts.attempt = count.attempt
            facts.delivery = count.delivery
            facts.entry = entry
            if facts.state == .running {
                facts.session = SessionID(rawValue: holder)
                facts.begun = Timestamp(microseconds: since)
                facts.updated = facts.begun
            }
            self.init(facts: facts, body: body)
        }
    }

    extension JobRecord {
        /// What a look-up answered of one job; nil when there is none.
        init?(lookedUp reply: RESPToken, id: JobID, queue: QueueName) throws(StoreError) {
            guard let parts = reply.elements.map(Array.init), let kind = parts.first?.text else { return nil }
            let stored: StoredRecord?
            var output: [UInt8]?
            if kind == "r", parts.count == 3 {
                stored = parts[1].array.flatMap { StoredRecord($0) }
                output = parts[2].array
            } else if let made = StoreMadeID(id) {
                stored = StoredRecord(plain: parts.dropFirst(), level: made.level, entry: made.position)
            } else {
                stored = nil
            }
            guard let record = stored?.record(id: id, queue: queue, output: output) else { throw .damaged(id) }
            self = record
        }
    }

    extension StoreError {
        static func damaged(_ id: JobID) -> StoreError {
            StoreError(.corrupt, "what is stored of job \(id) is damaged")
        }
    }
#endif
