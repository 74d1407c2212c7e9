#if Redis
    import NIOCore
    import Synchronization

    /// Requests to several servers at once, without a task for each: the last reply resumes the caller.
    final class RedisGathering: Sendable {
        struct Part: Sendable {
            let lane: RedisLane
            let commands: [RedisCommand]
        }

        private struct State {
            var replies: [RedisReply?]
            var missing: Int
        }

        private let state: Mutex<State>
        private let continuation: CheckedContinuation<[RedisReply], Never>

        private init(count: Int, continuation: CheckedContinuation<[RedisReply], Never>) {
            state = Mutex(State(replies: Array(repeating: nil, count: count), missing: count))
            self.continuation = continuation
        }

        /// Sends each part to its server and waits for all replies, in the order of the parts.
        static func send(_ parts: [Part], deadline: NIODeadline) async -> [RedisReply] {
            guard parts.count > 1 else {
                guard let part = parts.first else { return [] }
                return [await part.lane.send(part.commands, deadline: deadline)]
            }
            return await withCheckedContinuation { continuation in
                let gathering = RedisGathering(count: parts.count, continuation: continuation)
                for (place, part) in parts.enumerated() {
                    part.lane.submit(
                        RedisRequest(
                            commands: part.commands, deadline: deadline, waiter: .part(place, of: gathering)))
                }
            }
        }

        func put(_ reply: RedisReply, at place: Int) {
            let all = state.withLock { state -> [RedisReply]? in
                state.replies[place] = reply
                state.missing -= 1
                return state.missing == 0 ? state.replies.compactMap(\.self) : nil
            }
            if let all { continuation.resume(returning: all) }
        }
    }
#endif
