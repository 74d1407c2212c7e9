#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func info() async throws(StoreError) -> StoreInfo {
            let facts = try await core.serverFacts()
            let durability = Durability(facts, replicas: core.options.replicas)
            let sizes = facts.compactMap { $0.number("used_memory") }
            return StoreInfo(
                kind: "redis", location: location,
                engineVersion: Set(facts.map(\.version)).sorted().joined(separator: ", "),
                schemaVersion: Registry.schema,
                durability: durability.inWords(facts, replicas: core.options.replicas),
                sizeInBytes: sizes.isEmpty ? nil : sizes.reduce(0, +))
        }

        public func check() async throws(StoreError) -> [StoreFinding] {
            let facts = try await core.serverFacts()
            let durability = Durability(facts, replicas: core.options.replicas)
            var findings = StoreCheck.servers(facts) + StoreCheck.memory(facts) + StoreCheck.persistence(facts)
            findings += StoreCheck.replicas(facts, wanted: core.options.replicas)
            findings.append(
                StoreFinding(
                    .fine, "durability", durability.inWords(facts, replicas: core.options.replicas)))
            findings.append(StoreFinding(.fine, "schema", "version \(Registry.schema)"))
            findings += try await core.clockFindings()
            findings += try await core.clusterFindings(facts)
            findings.append(try await core.sessionFinding())
            findings += try await core.followUpFindings()
            return findings.sorted { $0.severity > $1.severity }
        }

        /// Where it is, without secrets.
        private var location: String { "\(topology.addressInWords), prefix \(core.prefix)" }
    }

    extension RedisTopology {
        fileprivate var addressInWords: String {
            switch self {
            case .single(let address): address.description
            case .sentinel(let master, let sentinels, _, _):
                "\(master) of the Sentinels at \(sentinels.map(\.description).joined(separator: ", "))"
            case .cluster(let addresses): "the cluster at \(addresses.map(\.description).joined(separator: ", "))"
            }
        }
    }

    extension StoreCore {
        fileprivate func clockFindings() async throws(StoreError) -> [StoreFinding] {
            let masters: [RedisNodeID]
            do throws(RedisError) {
                masters = try await client.masters()
            } catch {
                throw StoreError(error)
            }
            var findings: [StoreFinding] = []
            for master in masters {
                let before = SystemTime().uptime()
                let answer = try await send(Self.command("TIME", on: master))
                let (here, after) = (SystemTime().now(), SystemTime().uptime())
                guard let parts = answer.elements?.compactMap(\.integer), parts.count == 2 else {
                    throw .unreadable("TIME")
                }
                let there = Timestamp(microseconds: parts[0] * 1_000_000 + parts[1]) + (after - before) / 2
                findings.append(StoreCheck.clock(master.description, difference: there - here))
            }
            return findings
        }

        fileprivate func clusterFindings(_ facts: [ServerFacts]) async throws(StoreError) -> [StoreFinding] {
            guard facts.contains(where: { $0["cluster_enabled"] == "1" }) else { return [] }
            var command = RedisCommand("CLUSTER")
            command.append("INFO")
            command.isSafeToRepeat = true
            let answer = try await send(command)
            let state = ServerFacts(address: "", info: answer.text ?? "")
            guard state["cluster_state"] == "ok" else {
                return [
                    StoreFinding(
                        .problem, "cluster",
                        "The cluster is not well: state \(state["cluster_state"] ?? "unknown"), \(state["cluster_slots_fail"] ?? "0") slots have failed.",
                        cure: "Look at CLUSTER NODES: a master without a replica is gone, or slots belong to nobody.")
                ]
            }
            return [StoreFinding(.fine, "cluster", "ok, \(state["cluster_size"] ?? "?") masters")]
        }

        /// Sessions whose end was begun and not finished.
        fileprivate func sessionFinding() async throws(StoreError) -> StoreFinding {
            let now = try await now()
            let hanging = try await standings().filter { _, standing in
                (standing.name == "fencing" || standing.name == "closing")
                    && standing.endedAt.map { now - $0 > .seconds(30) } ?? true
            }
            guard let one = hanging.keys.min(by: { $0.rawValue < $1.rawValue }) else {
                return StoreFinding(.fine, "sessions", "None is half-ended.")
            }
            return StoreFinding(
                .warning, "sessions",
                "The end of \(hanging.count) sessions was begun and not finished, such as of \(one): what they held is not given back yet.",
                cure: "Any worker that runs finishes it within seconds. Start one, or run oncue doctor --repair.")
        }

        /// Follow-ups that do not arrive where they belong.
        fileprivate func followUpFindings() async throws(StoreError) -> [StoreFinding] {
            let now = try await now()
            var stuck: [(queue: QueueName, since: Timestamp)] = []
            for queue in try await loggedQueues() {
                guard let oldest = try await oldestFollowUp(of: queue), now - oldest > .seconds(30) else { continue }
                stuck.append((queue.name, oldest))
            }
            guard let first = stuck.min(by: { $0.since < $1.since }) else {
                return [StoreFinding(.fine, "follow-ups", "None waits to be sent on.")]
            }
            let names = stuck.map(\.queue.rawValue).joined(separator: ", ")
            return [
                StoreFinding(
                    .warning, "follow-ups",
                    "Follow-ups of \(names) wait to be sent on to other queues, the first since \(first.since).",
                    cure: "Any worker that runs sends them on within seconds. If they stay, its log says why.")
            ]
        }

        /// When the oldest of some follow-ups that wait was made; nil when none waits.
        private func oldestFollowUp(of queue: Queue) async throws(StoreError) -> Timestamp? {
            var command = RedisCommand("HSCAN", key: queue.keys[.outbox])
            for word in ["0", "COUNT", "100"] { command.append(word) }
            command.isSafeToRepeat = true
            guard let parts = try await send(command).elements.map(Array.init), parts.count == 2 else {
                throw .unreadable("follow-ups")
            }
            return try parts[1].bytePairs("follow-ups").compactMap { _, value in
                var reader = MessagePackReader(value)
                return reader.value()?.map?["at"]?.integer.map(Timestamp.init(microseconds:))
            }.min()
        }
    }
#endif
