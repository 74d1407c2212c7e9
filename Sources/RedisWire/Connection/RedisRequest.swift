#if Redis
    import NIOCore

    /// What a caller waits for: commands that go out together, and the continuation that their replies resume.
    struct RedisRequest: Sendable {
        let commands: [RedisCommand]
        let deadline: NIODeadline
        let continuation: CheckedContinuation<RedisReply, Never>

        func complete(_ results: [RedisResult], connection: Int = 0) {
            continuation.resume(returning: RedisReply(results: results, connection: connection))
        }

        func fail(_ error: RedisError) {
            complete(Array(repeating: .failure(error), count: commands.count))
        }
    }

    struct RedisReply: Sendable {
        /// One for each command.
        var results: [RedisResult]
        /// Which connection of its lane they went over, counted from 1; 0 where they went over none.
        var connection: Int
    }

    extension NIODeadline {
        static func + (deadline: NIODeadline, duration: Duration) -> NIODeadline {
            deadline + TimeAmount(duration)
        }
    }
#endif
