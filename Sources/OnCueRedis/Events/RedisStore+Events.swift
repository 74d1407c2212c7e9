#if Redis
    public import OnCue

    extension RedisStore {
        public func events(
            after cursor: EventCursor, limit: Int, wait: Duration
        ) async throws(StoreError) -> EventPage {
            let end = core.uptime() + wait
            while true {
                let queues = try await core.loggedQueues()
                guard wait > .zero, limit > 0 else {
                    return try await EventReader(core: core, queues: queues).page(after: cursor, limit: limit)
                }
                let mark = await core.wakes.mark(
                    [core.registry.channel] + queues.map(\.keys.channel), .happened)
                let page = try await EventReader(core: core, queues: queues).page(after: cursor, limit: limit)
                guard page.events.isEmpty, core.uptime() < end, !Task.isCancelled else { return page }
                await core.wakes.wait(for: mark, until: end)
            }
        }

        public func latestEvent() async throws(StoreError) -> EventCursor {
            try await EventReader(core: core, queues: try await core.loggedQueues()).latest()
        }
    }
#endif
