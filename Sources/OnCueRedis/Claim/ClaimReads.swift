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
            guard var stream = elements.map(Array.init), !stream.isEmpty else { return [] }
            // Protocol 3 answers name and entries, protocol 2 puts both into one more array.
            if stream.count == 1 { stream = stream[0].elements.map(Array.init) ?? [] }
            guard stream.count == 2, let entries = stream[1].elements else { throw .unreadable("XREADGROUP") }
            return try entries.claimed { parts in
                parts.count == 2
                    ? ClaimedEntry(position: parts[0], count: DeliveryCount(rawValue: 1), fields: parts[1]) : nil
            }
        }

        /// What ``Scripts/reclaim`` answers.
        func reclaimedEntries() throws(StoreError) -> [ClaimedEntry] {
            guard let entries = elements else { throw .unreadable("entries that were given back") }
            return try entries.claimed { parts in
                guard parts.count == 4, let count = parts[1].integer,
                    let from = parts[3].text.flatMap({ ReservedConsumer($0) })
                else { return nil }
                return ClaimedEntry(
                    position: parts[0], count: DeliveryCount(rawValue: count), fields: parts[2], from: from)
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
        fileprivate func claimed(_ read: ([RESPToken]) -> ClaimedEntry?) throws(StoreError) -> [ClaimedEntry] {
            var entries: [ClaimedEntry] = []
            entries.reserveCapacity(count)
            for element in self {
                // An entry that was removed meanwhile has no fields.
                guard let parts = element.elements.map(Array.init) else { continue }
                guard let entry = read(parts) else { throw .unreadable("an entry") }
                entries.append(entry)
            }
            return entries
        }
    }
#endif
