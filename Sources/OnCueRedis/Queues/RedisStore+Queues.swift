#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func queues() async throws(StoreError) -> [QueueInfo] {
            let queues = try await core.registry.allQueues()
            let settings = try await core.registry.settings()
            let tallies = try await core.send(
                queues.map { core.command(Scripts.tally, on: $0, isSafeToRepeat: true) { _ in } })
            var infos: [QueueInfo] = []
            for (queue, tally) in zip(queues, tallies) {
                guard let tally = QueueTally(tally) else { throw .unreadable("the counts of queue '\(queue.name)'") }
                infos.append(
                    QueueInfo(
                        name: queue.name, isPaused: tally.isPaused, settings: settings.of[queue.name] ?? .init(),
                        counts: tally.counts, totals: tally.totals, oldestPendingSince: tally.oldestPendingSince))
            }
            return infos.sorted { one, other in
                let (first, second) = (one.settings.order ?? 0, other.settings.order ?? 0)
                return first == second ? one.name < other.name : first < second
            }
        }

        public func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
            do throws(ValidationError) {
                try queue.validated(field: "queue")
                if case .settings(let settings) = change { try settings.validate() }
            } catch {
                throw StoreError(error)
            }
            switch change {
            case .pause: try await pause(queue, true)
            case .resume: try await pause(queue, false)
            case .settings(let settings):
                try await whilePrepared(queue) { queue throws(StoreError) in
                    try await core.registry.keep(settings, of: queue.name)
                    return try await core.keepBounds(of: [queue])[0]
                }
            }
        }

        public func removeQueue(_ name: QueueName) async throws(StoreError) {
            guard let queue = try await core.registry.queue(name) else { throw .noQueue(name) }
            switch try await core.run(Scripts.retire, on: queue, isSafeToRepeat: true, { _ in }).text {
            case "removed": break
            case "none":
                // Either it is gone, or another caller, or the last try of this one, has come half-way.
                guard try await core.registry.isRegistered(name) else {
                    core.registry.forget(name)
                    throw .noQueue(name)
                }
            default:
                throw StoreError(.conflict, "queue '\(name)' has jobs; purge it first and let its running jobs end")
            }
            try await core.registry.unregister(queue)
            // Who enqueued between the two writes has made it again.
            try await core.restoreIfInUse(queue)
        }

        public func defaults() async throws(StoreError) -> QueueSettings {
            try await core.registry.settings().defaults
        }

        public func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
            do throws(ValidationError) {
                try settings.validate()
            } catch {
                throw StoreError(error)
            }
            try await core.registry.keepDefaults(settings)
            try await core.keepBounds(of: try await core.registry.allQueues())
        }

        private func pause(_ name: QueueName, _ isPaused: Bool) async throws(StoreError) {
            try await whilePrepared(name) { queue throws(StoreError) in
                try await core.run(Scripts.pause, on: queue, isSafeToRepeat: true) { $0.append(isPaused ? 1 : 0) }
            }
        }

        /// Makes the queue and does `body` to it, again where it was removed meanwhile: the script answers nothing then.
        private func whilePrepared(
            _ name: QueueName, _ body: (Queue) async throws(StoreError) -> RESPToken
        ) async throws(StoreError) {
            for _ in 0..<3 {
                let queue = try await core.registry.makeQueue(name)
                if !(try await body(queue)).isNull { return }
                core.registry.forget(name)
            }
            throw StoreError(.unavailable, "queue '\(name)' is removed again and again; try later")
        }
    }

    extension StoreCore {
        /// Tells queues how many jobs may wait in them, as it is set now. Answers nothing for one that is not prepared.
        @discardableResult
        func keepBounds(of queues: [Queue]) async throws(StoreError) -> [RESPToken] {
            let settings = try await registry.settings()
            return try await send(
                queues.map { queue in
                    command(Scripts.bound, on: queue, isSafeToRepeat: true) {
                        $0.append(settings.of[queue.name, default: .init()].waitingBound(settings.defaults))
                    }
                })
        }
    }

    extension QueueSettings {
        /// How many jobs may wait, where `defaults` say what this does not.
        func waitingBound(_ defaults: QueueSettings) -> Int {
            maxWaiting ?? defaults.maxWaiting ?? Limits.waitingJobs
        }
    }

    extension StoreError {
        fileprivate static func noQueue(_ name: QueueName) -> StoreError {
            StoreError(.notFound, "there is no queue '\(name)'")
        }
    }

    /// What ``Scripts/tally`` answers.
    struct QueueTally {
        var isPaused: Bool
        var totals: QueueTotals
        /// States without jobs are absent.
        var counts: [JobState: Int] = [:]
        var oldestPendingSince: Timestamp?

        /// The states in the order in which the script counts them.
        private static let states: [JobState] = [
            .delayed, .pending, .running, .retrying, .completed, .dead, .cancelled,
        ]

        init?(_ answer: RESPToken) {
            guard let parts = answer.elements.map(Array.init), parts.count == 4, let isPaused = parts[0].integer,
                let totals = parts[1].elements?.compactMap({ $0.integer.map(Int.init) }), totals.count == 5,
                let counts = parts[2].elements?.compactMap({ $0.integer.map(Int.init) }),
                counts.count == Self.states.count
            else { return nil }
            self.isPaused = isPaused == 1
            self.totals = QueueTotals(
                enqueued: totals[0], completed: totals[1], dead: totals[2], cancelled: totals[3], retried: totals[4])
            for (state, count) in zip(Self.states, counts) where count > 0 { self.counts[state] = count }
            oldestPendingSince = parts[3].integer.map(Timestamp.init(microseconds:))
        }
    }
#endif
