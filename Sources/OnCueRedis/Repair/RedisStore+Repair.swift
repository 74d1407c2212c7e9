#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore: RepairableStore {
        /// Looks the whole store over for what is damaged or was left behind, and mends it.
        ///
        /// Safe while others work with the store: each look and what it mends is one step. It reads everything, in pages.
        ///
        /// - Parameter dryRun: only says what it would mend.
        /// - Returns: a finding for each kind of damage in each queue, or one that all is well.
        public func repair(dryRun: Bool) async throws(StoreError) -> [StoreFinding] {
            var findings = try await StoreRepair(core: core, mends: !dryRun).run()
            if findings.isEmpty { findings.append(StoreFinding(.fine, "repair", "Nothing is damaged or left behind.")) }
            return findings
        }
    }

    /// A repair of the whole store.
    struct StoreRepair {
        let core: StoreCore
        let mends: Bool

        func run() async throws(StoreError) -> [StoreFinding] {
            var findings: [StoreFinding] = []
            findings += report(try await lostQueues(), in: nil)
            for queue in try await core.registry.allQueues() {
                var repair = QueueRepair(core: core, queue: queue, mends: mends)
                findings += report(try await repair.run(), in: queue.name)
            }
            findings += report(try await leftSessions(), in: nil)
            return findings
        }

        private func report(_ counts: [String: Int], in queue: QueueName?) -> [StoreFinding] {
            counts.sorted { $0.key < $1.key }.map { kind, count in
                StoreFinding(
                    mends ? .warning : .problem, queue.map { "queue \($0)" } ?? "store",
                    "\(count) \(kind)\(mends ? ": mended" : "")",
                    cure: mends ? nil : "Run oncue doctor --repair: it mends this while others go on working.")
            }
        }

        // MARK: What the registry does not know

        /// Queues that have jobs and are not listed.
        private func lostQueues() async throws(StoreError) -> [String: Int] {
            // A queue is listed before it has keys: what is found first and not listed afterwards is lost, not new.
            let found = try await keys(matching: "{\(core.prefix):*}:meta")
            let known = Dictionary(
                (try await core.registry.allQueues() + (try await core.registry.removedQueues())).map {
                    ($0.name, $0.number)
                }
            ) { first, _ in first }
            var numbers = Set(known.values)
            var counts: [String: Int] = [:]
            for key in found {
                let name = QueueName(String(key.dropFirst("{\(core.prefix):".count).dropLast("}:meta".count)))
                guard known[name] == nil, let keys = try? QueueKeys(prefix: core.prefix, queue: name) else { continue }
                var command = RedisCommand("HGET", key: keys[.meta])
                command.append("number")
                command.isSafeToRepeat = true
                guard let number = try await core.send(command).text.flatMap({ UInt16($0) }) else { continue }
                guard numbers.insert(number).inserted else {
                    counts["queues whose number another has (\(name)); move their jobs away by hand", default: 0] += 1
                    continue
                }
                counts["queues that are not listed", default: 0] += 1
                if mends { try await core.registry.register(Queue(name: name, number: number, keys: keys)) }
            }
            return counts
        }

        /// What queues keep of sessions that the registry does not know, and names of sessions of which nothing is left.
        private func leftSessions() async throws(StoreError) -> [String: Int] {
            var counts: [String: Int] = [:]
            let standings = try await core.standings()
            var list = RedisCommand("ZRANGE", key: core.registry.keys.sessions)
            list.append("0")
            list.append("-1")
            list.isSafeToRepeat = true
            let listed = try await core.send(list).elements?.compactMap(\.text) ?? []
            for id in listed where standings[SessionID(rawValue: id)] == nil {
                counts["sessions of which nothing is left", default: 0] += 1
                guard mends else { continue }
                var removal = RedisCommand("ZREM", key: core.registry.keys.sessions)
                removal.append(id)
                removal.isSafeToRepeat = true
                _ = try await core.send(removal)
            }
            for kind in QueueKeys.SessionKey.allCases {
                for key in try await keys(matching: "{\(core.prefix):*}:\(kind.rawValue):*") {
                    guard let id = key.split(separator: ":").last.map(String.init),
                        standings[SessionID(rawValue: id)] == nil, try await isIdle(key)
                    else { continue }
                    counts["keys of sessions that are gone", default: 0] += 1
                    if mends { _ = try await core.send(StoreCore.unlink(key)) }
                }
            }
            return counts
        }

        /// A session that lives and that the registry has lost opens itself again: what was used lately is left alone.
        private func isIdle(_ key: String) async throws(StoreError) -> Bool {
            var command = RedisCommand("OBJECT")
            command.append("IDLETIME")
            command.append(key: key)
            command.isSafeToRepeat = true
            // Where least-frequently-used is kept instead, it cannot be told.
            return (try await core.send(command).integer ?? 0) >= Upkeep.unknownFor.components.seconds
        }

        private func keys(matching pattern: String) async throws(StoreError) -> [String] {
            let masters: [RedisNodeID]
            do throws(RedisError) {
                masters = try await core.client.masters()
            } catch {
                throw StoreError(error)
            }
            var found: Set<String> = []
            for master in masters {
                var cursor = "0"
                repeat {
                    let answer = try await core.send(
                        StoreCore.command("SCAN", cursor, "MATCH", pattern, "COUNT", "1000", on: master))
                    guard let parts = answer.elements.map(Array.init), parts.count == 2, let next = parts[0].text else {
                        throw .unreadable("SCAN")
                    }
                    found.formUnion(parts[1].elements?.compactMap(\.text) ?? [])
                    cursor = next
                } while cursor != "0"
            }
            return found.sorted()
        }
    }
#endif
