#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
            let packed = try PackedChange(change, maxPayload: core.options.maxPayload)
            guard try !core.isNothing(ids) else { return [] }
            var attempts: [JobID: Int] = [:]
            if packed.needsAttempts {
                for job in try await core.find(ids) {
                    if let job { attempts[job.id] = job.options.maxAttempts ?? 0 }
                }
            }
            var run = ChangeRun(packed, of: ids, attempts: attempts, core: core)
            return try await run.run()
        }

        public func purge(
            _ queue: QueueName, states: Set<JobState>, limit: Int
        ) async throws(StoreError) -> Int {
            guard !states.contains(.running) else {
                throw StoreError(
                    .invalid, "running jobs cannot be purged; cancel or delete them one by one", field: "states")
            }
            guard let queue = try await core.registry.queue(queue) else { return 0 }
            var removed = 0
            for place in Self.places(of: states) {
                var from = ""
                repeat {
                    guard removed < limit else { return removed }
                    let result = await core.sendDurably([
                        core.command(Scripts.purge, on: queue) { arguments in
                            arguments.append(place)
                            arguments.append(states.digits)
                            arguments.append(limit - removed)
                            arguments.append(from)
                        }
                    ])
                    let reply: RESPToken?
                    do throws(StoreError) {
                        reply = try result.first?.get()
                    } catch {
                        guard removed > 0, error.code != .outcomeUnknown else { throw error }
                        throw StoreError(.outcomeUnknown, "\(removed) jobs were removed, then: \(error.message)")
                    }
                    guard let said = reply?.elements.map(Array.init), said.count == 2,
                        let count = said[0].integer, let next = said[1].text
                    else { throw .unreadable("a purge") }
                    removed += Int(count)
                    from = next
                } while !from.isEmpty
            }
            return removed
        }

        /// Where jobs of these states are kept, as ``Scripts/purge`` calls it.
        private static func places(of states: Set<JobState>) -> [String] {
            var places: [String] = []
            if states.contains(.pending) { places += JobPriority.allCases.map { String($0.rawValue) } }
            if states.contains(.delayed) || states.contains(.retrying) { places.append("due") }
            if states.contains(.completed) { places.append("c") }
            if states.contains(.dead) { places.append("d") }
            if states.contains(.cancelled) { places.append("x") }
            if !states.isDisjoint(with: JobState.final) { places.append("keep") }
            return places
        }
    }

    extension StoreCore {
        /// Which of the ids have a record in which queue; where several have, the first.
        func locate(
            _ groups: [(queue: Queue, ids: [JobID])]
        ) async throws(StoreError) -> [(queue: Queue, ids: Set<JobID>)] {
            var asked: [(queue: Queue, ids: ArraySlice<JobID>)] = []
            for (queue, ids) in groups {
                for start in stride(from: 0, to: ids.count, by: 1_000) {
                    asked.append((queue, ids[start..<min(start + 1_000, ids.count)]))
                }
            }
            let replies = try await send(
                asked.map { queue, ids in
                    command(Scripts.locate, on: queue, isSafeToRepeat: true) { arguments in
                        for id in ids { arguments.append(id.storedBytes) }
                    }
                })
            var located: [(queue: Queue, ids: Set<JobID>)] = []
            var seen: Set<JobID> = []
            for ((queue, ids), reply) in zip(asked, replies) {
                guard let said = reply.array, said.count == ids.count else { throw .unreadable("where jobs are") }
                let here = zip(ids, said).filter { $1 == UInt8(ascii: "1") && !seen.contains($0) }.map { id, _ in id }
                seen.formUnion(here)
                if !here.isEmpty { located.append((queue, Set(here))) }
            }
            return located
        }
    }

    extension Set<JobState> {
        /// As scripts take states.
        var digits: String { sorted { $0.rawValue < $1.rawValue }.map { String($0.rawValue) }.joined() }
    }
#endif
