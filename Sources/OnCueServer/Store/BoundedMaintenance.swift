#if Server
    import OnCue

    extension MaintenanceRequest {
        /// What of this may be done for a worker: nothing goes that the settings keep. Pure.
        func within(queues: [QueueInfo], defaults: QueueSettings, now: Timestamp) -> MaintenanceRequest {
            let settings = Dictionary(queues.map { ($0.name, $0.settings) }) { $1 }
            var bounded = self
            bounded.limit = min(limit, 10_000)
            bounded.prunes = prunes.compactMap { prune in
                let policy = settings[prune.queue]?.retention ?? defaults.retention ?? .default
                guard let bound = policy.bound(for: prune.state) else { return nil }
                var prune = prune
                prune.before = min(prune.before, now - bound.age)
                prune.keep = max(prune.keep, bound.count)
                return prune
            }
            bounded.eventsBefore = min(eventsBefore, now - Self.eventAge)
            bounded.eventsKeep = max(eventsKeep, Self.eventCount)
            bounded.sessionsBefore = min(sessionsBefore, now - Self.sessionAge)
            return bounded
        }

        /// As every worker of this version asks for it.
        private static let eventAge: Duration = .seconds(3_600)
        private static let eventCount = 10_000
        private static let sessionAge: Duration = .seconds(86_400)
    }
#endif
