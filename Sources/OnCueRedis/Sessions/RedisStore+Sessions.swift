#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
            let id = SessionID.make(at: (core.options.time ?? SystemTime()).now())
            try await core.sessions.open(opening, as: id)
            return id
        }

        public func closeSession(_ session: SessionID) async throws(StoreError) {
            _ = try await core.sessions.end(session, .close)
            core.sessions.forget(session)
        }

        public func fence(
            _ session: SessionID, ifRenewals renewals: Int64?, error: String
        ) async throws(StoreError) -> Int? {
            try await core.sessions.end(session, .fence(error: error, ifRenewals: renewals))
        }

        public func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
            let answer = try await core.registry.run(
                RegistryScripts.instruct, session: session, isSafeToRepeat: true
            ) { arguments in
                arguments.append(quiet ? 1 : 0)
                arguments.append(stop ? 1 : 0)
            }
            guard answer.integer == 1 else { throw StoreError(.notFound, "there is no session '\(session)'") }
        }

        /// A write in the registry, and a look into each queue that the session has joined.
        public func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
            let queues = try await core.sessions.joined(by: session)
            let commands =
                [core.registry.command(RegistryScripts.renew, session: session, isSafeToRepeat: true)]
                + queues.map { core.newsCommand(of: session, in: $0) }
            var answers = await core.sendEach(commands)
            if try answers[0].get().elements?.first(where: { _ in true })?.text == "unknown",
                try await core.sessions.reopen(session)
            {
                answers = await core.sendEach(commands)
            }
            return try core.news(answers, session)
        }

        public func news(for session: SessionID) async throws(StoreError) -> SessionNews {
            var command = RedisCommand("HMGET", key: core.registry.keys.session(session))
            for field in ["st", "quiet", "stop"] { command.append(field) }
            command.isSafeToRepeat = true
            let queues = try await core.sessions.joined(by: session)
            return try core.news(
                await core.sendEach([command] + queues.map { core.newsCommand(of: session, in: $0) }), session)
        }

        public func sessions() async throws(StoreError) -> [SessionInfo] {
            var list = RedisCommand("ZRANGE", key: core.registry.keys.sessions)
            list.append("0")
            list.append("-1")
            list.isSafeToRepeat = true
            let ids = try await core.send(list).elements?.compactMap { $0.text.map(SessionID.init(rawValue:)) } ?? []
            guard !ids.isEmpty else { return [] }
            let answers = try await core.send(
                ids.map { id in
                    var command = RedisCommand("HGETALL", key: core.registry.keys.session(id))
                    command.isSafeToRepeat = true
                    return command
                })
            var infos: [SessionInfo] = []
            var joined: Set<Queue> = []
            for (id, answer) in zip(ids, answers) {
                let pairs = try answer.pairs("a session")
                let fields = Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last }
                guard let info = try SessionInfo(id, fields) else { continue }
                infos.append(info)
                if info.standing == .open { joined.formUnion(try await core.sessions.registeredQueues(fields)) }
            }
            let held = try await core.heldCounts(in: joined)
            return infos.map { info in
                var info = info
                if info.standing == .open { info.held = held[info.id] ?? 0 }
                return info
            }
            .sorted { $0.id.rawValue < $1.id.rawValue }
        }
    }

    extension StoreCore {
        fileprivate func newsCommand(of session: SessionID, in queue: Queue) -> RedisCommand {
            command(Scripts.news, on: queue, session: session, isSafeToRepeat: true) { $0.append(session.rawValue) }
        }

        /// The registry's answer comes first, then one of each queue. A queue that cannot be reached just now has no news: that
        /// the session lives is the registry's to say.
        fileprivate func news(
            _ answers: [Result<RESPToken, StoreError>], _ session: SessionID
        ) throws(StoreError) -> SessionNews {
            let standing = try answers[0].get().elements.map { $0.map(\.text) } ?? []
            guard standing.count == 3, standing[0] == "open" else {
                if standing.first != "unknown" { sessions.forget(session) }
                throw .sessionEnded
            }
            var news = SessionNews(isQuiet: standing[1] == "1", isStopping: standing[2] == "1")
            for answer in answers.dropFirst() {
                guard case .success(let reply) = answer else { continue }
                guard let parts = reply.elements.map(Array.init), parts.count == 2, let held = parts[1].integer else {
                    throw .unreadable("what a session is to be told")
                }
                news.held += Int(held)
                for (job, what) in try parts[0].bytePairs("what a session is to be told") {
                    var reader = MessagePackReader(what)
                    guard let job = JobID(storedBytes: job), let what = reader.value()?.map else {
                        throw .unreadable("what a session is to be told")
                    }
                    news.cancellations.append(
                        .init(job: job, reason: what["r"]?.text, isTakenAway: what["t"]?.bool ?? false))
                }
            }
            news.cancellations.sort { $0.job < $1.job }
            return news
        }

        /// How many jobs each session holds, over these queues.
        fileprivate func heldCounts(in queues: Set<Queue>) async throws(StoreError) -> [SessionID: Int] {
            let commands = queues.flatMap { queue in
                JobPriority.allCases.map { level in
                    var command = RedisCommand("XPENDING", key: queue.keys.stream(of: level))
                    command.append(QueueKeys.group)
                    command.isSafeToRepeat = true
                    return command
                }
            }
            var counts: [SessionID: Int] = [:]
            for answer in await sendEach(commands) {
                // A stream without a group holds nothing.
                guard case .success(let summary) = answer else { continue }
                guard let parts = summary.elements.map(Array.init), parts.count == 4 else { continue }
                for consumer in parts[3].elements.map(Array.init) ?? [] {
                    guard let pair = consumer.elements.map(Array.init), pair.count == 2, let name = pair[0].text,
                        let count = pair[1].integer
                    else { continue }
                    counts[SessionID(rawValue: name), default: 0] += Int(count)
                }
            }
            return counts
        }
    }

    extension SessionInfo {
        /// Nil for one that has just been forgotten.
        init?(_ id: SessionID, _ fields: [String: RESPToken]) throws(StoreError) {
            guard let standing = fields["st"]?.text else { return nil }
            func number(_ name: String) -> Int64 { fields[name]?.integer ?? 0 }
            self.init(
                id: id, worker: fields["w"]?.text ?? "",
                process: try RegistryJSON.decode(ProcessIdentity.self, from: fields["p"]?.array ?? []),
                lease: .microseconds(number("l")),
                names: Set(try RegistryJSON.decode([JobName].self, from: fields["n"]?.array ?? [])),
                queues: try RegistryJSON.decode([QueueName].self, from: fields["q"]?.array ?? []),
                concurrency: Int(number("c")),
                standing: standing == "open" ? .open : standing.hasPrefix("clos") ? .closed : .fenced,
                renewals: number("r"), openedAt: Timestamp(microseconds: number("o")),
                renewedAt: Timestamp(microseconds: number("u")), held: 0)
        }
    }
#endif
