#if Redis
    import OnCue
    import RedisWire

    extension Upkeep {
        /// Whoever ends a session has so long for it before another goes on with it.
        private static let endingTakes: Duration = .seconds(2)
        /// A session that the registry does not know is left alone so long: if it lives it opens itself again.
        static let unknownFor: Duration = .seconds(60)

        struct Standing {
            var name: String
            var endedAt: Timestamp?
        }

        /// Ends what was left half-ended, takes back what sessions that have ended still hold, and forgets old ones.
        mutating func tidySessions(_ needs: [UpkeepNeeds]) async throws(StoreError) {
            let standings = try await core.standings()
            for (session, standing) in standings where standing.name == "fencing" || standing.name == "closing" {
                if let endedAt = standing.endedAt, endedAt <= now, now - endedAt < Self.endingTakes { continue }
                _ = try await core.sessions.finishEnding(session)
            }
            try await sweepConsumers(needs, standings)
            try await forgetSessions(standings)
        }

        /// A session that has ended holds nothing: what is found with it goes back, and its consumer goes with the last entry.
        private func sweepConsumers(
            _ needs: [UpkeepNeeds], _ standings: [SessionID: Standing]
        ) async throws(StoreError) {
            var unknown: Set<SessionID> = []
            for need in needs {
                for session in need.sessions {
                    switch standings[session]?.name {
                    case let standing? where standing == "fenced" || standing == "closed":
                        try await core.sweepEnded(session, need.queue, standing)
                    case nil:
                        unknown.insert(session)
                        guard core.unknownSessions.isUnknownForLong(session) else { continue }
                        try await core.sweepUnknown(session, need.queue)
                    default: break
                    }
                }
            }
            core.unknownSessions.keepOnly(unknown)
        }

        private mutating func forgetSessions(_ standings: [SessionID: Standing]) async throws(StoreError) {
            let old = standings.filter { _, standing in
                (standing.name == "fenced" || standing.name == "closed")
                    && standing.endedAt.map { $0 < request.sessionsBefore } ?? true
            }
            for session in old.keys.prefix(max(0, request.limit)) {
                let fields = try await core.sessions.fields(of: session)
                var removals: [RedisCommand] = []
                for name in fields.keys where name.hasPrefix("j:") {
                    guard let keys = try? QueueKeys(prefix: core.prefix, queue: QueueName(String(name.dropFirst(2))))
                    else { continue }
                    removals += keys.all(of: session).map { StoreCore.unlink($0) }
                }
                _ = try await core.send(removals)
                _ = try await core.registry.run(RegistryScripts.forget, session: session, isSafeToRepeat: true) {
                    $0.append(session.rawValue)
                    $0.append(request.sessionsBefore.microseconds)
                }
                core.sessions.forget(session)
            }
            if old.count > max(0, request.limit) { report.hasMore = true }
        }
    }

    extension StoreCore {
        /// The sessions that the registry knows.
        func standings() async throws(StoreError) -> [SessionID: Upkeep.Standing] {
            var list = RedisCommand("ZRANGE", key: registry.keys.sessions)
            list.append("0")
            list.append("-1")
            list.isSafeToRepeat = true
            let ids = try await send(list).elements?.compactMap { $0.text.map(SessionID.init(rawValue:)) } ?? []
            let answers = try await send(
                ids.map { id in
                    var command = RedisCommand("HMGET", key: registry.keys.session(id))
                    command.append("st")
                    command.append("e")
                    command.isSafeToRepeat = true
                    return command
                })
            var standings: [SessionID: Upkeep.Standing] = [:]
            for (id, answer) in zip(ids, answers) {
                guard let fields = answer.elements.map(Array.init), fields.count == 2, let name = fields[0].text else {
                    continue
                }
                standings[id] = Upkeep.Standing(
                    name: name, endedAt: fields[1].integer.map(Timestamp.init(microseconds:)))
            }
            return standings
        }

        /// Takes back what a session still holds that has ended.
        func sweepEnded(_ session: SessionID, _ queue: Queue, _ standing: String) async throws(StoreError) {
            let fields = try await sessions.fields(of: session)
            _ = try await sessions.sweep(
                session, queue, standing: standing, worker: fields["w"]?.text ?? "",
                error: fields["err"]?.array ?? [])
        }

        /// Takes back what a session holds that the registry does not know, and forgets it here too.
        func sweepUnknown(_ session: SessionID, _ queue: Queue) async throws(StoreError) {
            _ = try await sessions.sweep(
                session, queue, standing: "fenced", worker: "", error: Array("the worker's session is gone".utf8))
            _ = try await send(queue.keys.all(of: session).map { Self.unlink($0) })
        }

        static func unlink(_ key: String) -> RedisCommand {
            var command = RedisCommand("UNLINK", key: key)
            command.isSafeToRepeat = true
            return command
        }
    }
#endif
