#if Redis
    import OnCue
    import RedisWire

    /// One look for what a request may take: what ``ClaimPlan`` says, done.
    struct ClaimCall {
        struct Answer {
            var jobs: [LeasedJob] = []
            /// When the next job comes due.
            var nextDue: Timestamp?
            /// There may be something behind what was looked at.
            var isCutShort = false
            /// What is left, by channels; nil where that is not known.
            var left: [String: ClaimPlan.Supply]?
        }

        let core: StoreCore
        let request: ClaimRequest
        private let worker: String
        /// Of the queues of the request, nil where there is none or nothing is wanted of it.
        private(set) var queues: [Queue?]
        private(set) var answer = Answer()
        /// What was read and may not be taken; it goes back with the next commands.
        private var parked: [(place: ClaimPlan.Place, entry: ClaimedEntry, consumer: ReservedConsumer)] = []
        private var hasRead = false
        private var hasEnded = false
        /// A queue turned out to be paused.
        private var isClosed = false
        /// Nobody asked what there is.
        private var isByOutlook = false

        private static let promotedAtMost = 1_000

        init(_ core: StoreCore, _ request: ClaimRequest, worker: String, queues: [Queue?]) {
            self.core = core
            self.request = request
            self.worker = worker
            self.queues = queues
        }

        /// - Throws: `outcomeUnknown` also where something was taken and the rest of the call failed: ``RedisStore/held(by:besides:)``
        ///   finds it.
        ///
        /// - Parameter outlook: what there was a moment ago and has come since; who knows it need not ask.
        mutating func look(_ outlook: ClaimOutlook.Supplies? = nil) async throws(StoreError) -> Answer {
            guard queues.contains(where: { $0 != nil }) else { return answer }
            let supplies: [ClaimPlan.Supply?]
            if let known = outlook?.of(queues) {
                supplies = known
                isByOutlook = true
            } else {
                supplies = try await probe()
            }
            var plan = ClaimPlan(request, supplies)
            try await complete(&plan)
            answer.isCutShort = plan.isCutShort
            if !isClosed { answer.left = left(supplies, plan) }
            return answer
        }

        /// What a read that waited since the look has brought, and nothing else.
        ///
        /// - Throws: as ``look(_:)``.
        mutating func take(_ replies: BlockedRead.Replies, of read: BlockedRead) async throws(StoreError) -> [LeasedJob]
        {
            self = ClaimCall(core, request, worker: worker, queues: read.queues)
            hasRead = replies.mayHaveRun
            isByOutlook = true
            var found = Found()
            var reads: [ClaimPlan.Read] = []
            var supplies: [ClaimPlan.Supply?] = queues.map { $0 == nil ? nil : ClaimPlan.Supply() }
            do throws(StoreError) {
                for (place, entries) in try replies.entries(of: read) {
                    reads.append(ClaimPlan.Read(place: place, fresh: entries.count))
                    supplies[place.queue]?.fresh[place.level] = entries.count
                    found.add(entries, from: place)
                }
                guard !reads.isEmpty else { return [] }
                for (queue, admission) in zip(read.places, try replies.admissions) { admit(admission, queue, &found) }
            } catch {
                throw unlessUnread(error)
            }
            var plan = ClaimPlan(request, supplies)
            try await complete(&plan, after: (reads, found))
            return answer.jobs
        }

        /// - Parameter first: what has been read already.
        private mutating func complete(
            _ plan: inout ClaimPlan, after first: (reads: [ClaimPlan.Read], found: Found)? = nil
        ) async throws(StoreError) {
            var failure: StoreError?
            do throws(StoreError) {
                if let first { try await act(on: first.found, of: first.reads, &plan) }
                try await carryOut(&plan)
            } catch {
                failure = error
            }
            await core.logStarts(answer.jobs, in: names)
            if let failure { throw unlessUnread(failure) }
        }

        /// An error does not say that nothing was taken.
        private func unlessUnread(_ error: StoreError) -> StoreError {
            guard hasRead, error.code != .fenced else { return error }
            return StoreError(.outcomeUnknown, "jobs may have been claimed without an answer: \(error.message)")
        }

        private mutating func carryOut(_ plan: inout ClaimPlan) async throws(StoreError) {
            while true {
                if hasEnded {
                    _ = try await core.send(parkCommands())
                    throw .sessionEnded
                }
                switch plan.next() {
                case .peek(let peeks):
                    let reads = plan.reads(peeks, try await positions(peeks))
                    if !reads.isEmpty { try await carryOut(reads, &plan) }
                case .read(let reads): try await carryOut(reads, &plan)
                case .done:
                    _ = try await core.send(parkCommands())
                    return
                }
            }
        }

        private var names: [QueueName: Queue] {
            Dictionary(queues.compactMap { queue in queue.map { ($0.name, $0) } }) { first, _ in first }
        }

        // MARK: Looking

        private func left(_ supplies: [ClaimPlan.Supply?], _ plan: ClaimPlan) -> [String: ClaimPlan.Supply] {
            var left: [String: ClaimPlan.Supply] = [:]
            for (index, queue) in queues.enumerated() where supplies[index] != nil {
                if let queue { left[queue.keys.channel] = plan.supplies[index] }
            }
            return left
        }

        private mutating func probe() async throws(StoreError) -> [ClaimPlan.Supply?] {
            var supplies: [ClaimPlan.Supply?] = queues.map { _ in nil }
            let asked = queues.indices.filter { queues[$0] != nil }
            let answers = await core.sendEach(asked.compactMap { queues[$0].map(probeCommand) })
            var failure: StoreError?
            var hasAnswer = false
            for (index, answer) in zip(asked, answers) {
                do throws(StoreError) {
                    supplies[index] = try await supply(index, answer)
                    hasAnswer = true
                } catch {
                    if error.code == .fenced || error.code == .closed { throw error }
                    failure = error
                }
            }
            // A part of a cluster that cannot be reached does not keep the others from giving.
            if let failure, !hasAnswer { throw failure }
            return supplies
        }

        private func probeCommand(_ queue: Queue) -> RedisCommand {
            core.command(Scripts.probe, on: queue, session: request.session, isSafeToRepeat: true) { arguments in
                arguments.append(min(Self.promotedAtMost, max(100, request.limit)))
            }
        }

        private mutating func supply(
            _ index: Int, _ reply: Result<RESPToken, StoreError>
        ) async throws(StoreError) -> ClaimPlan.Supply? {
            var reply = try reply.get()
            if reply.elements?.first(where: { _ in true })?.text == "unknown" {
                // The queue was removed, or the server has lost what it had.
                let name = request.queues[index].name
                core.registry.forget(name)
                queues[index] = try await core.registry.queue(name)
                if let queue = queues[index] {
                    queues[index] = try await core.sessions.rejoin(request.session, queue)
                }
                guard let queue = queues[index] else { return nil }
                reply = try await core.send(probeCommand(queue))
            }
            guard reply.elements?.first(where: { _ in true })?.text == "open" else { throw .sessionEnded }
            let (supply, due, number) = try reply.supply()
            if let number, let queue = queues[index], queue.number != number {
                // The server was emptied, and what is known here comes from before. Ids go by the queue's own number.
                core.registry.forget(queue.name)
                queues[index] = Queue(name: queue.name, number: number, keys: queue.keys)
            }
            if let due { answer.nextDue = min(due, answer.nextDue ?? due) }
            return supply
        }

        private func positions(_ peeks: [ClaimPlan.Peek]) async throws(StoreError) -> [[StreamPosition]] {
            let groups = Dictionary(grouping: peeks.indices) { peeks[$0].place.queue }.sorted { $0.key < $1.key }
            let commands = groups.compactMap { index, members in
                queues[index].map { queue in
                    core.command(Scripts.peek, on: queue, isSafeToRepeat: true) { arguments in
                        for peek in members.map({ peeks[$0] }) {
                            arguments.append(peek.place.level.rawValue)
                            arguments.append(peek.count)
                            arguments.append(peek.parked.count)
                            for consumer in peek.parked { arguments.append(consumer.text) }
                        }
                    }
                }
            }
            var positions = [[StreamPosition]](repeating: [], count: peeks.count)
            for (group, reply) in zip(groups, try await core.send(commands)) {
                guard let levels = reply.elements.map(Array.init), levels.count == group.value.count else {
                    throw .unreadable("the positions of jobs")
                }
                for (peek, level) in zip(group.value, levels) {
                    positions[peek] = level.elements?.compactMap { $0.text.flatMap { StreamPosition($0) } } ?? []
                }
            }
            return positions
        }

        // MARK: Taking

        private struct Found {
            var entries: [ClaimPlan.Entry] = []
            var claimed: [ClaimedEntry] = []
            /// Places of the request whose queue was paused or left by the session meanwhile.
            var closed: Set<Int> = []
            /// Queues where a plain entry's job can have a record.
            var withRecords: Set<QueueName> = []

            mutating func add(_ entries: [ClaimedEntry], from place: ClaimPlan.Place) {
                claimed += entries
                self.entries += entries.map { entry in
                    ClaimPlan.Entry(place: place, position: entry.position, name: entry.name, from: entry.from)
                }
            }
        }

        private mutating func carryOut(
            _ reads: [ClaimPlan.Read], _ plan: inout ClaimPlan
        ) async throws(StoreError) {
            try await act(on: try await read(reads), of: reads, &plan)
        }

        /// Starts what may be taken of what was read.
        private mutating func act(
            on found: Found, of reads: [ClaimPlan.Read], _ plan: inout ClaimPlan
        ) async throws(StoreError) {
            for queue in found.closed { plan.close(queue) }
            isClosed = isClosed || !found.closed.isEmpty
            let decision = plan.decide(reads, found.entries, size: found.claimed.reduce(0) { $0 + $1.size })
            for index in decision.parked {
                let entry = found.entries[index]
                if entry.parking == .damaged { core.reportDamaged(found.claimed[index], queues[entry.place.queue]) }
                parked.append((entry.place, found.claimed[index], entry.parking))
            }
            var candidates: [ClaimCandidate] = []
            for index in decision.taken {
                let entry = found.entries[index]
                guard let queue = queues[entry.place.queue] else { continue }
                candidates.append(
                    ClaimCandidate(
                        queue: queue, level: entry.place.level, entry: found.claimed[index], isSuspect: entry.isSuspect)
                )
            }
            guard !candidates.isEmpty else { return }
            // Only what was handed out before: who gives a new plain job a record gives it a new entry too.
            func mayHaveRecord(_ candidate: ClaimCandidate) -> Bool {
                candidate.entry.from != nil && found.withRecords.contains(candidate.queue.name)
            }
            let hasRecords = candidates.contains { $0.entry.isRecord || mayHaveRecord($0) }
            let isAlone = !hasRecords && core.options.time == nil
            let starts = try await core.start(
                candidates, for: request.session, worker: worker, suspects: plan.budget.suspects,
                before: isAlone ? [] : parkCommands(), mayHaveRecord: mayHaveRecord)
            for (index, start) in zip(decision.taken, starts) {
                let entry = found.entries[index]
                switch start {
                case .running(let job):
                    if job.lostWorkers > 0, !entry.isSuspect { plan.countSuspect() }
                    answer.jobs.append(job)
                case .tooMany, .gone:
                    plan.giveBack(entry)
                case .damaged:
                    plan.giveBack(entry)
                    core.reportDamaged(found.claimed[index], queues[entry.place.queue])
                    parked.append((entry.place, found.claimed[index], .damaged))
                }
            }
        }

        private mutating func read(_ reads: [ClaimPlan.Read]) async throws(StoreError) -> Found {
            var commands = parkCommands()
            let parks = commands.count
            var kinds: [(read: Int?, queue: Int)] = []
            for (queue, members) in Dictionary(grouping: reads.indices, by: { reads[$0].place.queue }).sorted(by: {
                $0.key < $1.key
            }) {
                guard let known = queues[queue] else { continue }
                for index in members {
                    let read = reads[index]
                    if read.mostParked > 0 {
                        commands.append(core.reclaimCommand(read, known, for: request.session))
                        kinds.append((index, queue))
                    }
                    if read.fresh > 0 {
                        commands.append(
                            core.readCommand(known, read.place.level, for: request.session, count: read.fresh))
                        kinds.append((index, queue))
                    }
                }
                commands += Admission.commands(known, for: request.session)
                kinds.append((nil, queue))
            }
            let replies = await core.sendEach(commands)
            hasRead = hasRead || replies.contains { $0.mayHaveRun }
            for park in replies.prefix(parks) { _ = try park.get() }
            var found = Found()
            var parts: [Int: [ClaimedEntry]] = [:]
            var rest = replies.dropFirst(parks)
            for kind in kinds {
                if let index = kind.read {
                    let token: RESPToken
                    do throws(StoreError) {
                        token = try rest.removeFirst().get()
                    } catch {
                        // The queue was removed under it.
                        guard error.message.hasPrefix("NOGROUP") else { throw error }
                        continue
                    }
                    // What was given back says who held it, what is new does not.
                    let isReclaimed = parts[index] == nil && reads[index].mostParked > 0
                    parts[index, default: []] += try isReclaimed ? token.reclaimedEntries() : token.readEntries()
                } else {
                    admit(try Admission(rest.prefix(Admission.commandCount)), kind.queue, &found)
                    rest = rest.dropFirst(Admission.commandCount)
                }
            }
            for (index, read) in reads.enumerated() { found.add(parts[index] ?? [], from: read.place) }
            return found
        }

        private mutating func admit(_ admission: Admission, _ queue: Int, _ found: inout Found) {
            if admission.standing != .open { found.closed.insert(queue) }
            switch admission.standing {
            case .open, .paused: break
            // A look joins it again.
            case .unknown where isByOutlook: break
            case .unknown, .ended: hasEnded = true
            }
            if admission.hasRecords { found.withRecords.insert(request.queues[queue].name) }
        }

        private mutating func parkCommands() -> [RedisCommand] {
            defer { parked = [] }
            return Dictionary(grouping: parked) { $0.place.queue }.compactMap { index, entries in
                queues[index].map { core.parkCommand(entries, $0, from: request.session) }
            }
        }
    }

    extension Result where Success == RESPToken, Failure == StoreError {
        var mayHaveRun: Bool {
            switch self {
            case .success: true
            case .failure(let error): error.code == .outcomeUnknown
            }
        }
    }
#endif
