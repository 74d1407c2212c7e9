#if Redis
    import Logging
    import OnCue
    import RedisWire

    /// Reads the logs of all queues as one.
    ///
    /// Each queue's log ascends by the server's own clock. What is read ends at the smallest clock of the masters, asked for
    /// before the logs and before the list of the queues: nothing can come later in front of it, neither in a queue that is
    /// there nor in one that is made meanwhile. So a page never passes anything by.
    struct EventReader {
        private let core: StoreCore
        /// The smallest of the clocks: an entry of that microsecond or later may be followed by an earlier one.
        private let bound: UInt64
        /// Those in use, and removed ones whose log is still there.
        let queues: [Queue]

        /// Entries read at once from one queue.
        private static let entriesAtMost = 500

        init(_ core: StoreCore) async throws(StoreError) {
            self.core = core
            bound = try await Self.bound(core)
            queues = try await core.loggedQueues()
        }

        /// The next events, at most `limit`, and whether some behind `cursor` are gone.
        func page(after cursor: EventCursor, limit: Int) async throws(StoreError) -> EventPage {
            let start = EventPlace(cursor)
            var page = EventPage(events: [], next: cursor)
            var place = start
            while true {
                let wanted = min(max(limit - page.events.count, 1), Self.entriesAtMost)
                let round = try await round(after: place, entries: wanted)
                if round.dropped.map({ start < $0 }) ?? false { page.hasGap = true }
                page.events += round.events.prefix(max(0, limit - page.events.count))
                guard let next = round.next, page.events.count < limit else { break }
                place = next
            }
            page.next = page.events.last?.cursor ?? cursor
            return page
        }

        /// The place of the newest event, also when it is gone.
        func latest() async throws(StoreError) -> EventCursor {
            var commands: [RedisCommand] = []
            for queue in queues {
                commands.append(Self.command("XREVRANGE", queue, "+", "-", "COUNT", "16"))
                commands.append(Self.gapCommand(queue))
            }
            let answers = try await core.send(commands)
            var latest = EventPlace(.start)
            for (index, queue) in queues.enumerated() {
                let newest = Self.entries(answers[2 * index]).first {
                    $0.position.milliseconds < bound
                }
                if let last = newest, let logged = last.logged {
                    latest = max(
                        latest,
                        EventPlace(
                            entry: last.position, queue: queue.number, offset: UInt64(max(1, logged.events.count) - 1)))
                }
                if let gap = answers[2 * index + 1].text.flatMap({ EventGap($0) }) {
                    latest = max(latest, gap.place(in: queue.number))
                }
            }
            return latest.cursor
        }

        // MARK: One look at all logs

        private struct Round {
            var events: [JobEvent] = []
            /// Where to go on; nil when all was read.
            var next: EventPlace?
            /// The newest place that is gone.
            var dropped: EventPlace?
        }

        private func round(after place: EventPlace, entries count: Int) async throws(StoreError) -> Round {
            var commands: [RedisCommand] = []
            for queue in queues {
                // The gap is asked for behind the entries: what is dropped between the two is told of rather than passed by.
                commands.append(
                    Self.command("XRANGE", queue, place.start(in: queue.number), "+", "COUNT", String(count)))
                commands.append(Self.gapCommand(queue))
            }
            let answers = try await core.send(commands)
            var round = Round()
            var found: [JobEvent] = []
            for (index, queue) in queues.enumerated() {
                let entries = Self.entries(answers[2 * index])
                if let gap = answers[2 * index + 1].text.flatMap({ EventGap($0) }) {
                    let dropped = gap.place(in: queue.number)
                    round.dropped = round.dropped.map { max($0, dropped) } ?? dropped
                }
                if entries.count >= count, let last = entries.last, last.position.milliseconds < bound {
                    let end = EventPlace(entry: last.position, queue: queue.number, offset: EventPlace.afterAll)
                    round.next = round.next.map { min($0, end) } ?? end
                }
                for entry in entries where entry.position.milliseconds < bound {
                    add(entry, of: queue, after: place, to: &found)
                }
            }
            found.sort { $0.cursor < $1.cursor }
            if let end = round.next?.cursor { found.removeAll { $0.cursor > end } }
            round.events = found
            return round
        }

        private func add(_ entry: Entry, of queue: Queue, after place: EventPlace, to found: inout [JobEvent]) {
            guard let logged = entry.logged else {
                core.logger.warning(
                    "An entry of the log of events is damaged and passed over",
                    metadata: ["queue": "\(queue.name)", "entry": "\(entry.position)"])
                return
            }
            for (offset, event) in logged.events.enumerated() {
                let at = EventPlace(entry: entry.position, queue: queue.number, offset: UInt64(offset))
                guard place < at else { continue }
                found.append(
                    JobEvent(
                        cursor: at.cursor, at: logged.at, kind: event.kind, queue: queue.name, job: event.job,
                        name: event.name, attempt: event.attempt))
            }
        }

        // MARK: Commands and their answers

        private struct Entry {
            var position: StreamPosition
            /// Nil when it is damaged.
            var logged: LoggedEvents?
        }

        private static func bound(_ core: StoreCore) async throws(StoreError) -> UInt64 {
            let masters: [RedisNodeID]
            do throws(RedisError) {
                masters = try await core.client.masters()
            } catch {
                throw StoreError(error)
            }
            let times = try await core.send(
                masters.map { master in
                    var command = RedisCommand("TIME")
                    command.route = .node(master)
                    command.isSafeToRepeat = true
                    return command
                })
            var smallest = UInt64.max
            for time in times {
                guard let parts = time.elements?.compactMap(\.integer), parts.count == 2,
                    let microseconds = UInt64(exactly: parts[0] * 1_000_000 + parts[1])
                else { throw .unreadable("TIME") }
                smallest = min(smallest, microseconds)
            }
            return smallest
        }

        private static func command(_ name: String, _ queue: Queue, _ arguments: String...) -> RedisCommand {
            var command = RedisCommand(name, key: queue.keys[.events])
            for argument in arguments { command.append(argument) }
            command.isSafeToRepeat = true
            return command
        }

        private static func gapCommand(_ queue: Queue) -> RedisCommand {
            var command = RedisCommand("HGET", key: queue.keys[.meta])
            command.append("gap")
            command.isSafeToRepeat = true
            return command
        }

        private static func entries(_ answer: RESPToken) -> [Entry] {
            guard let entries = answer.elements else { return [] }
            return entries.compactMap { entry in
                guard let parts = entry.elements.map(Array.init), parts.count == 2,
                    let position = parts[0].text.flatMap({ StreamPosition($0) })
                else { return nil }
                let fields = parts[1].elements.map(Array.init) ?? []
                let pairs = stride(from: 0, to: fields.count - 1, by: 2).map {
                    (name: fields[$0].text ?? "", value: fields[$0 + 1].array ?? [])
                }
                return Entry(position: position, logged: LoggedEvents(pairs))
            }
        }
    }
#endif
