#if Redis
    import OnCue
    import RedisWire

    extension Upkeep {
        private struct LoggedEntry {
            var queue: Queue
            var position: StreamPosition
            var at: Timestamp
            var count: Int

            var place: EventPlace {
                EventPlace(entry: position, queue: queue.number, offset: 0)
            }
        }

        /// Events, and entries of the log, that one script reads or drops at most: so that it holds up no one.
        private static let eventsAtOnce = 5_000
        private static let entriesAtOnce = 500

        /// Drops events that are too old or too many, the oldest of all queues first, entry by entry.
        mutating func pruneEvents(_ needs: [UpkeepNeeds]) async throws(StoreError) {
            let logs = needs.filter { $0.oldestEvent != nil }
            var total = logs.reduce(0) { $0 + $1.events }
            let keep = max(0, request.eventsKeep)
            guard total > keep || logs.contains(where: { $0.oldestEvent.map { $0 < request.eventsBefore } ?? false })
            else { return }
            var left = max(0, request.limit)
            while left > 0 {
                let most = min(left, Self.eventsAtOnce)
                let (entries, hasMore) = try await oldestEntries(of: logs, limit: most)
                var lasts: [Queue: StreamPosition] = [:]
                var (gone, isDone) = (0, !hasMore)
                for entry in entries {
                    guard entry.at < request.eventsBefore || total - entry.count >= keep else {
                        isDone = true
                        break
                    }
                    guard gone < most else {
                        isDone = false
                        break
                    }
                    lasts[entry.queue] = entry.position
                    gone += entry.count
                    total -= entry.count
                }
                let commands = lasts.map { queue, position in
                    core.command(Scripts.dropEvents, on: queue) { $0.append(position.description) }
                }
                for answer in try await core.send(commands) { report.pruned += answer.integer.map(Int.init) ?? 0 }
                if isDone { return }
                left -= gone
            }
            report.hasMore = true
        }

        /// The first entries of all logs in their order, so many events of each; and whether some log has more.
        private func oldestEntries(
            of logs: [UpkeepNeeds], limit: Int
        ) async throws(StoreError) -> (entries: [LoggedEntry], hasMore: Bool) {
            let answers = try await core.send(
                logs.map { log in
                    core.command(Scripts.oldestEvents, on: log.queue, isSafeToRepeat: true) { arguments in
                        arguments.append(limit)
                        arguments.append(Self.entriesAtOnce)
                    }
                })
            var found: [LoggedEntry] = []
            var end: EventPlace?
            for (log, answer) in zip(logs, answers) {
                var count = 0
                let entries = answer.elements.map(Array.init) ?? []
                for entry in entries {
                    guard let parts = entry.elements.map(Array.init), parts.count == 3,
                        let position = parts[0].text.flatMap({ StreamPosition($0) }), let at = parts[1].integer,
                        let events = parts[2].integer
                    else { throw .unreadable("the log of events") }
                    found.append(
                        LoggedEntry(
                            queue: log.queue, position: position, at: Timestamp(microseconds: at), count: Int(events)))
                    count += Int(events)
                }
                // Behind the last that was read others may stand in front of what another log has.
                let isCut = count >= limit || entries.count >= Self.entriesAtOnce
                if isCut, let last = found.last?.place { end = end.map { min($0, last) } ?? last }
            }
            if let end { found.removeAll { $0.place > end } }
            return (found.sorted { $0.place < $1.place }, end != nil)
        }
    }
#endif
