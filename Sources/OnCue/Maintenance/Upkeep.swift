/// What housekeeping a store is asked for, worked out from the settings. Pure.
enum Upkeep {
    /// Rows to touch at most in one call; stores do it in pieces. With fewer a round costs more than what it removes.
    static let batch = 10_000
    /// Events stay so long, and at most so many.
    static let eventAge: Duration = .seconds(3_600)
    static let eventCount = 10_000
    /// Sessions that have ended are remembered so long.
    static let sessionAge: Duration = .seconds(86_400)

    static func request(queues: [QueueInfo], defaults: QueueSettings, now: Timestamp) -> MaintenanceRequest {
        MaintenanceRequest(
            limit: batch, prunes: prunes(queues: queues, defaults: defaults, now: now),
            eventsBefore: now - eventAge, eventsKeep: eventCount, sessionsBefore: now - sessionAge)
    }

    /// The finished jobs that may go: by queue and state, where there are any.
    static func prunes(
        queues: [QueueInfo], defaults: QueueSettings, now: Timestamp
    ) -> [MaintenanceRequest.Prune] {
        var prunes: [MaintenanceRequest.Prune] = []
        for queue in queues {
            let policy = queue.settings.retention ?? defaults.retention ?? .default
            for state in JobState.allCases {
                guard let bound = policy.bound(for: state), queue.count(state) > 0 else { continue }
                prunes.append(
                    MaintenanceRequest.Prune(
                        queue: queue.name, state: state, before: now - bound.age, keep: bound.count))
            }
        }
        return prunes
    }
}
