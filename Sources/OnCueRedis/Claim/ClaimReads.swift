#if Redis
    import OnCue
    import RedisWire

    // The commands that take entries, and what they answer.
    extension StoreCore {
        /// New entries of a level become the session's.
        func readCommand(_ queue: Queue, _ level: JobPriority, for session: SessionID, count: Int) -> RedisCommand {
            var command = RedisCommand("XREADGROUP")
            for word in ["GROUP", QueueKeys.group, session.rawValue, "COUNT", String(count), "STREAMS"] {
                command.append(word)
            }
            command.append(key: queue.keys.stream(of: level))
            command.append(">")
            return command
        }

        /// The same, of any level of some queues, as soon as there is one; the first queue's bell ends the wait too. On a cluster
        /// they are of one slot.
        func readCommand(
            _ queues: [Queue], for session: SessionID, count: Int, waitingAtMost wait: Duration
        ) -> RedisCommand {
            var command = RedisCommand("XREADGROUP")
            for word in ["GROUP", QueueKeys.group, session.rawValue, "COUNT", String(count)] { command.append(word) }
            for word in ["BLOCK", String(max(1, wait.wholeMicroseconds / 1_000)), "STREAMS"] { command.append(word) }
            var streams = queues.flatMap { queue in JobPriority.allCases.map { queue.keys.stream(of: $0) } }
            streams += queues.prefix(1).map { $0.keys[.bell, session] }
            for stream in streams { command.append(key: stream) }
            for _ in streams { command.append(">") }
            return command
        }

        /// Ends the wait of a read, if need be also of one that has yet to begin. A bell keeps nothing of what it said before.
        func ringCommands(_ queue: Queue, for session: SessionID) -> [RedisCommand] {
            let bell = queue.keys[.bell, session]
            var forget = RedisCommand("XGROUP")
            forget.append("DELCONSUMER")
            forget.append(key: bell)
            for word in [QueueKeys.group, session.rawValue] { forget.append(word) }
            var ring = RedisCommand("XADD", key: bell)
            for word in ["NOMKSTREAM", "MAXLEN", "1", "*", "e", "1"] { ring.append(word) }
            return [forget, ring]
        }

        /// Entries of reserved consumers become the session's.
        func reclaimCommand(_ read: ClaimPlan.Read, _ queue: Queue, for session: SessionID) -> RedisCommand {
            command(Scripts.reclaim, on: queue, session: session) { arguments in
                arguments.append(session.rawValue)
                arguments.append(read.place.level.rawValue)
                arguments.append(read.mostParked)
                arguments.append(read.mostSuspects)
                for share in read.parked {
                    arguments.append(share.count)
                    arguments.append(share.consumer.text)
                }
            }
        }

        /// Entries of a session go to reserved consumers as if they had never been read.
        func parkCommand(
            _ entries: [(place: ClaimPlan.Place, entry: ClaimedEntry, consumer: ReservedConsumer)], _ queue: Queue,
            from session: SessionID
        ) -> RedisCommand {
            struct Group: Hashable {
                var level: JobPriority
                var consumer: ReservedConsumer
                var count: DeliveryCount
            }
            let groups = Dictionary(grouping: entries) { one in
                Group(level: one.place.level, consumer: one.consumer, count: one.entry.count)
            }
            return command(Scripts.park, on: queue, session: session, isSafeToRepeat: true) { arguments in
                arguments.append(session.rawValue)
                for (group, entries) in groups {
                    arguments.append(group.level.rawValue)
                    arguments.append(group.consumer.text)
                    arguments.append(group.count.rawValue)
                    arguments.append(entries.count)
                    for position in entries.map(\.entry.position).sorted() { arguments.append(position.description) }
                }
            }
        }

        /// The moment at which a session took entries, by a test's clock.
        func stampCommand(
            _ positions: [StreamPosition], _ queue: Queue, _ level: JobPriority, of session: SessionID,
            at now: Timestamp
        ) -> RedisCommand {
            var command = RedisCommand("XCLAIM", key: queue.keys.stream(of: level))
            for word in [QueueKeys.group, session.rawValue, "0"] { command.append(word) }
            for position in positions { command.append(position.description) }
            for word in ["TIME", String(now.microseconds / 1_000), "JUSTID"] { command.append(word) }
            command.isSafeToRepeat = true
            return command
        }
    }

    extension RESPToken {
        /// What `XREADGROUP` answers for one stream. New entries have been handed out once.
        func readEntries() throws(StoreError) -> [ClaimedEntry] {
            try entriesByStream().first?.entries ?? []
        }

        /// The same for several streams, with their keys: those that gave something.
        func entriesByStream() throws(StoreError) -> [(stream: String, entries: [ClaimedEntry])] {
            guard var parts = elements.map(Array.init), !parts.isEmpty else { return [] }
            // Protocol 3 answers names and entries in turn, protocol 2 puts both of a stream into one more array.
            if parts[0].text == nil { parts = parts.flatMap { $0.elements.map(Array.init) ?? [] } }
            guard parts.count.isMultiple(of: 2) else { throw .unreadable("XREADGROUP") }
            var streams: [(stream: String, entries: [ClaimedEntry])] = []
            for place in stride(from: 0, to: parts.count, by: 2) {
                guard let name = parts[place].text, let entries = parts[place + 1].elements else {
                    throw .unreadable("XREADGROUP")
                }
                let claimed = try entries.claimed { parts in
                    ClaimedEntry(position: parts.next(), count: DeliveryCount(rawValue: 1), fields: parts.next())
                }
                streams.append((name, claimed))
            }
            return streams
        }

        /// What ``Scripts/reclaim`` answers.
        func reclaimedEntries() throws(StoreError) -> [ClaimedEntry] {
            guard let entries = elements else { throw .unreadable("entries that were given back") }
            return try entries.claimed { parts in
                let position = parts.next()
                guard let count = parts.next()?.integer else { return nil }
                let fields = parts.next()
                guard let from = parts.next()?.text.flatMap({ ReservedConsumer($0) }) else { return nil }
                return ClaimedEntry(
                    position: position, count: DeliveryCount(rawValue: count), fields: fields, from: from)
            }
        }

        /// What ``Scripts/probe`` answers of an open session.
        func supply() throws(StoreError) -> (supply: ClaimPlan.Supply?, nextDue: Timestamp?, number: UInt16?) {
            guard let parts = elements.map(Array.init), parts.count == 6,
                let fresh = parts[3].elements.map({ $0.compactMap(\.integer) }), fresh.count == 5
            else { throw .unreadable("what a queue has") }
            let number = parts[5].text.flatMap { UInt16($0) }
            if parts[1].integer == 1 { return (nil, nil, number) }
            var supply = ClaimPlan.Supply()
            for level in JobPriority.allCases where fresh[level.rawValue] > 0 {
                supply.fresh[level] = Int(fresh[level.rawValue])
            }
            for (field, count) in try parts[4].pairs("what a queue has") {
                guard let level = field.first?.wholeNumberValue.flatMap(JobPriority.init(rawValue:)),
                    let consumer = ReservedConsumer(String(field.dropFirst(2))), let count = count.integer, count > 0
                else { continue }
                supply.parked[level, default: [:]][consumer] = Int(count)
            }
            let due = parts[2].text.flatMap { Double($0) }.flatMap { Int64(exactly: $0) }
            return (supply, due.map(Timestamp.init(microseconds:)), number)
        }
    }

    extension RESPToken.Elements {
        fileprivate func claimed(_ read: (inout Iterator) -> ClaimedEntry?) throws(StoreError) -> [ClaimedEntry] {
            var entries: [ClaimedEntry] = []
            entries.reserveCapacity(count)
            for element in self {
                // An entry that was removed meanwhile has no fields.
                guard var parts = element.elements?.makeIterator() else { continue }
                guard let entry = read(&parts) else { throw .unreadable("an entry") }
                entries.append(entry)
            }
            return entries
        }
    }
#endif
