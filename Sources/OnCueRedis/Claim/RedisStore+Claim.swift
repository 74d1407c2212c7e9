#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
            guard request.limit > 0, !request.queues.isEmpty else {
                guard try await core.isOpen(request.session) else { throw .sessionEnded }
                return []
            }
            // To read many jobs takes as long as to write as many outcomes: the connection's thread has other things to do.
            if request.limit >= ClaimOutlooks.worthwhile, request.wait == .zero { return try await core.take(request) }
            return try await withTaskExecutorPreference(core.executor) { () async throws(StoreError) in
                try await core.take(request)
            }
        }

        public func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
            let fields = try await core.sessions.fields(of: session)
            guard fields["st"]?.text == "open" else { return [] }
            var jobs: [LeasedJob] = []
            for queue in try await core.sessions.registeredQueues(fields).sorted(by: { $0.name < $1.name }) {
                let entries = try await core.heldEntries(of: session, in: queue, besides: known)
                let starts = try await core.start(
                    entries, for: session, worker: fields["w"]?.text ?? "", suspects: .max, before: []
                ) { _ in true }
                for case .running(let job) in starts { jobs.append(job) }
            }
            return jobs
        }
    }

    extension StoreCore {
        /// Looks until there is something or the wait is over.
        fileprivate func take(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
            let end = uptime() + max(.zero, request.wait)
            let channels = claimChannels(request)
            let isMany = request.limit >= ClaimOutlooks.worthwhile
            let waits = request.wait > .zero
            // Who neither waits nor looks ahead need not listen.
            var mark =
                waits
                ? await wakes.mark(channels, .claimable) : isMany ? wakes.glance(channels, .claimable) : nil
            var supplies = mark.flatMap { mark in
                isMany ? outlooks.take(request.session)?.supplies(at: mark, for: request.limit) : nil
            }
            var mayRead = waits
            while true {
                var call = try await prepare(request)
                var answer = try await call.look(supplies)
                // Others were faster: then there may be something else.
                if supplies != nil, answer.jobs.isEmpty {
                    call = try await prepare(request)
                    answer = try await call.look()
                }
                let outlook = mark.flatMap { mark in answer.left.map { ClaimOutlook($0, mark: mark) } }
                guard waits, let seen = mark, answer.jobs.isEmpty, uptime() < end, !Task.isCancelled else {
                    if let outlook, isMany { outlooks.keep(outlook, for: request.session) }
                    return answer.jobs
                }
                // What was looked past is parked now: there is more to look at at once.
                if !answer.isCutShort {
                    var dueIn: Duration?
                    if let due = answer.nextDue { dueIn = await time(until: due) }
                    let wait = ClaimWait(core: self, mark: seen, channels: channels, end: end, dueIn: dueIn)
                    if mayRead, let read = BlockedRead(after: call), let replies = await wait.wait(beside: read) {
                        let jobs = try await call.take(replies, of: read)
                        if !jobs.isEmpty { return jobs }
                        // What cannot be read that way would fail again at once.
                        mayRead = !replies.hasFailed
                    } else {
                        await wait.wait()
                    }
                    // Another look would take jobs that nobody waits for.
                    if Task.isCancelled { return [] }
                }
                let now = await wakes.mark(channels, .claimable)
                supplies = answer.isCutShort ? nil : outlook?.news(at: now)
                mark = now
            }
        }

        fileprivate func isOpen(_ session: SessionID) async throws(StoreError) -> Bool {
            try await sessions.fields(of: session)["st"]?.text == "open"
        }

        /// What says that there is something to claim for this request, also in queues that are still to be made.
        fileprivate func claimChannels(_ request: ClaimRequest) -> [String] {
            request.queues.compactMap { queue in
                // A name that breaks the rules has no queue.
                queue.limit > 0 ? (try? QueueKeys(prefix: prefix, queue: queue.name))?.channel : nil
            }
        }

        /// A look at the queues of the request, with those that are there.
        fileprivate func prepare(_ request: ClaimRequest) async throws(StoreError) -> ClaimCall {
            var queues: [Queue?] = []
            for wanted in request.queues {
                var queue = wanted.limit > 0 ? try await registry.queue(wanted.name) : nil
                if let known = queue { queue = try await sessions.join(request.session, known) }
                queues.append(queue)
            }
            var worker = ""
            if queues.contains(where: { $0 != nil }) {
                worker = try await sessions.worker(of: request.session)
            } else {
                guard try await isOpen(request.session) else { throw .sessionEnded }
            }
            return ClaimCall(self, request, worker: worker, queues: queues)
        }

        /// The entries that a session holds in a queue, in their order, without those of jobs that are known.
        fileprivate func heldEntries(
            of session: SessionID, in queue: Queue, besides known: Set<JobID>
        ) async throws(StoreError) -> [ClaimCandidate] {
            // Most of what is known need not be read: an id of a plain job says its entry.
            var positions: [JobPriority: Set<StreamPosition>] = [:]
            for id in known.lazy.compactMap({ StoreMadeID($0) }) where id.queue == queue.number {
                positions[id.level, default: []].insert(id.position)
            }
            var found: [ClaimCandidate] = []
            for level in JobPriority.allCases {
                let holdings = try await holdings(of: session, queue, level).filter {
                    !(positions[level]?.contains($0.position) ?? false)
                }
                for start in stride(from: 0, to: holdings.count, by: 1_000) {
                    let part = holdings[start..<min(start + 1_000, holdings.count)]
                    let replies = try await send(part.map { entryCommand($0.position, queue, level) })
                    for (holding, reply) in zip(part, replies) {
                        guard let parts = reply.elements?.first(where: { _ in true })?.elements.map(Array.init),
                            parts.count == 2,
                            let entry = ClaimedEntry(position: parts[0], count: holding.count, fields: parts[1]),
                            let id = entry.id(in: queue, level), !known.contains(id)
                        else { continue }
                        found.append(ClaimCandidate(queue: queue, level: level, entry: entry, isSuspect: true))
                    }
                }
            }
            return found
        }

        private func entryCommand(_ position: StreamPosition, _ queue: Queue, _ level: JobPriority) -> RedisCommand {
            var command = RedisCommand("XRANGE", key: queue.keys.stream(of: level))
            command.append(position.description)
            command.append(position.description)
            command.isSafeToRepeat = true
            return command
        }

        private func holdings(
            of session: SessionID, _ queue: Queue, _ level: JobPriority
        ) async throws(StoreError) -> [(position: StreamPosition, count: DeliveryCount)] {
            let page = 10_000
            var holdings: [(position: StreamPosition, count: DeliveryCount)] = []
            var from = "-"
            while true {
                var command = RedisCommand("XPENDING", key: queue.keys.stream(of: level))
                for word in [QueueKeys.group, from, "+", String(page), session.rawValue] { command.append(word) }
                command.isSafeToRepeat = true
                let reply: RESPToken
                do throws(StoreError) {
                    reply = try await send(command)
                } catch {
                    // Somebody has deleted the group: nobody holds anything.
                    guard error.message.hasPrefix("NOGROUP") else { throw error }
                    return holdings
                }
                guard let held = reply.elements else { throw .unreadable("XPENDING") }
                for one in held {
                    guard let parts = one.elements.map(Array.init), parts.count == 4,
                        let position = parts[0].text.flatMap({ StreamPosition($0) }), let count = parts[3].integer
                    else { throw .unreadable("XPENDING") }
                    holdings.append((position, DeliveryCount(rawValue: count)))
                }
                guard held.count == page, let last = holdings.last else { return holdings }
                from = "(" + last.position.description
            }
        }
    }
#endif
