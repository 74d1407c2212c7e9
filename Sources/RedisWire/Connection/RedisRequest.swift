#if Redis
    import NIOCore

    /// What a caller waits for: commands that go out together, and whom their replies resume.
    struct RedisRequest: Sendable {
        enum Waiter: Sendable {
            case caller(CheckedContinuation<RedisReply, Never>)
            /// Its place among requests to several servers whose replies are wanted together.
            case part(Int, of: RedisGathering)
        }

        let commands: [RedisCommand]
        let deadline: NIODeadline
        let waiter: Waiter

        /// How many come.
        var replies: Int { commands.reduce(0) { $0 + $1.replies } }

        func complete(_ results: [RedisResult], connection: Int = 0) {
            let reply = RedisReply(results: results, connection: connection)
            switch waiter {
            case .caller(let continuation): continuation.resume(returning: reply)
            case .part(let place, let gathering): gathering.put(reply, at: place)
            }
        }

        func fail(_ error: RedisError) {
            complete(Array(repeating: .failure(error), count: replies))
        }
    }

    struct RedisReply: Sendable {
        /// One for each command, and of a transaction those of all that it has.
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
