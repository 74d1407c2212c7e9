#if Redis
    public import OnCue

    extension RedisStore {
        public func events(
            after cursor: EventCursor, limit: Int, wait: Duration
        ) async throws(StoreError) -> EventPage {
            guard wait > .zero, limit > 0 else {
                return try await EventReader(core).page(after: cursor, limit: limit)
            }
            let end = core.uptime() + wait
            var queues = try await core.loggedQueues()
            while true {
                let mark = await core.wakes.mark([core.registry.channel] + queues.map(\.keys.channel), .happened)
                let reader = try await EventReader(core)
                let page = try await reader.page(after: cursor, limit: limit)
                guard page.events.isEmpty, core.uptime() < end, !Task.isCancelled else { return page }
                // A queue that was made meanwhile is not listened to yet.
                if Set(reader.queues.map(\.keys.channel)).isSubset(of: queues.map(\.keys.channel)) {
                    await core.wakes.wait(for: mark, until: end)
                }
                queues = reader.queues
            }
        }

        public func latestEvent() async throws(StoreError) -> EventCursor {
            try await EventReader(core).latest()
        }
    }
#endif
