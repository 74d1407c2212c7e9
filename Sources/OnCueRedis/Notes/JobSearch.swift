#if Redis
    import OnCue
    import RedisWire

    extension StoreCore {
        /// Where a plain job stands, as its id says; nothing in the id of a caller.
        struct PlaceByID {
            var level = 0
            var entry = ""
        }

        /// The first answer that is not nil, of the queue that the id names or, where that has none, of any.
        func inQueue(
            of job: JobID, _ command: (Queue, PlaceByID) -> RedisCommand
        ) async throws(StoreError) -> RESPToken? {
            var asked: Queue?
            if let made = StoreMadeID(job), let queue = try await registry.queue(numbered: made.queue) {
                let place = PlaceByID(level: made.level.rawValue, entry: made.position.description)
                let answer = try await send(command(queue, place))
                if !answer.isNull { return answer }
                asked = queue
            }
            let others = try await registry.allQueues().filter { $0 != asked }
            guard !others.isEmpty else { return nil }
            return try await send(others.map { command($0, PlaceByID()) }).first { !$0.isNull }
        }
    }
#endif
