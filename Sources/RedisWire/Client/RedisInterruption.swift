#if Redis
    import NIOCore
    import Synchronization

    /// Ends what waits at the server, by closing its connection: for those who must not be ended with their task.
    public final class RedisInterruption: Sendable {
        private struct State {
            var isRaised = false
            var lanes: [RedisLane] = []
        }

        private let state = Mutex(State())

        public init() {}

        /// What waits throws `.cancelled`, and so does what begins later; the commands may have run.
        public func raise() {
            let lanes = state.withLock { state in
                state.isRaised = true
                return state.lanes
            }
            for lane in lanes { lane.closeSoon(because: Self.error) }
        }

        var isRaised: Bool { state.withLock { $0.isRaised } }

        /// Sends over a connection that nobody else uses.
        func send(_ commands: [RedisCommand], over lane: RedisLane, deadline: NIODeadline) async -> RedisReply {
            let isLate = state.withLock { state in
                state.lanes.append(lane)
                return state.isRaised
            }
            if isLate { lane.closeSoon(because: Self.error) }
            var reply = await lane.send(commands, deadline: deadline)
            let wasRaised = state.withLock { state in
                state.lanes.removeAll { $0 === lane }
                return state.isRaised
            }
            // The connection was closed under it: that says no more than that.
            if wasRaised, case .failure(let error)? = reply.results.last, error.server == nil {
                reply.results = commands.map { _ in .failure(Self.error) }
            }
            return reply
        }

        private static var error: RedisError {
            RedisError(.cancelled, "It was called off while it waited at the server; the command may have run.")
        }
    }
#endif
