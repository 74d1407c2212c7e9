#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        /// One look at every queue, then a script for each piece of work that the look has found.
        ///
        /// A queue that cannot be reached is left out: the others get theirs, and the first error is thrown at the end.
        public func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
            var upkeep = Upkeep(core: core, request: request, now: try await core.now())
            return try await upkeep.run()
        }
    }

    /// One round of housekeeping.
    struct Upkeep {
        let core: StoreCore
        let request: MaintenanceRequest
        /// Before anything was looked at.
        let now: Timestamp
        var report = MaintenanceReport()
        var firstError: StoreError?
        private var prunesLeft: Int

        /// Jobs that one script touches at most of a kind: so that it holds up no one.
        static let piece = 500
        /// The same, where most go in bundles.
        private static let bundledPiece = 2_500

        init(core: StoreCore, request: MaintenanceRequest, now: Timestamp) {
            self.core = core
            self.request = request
            self.now = now
            prunesLeft = max(0, request.limit)
        }

        private var limit: Int { max(0, request.limit) }

        mutating func run() async throws(StoreError) -> MaintenanceReport {
            try await makeSureOfWrites()
            let queues = try await core.registry.allQueues()
            let names = Set(queues.map(\.name))
            let removed = try await core.registry.removedQueues().filter { !names.contains($0.name) }
            let needs = try await look(at: queues + removed)
            let inUse = needs.filter { names.contains($0.queue.name) }

            await attempt { upkeep throws(StoreError) in try await upkeep.passTime(inUse) }
            await attempt { upkeep throws(StoreError) in try await upkeep.prune(inUse) }
            if prunesLeft <= 0 { report.hasMore = true }
            report.pruned = limit - prunesLeft
            await attempt { upkeep throws(StoreError) in try await upkeep.pruneEvents(needs) }
            await attempt { upkeep throws(StoreError) in try await upkeep.keepBounds(inUse) }
            await attempt { upkeep throws(StoreError) in try await upkeep.tidySessions(inUse) }
            let isWhole = needs.count == queues.count + removed.count
            await attempt { upkeep throws(StoreError) in
                try await upkeep.tidyFollowUps(needs, isWhole: isWhole)
            }
            await attempt { upkeep throws(StoreError) in
                try await upkeep.tidyRemoved(needs.filter { !names.contains($0.queue.name) })
            }
            if let firstError { throw firstError }
            return report
        }

        /// Where sessions can be read and not be renewed, as on a server that has become a replica, they look silent. Who watches
        /// them has to hear of it, also in a round that has nothing to write.
        private func makeSureOfWrites() async throws(StoreError) {
            try await core.registry.begin()
        }

        /// Goes on with the rest where one kind of work fails.
        private mutating func attempt(_ work: (inout Upkeep) async throws(StoreError) -> Void) async {
            do throws(StoreError) {
                try await work(&self)
            } catch {
                firstError = firstError ?? error
            }
        }

        private mutating func look(at queues: [Queue]) async throws(StoreError) -> [UpkeepNeeds] {
            let answers = await core.sendEach(
                queues.map { core.command(Scripts.upkeepNeeds, on: $0, isSafeToRepeat: true) })
            var needs: [UpkeepNeeds] = []
            for (queue, answer) in zip(queues, answers) {
                switch answer {
                case .success(let reply):
                    guard let need = UpkeepNeeds(queue, reply) else {
                        throw .unreadable("what there is to tidy in queue '\(queue.name)'")
                    }
                    needs.append(need)
                case .failure(let error): firstError = firstError ?? error
                }
            }
            return needs
        }

        // MARK: What time brings

        private mutating func passTime(_ needs: [UpkeepNeeds]) async throws(StoreError) {
            var (toExpire, toPromote) = (limit, limit)
            for need in needs where need.hasTimeToPass {
                while true {
                    let pieces = [
                        min(toExpire, Self.piece), min(toPromote, Self.piece), min(prunesLeft, Self.piece), Self.piece,
                    ]
                    let answer = try await core.run(Scripts.passTime, on: need.queue) { arguments in
                        for piece in pieces { arguments.append(piece) }
                    }
                    guard let counts = answer.elements?.compactMap({ $0.integer.map(Int.init) }), counts.count == 6
                    else { throw .unreadable("what time has brought") }
                    report.expired += counts[0]
                    report.promoted += counts[2]
                    toExpire -= counts[1]
                    toPromote -= counts[3]
                    prunesLeft -= counts[4]
                    let wasFull = zip([counts[1], counts[3], counts[5]], pieces).contains { $1 > 0 && $0 >= $1 }
                    if !wasFull { break }
                }
                if need.timedKeys > Self.piece || need.waits > Self.piece { report.hasMore = true }
            }
            if toExpire <= 0 || toPromote <= 0 { report.hasMore = true }
        }

        // MARK: Finished jobs

        private mutating func prune(_ needs: [UpkeepNeeds]) async throws(StoreError) {
            for prune in request.prunes where prunesLeft > 0 {
                guard let need = needs.first(where: { $0.queue.name == prune.queue }),
                    let finished = need.finished[prune.state],
                    finished.count > prune.keep || finished.first.map({ $0 < prune.before }) ?? false
                else { continue }
                try await carryOut(prune, in: need.queue)
            }
        }

        /// Some pieces at once: on a busy server each stands behind what others want of it.
        private mutating func carryOut(
            _ prune: MaintenanceRequest.Prune, in queue: Queue
        ) async throws(StoreError) {
            var hasMore = true
            while hasMore, prunesLeft > 0 {
                let pieces = stride(from: 0, to: min(prunesLeft, 4 * Self.bundledPiece), by: Self.bundledPiece).map {
                    min(prunesLeft - $0, Self.bundledPiece)
                }
                let answers = await core.sendEach(
                    pieces.map { piece in
                        core.command(Scripts.prune, on: queue) { arguments in
                            arguments.append(prune.state.rawValue)
                            arguments.append(prune.before.microseconds)
                            arguments.append(max(0, prune.keep))
                            arguments.append(piece)
                            arguments.append(Self.piece)
                        }
                    })
                for answer in answers {
                    guard let counts = try answer.get().elements?.compactMap({ $0.integer.map(Int.init) }),
                        counts.count == 2
                    else { throw .unreadable("how many jobs were pruned") }
                    prunesLeft -= counts[0]
                    hasMore = counts[1] != 0
                }
            }
        }

        // MARK: Bounds

        /// A bound that is not what is set: whoever set it was ended between its two writes.
        private mutating func keepBounds(_ needs: [UpkeepNeeds]) async throws(StoreError) {
            let settings = try await core.registry.settings()
            let outdated = needs.filter { need in
                need.isPrepared
                    && need.maximum != settings.of[need.queue.name, default: .init()].waitingBound(settings.defaults)
            }
            if !outdated.isEmpty { try await core.keepBounds(of: outdated.map(\.queue)) }
        }

        // MARK: Removed queues

        /// How long something is kept of a removed queue: no process still believes it to be there then.
        private static let removedFor: Duration = .seconds(86_400)

        private mutating func tidyRemoved(_ needs: [UpkeepNeeds]) async throws(StoreError) {
            for need in needs {
                if need.isPrepared {
                    try await core.restoreIfInUse(need.queue)
                } else if need.events == 0 {
                    let answer = try await core.run(Scripts.bury, on: need.queue, isSafeToRepeat: true) {
                        $0.append(Self.removedFor.wholeMicroseconds)
                    }
                    switch answer.integer {
                    case 1: try await core.registry.forgetRemoved(need.queue)
                    case 2: try await core.registry.register(need.queue)
                    default: break
                    }
                }
            }
        }
    }
#endif
