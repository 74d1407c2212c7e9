#if Redis
    import NIOCore

    /// How commands go to a server, and what goes with them.
    enum Delivery: Sendable {
        case pipeline
        /// Over a connection that waits at the server; with `endsWithTask` cancelling the task closes it.
        case blocking(endsWithTask: Bool)
        /// With a `WAIT` after them.
        case replicated(wait: RedisCommand)
        /// A single one, which is answered by what came of its `EXEC`; with a `WAIT` after it where there is one.
        case transaction(wait: RedisCommand?)

        /// What is to be waited for after the commands.
        private var wait: RedisCommand? {
            switch self {
            case .pipeline, .blocking: nil
            case .replicated(let wait): wait
            case .transaction(let wait): wait
            }
        }

        /// Sends each part to its server, and waits for all.
        ///
        /// - Returns: for each part what its commands were answered.
        func send(_ parts: [Part], deadline: NIODeadline) async -> [Answer] {
            if case .blocking(let endsWithTask) = self {
                var answers: [Answer] = []
                for part in parts {
                    let reply = await part.node.sendBlocking(
                        words(of: part), endsWithTask: endsWithTask, deadline: deadline)
                    answers.append(answer(to: part, reply))
                }
                return answers
            }
            let replies = await RedisGathering.send(
                parts.map { RedisGathering.Part(lane: lane(of: $0.node), commands: words(of: $0)) },
                deadline: deadline)
            return zip(parts, replies).map(answer)
        }

        /// What goes to one server.
        struct Part: Sendable {
            var node: RedisNode
            var commands: [RedisCommand]
            /// The places of commands that this server takes only after `ASKING`.
            var asking: Set<Int> = []
        }

        struct Answer: Sendable {
            /// One for each command.
            var results: [RedisResult]
            var acknowledgement: Acknowledgements.Count?
        }

        private func lane(of node: RedisNode) -> RedisLane {
            node.lane(isReplicated: wait != nil)
        }

        private func words(of part: Part) -> [RedisCommand] {
            var words = part.commands
            for place in part.asking.sorted(by: >) { words.insert(RedisCommand("ASKING"), at: place) }
            if let wait { words.append(wait) }
            return words
        }

        private func answer(to part: Part, _ reply: RedisReply) -> Answer {
            var results = reply.results
            var acknowledgement: Acknowledgements.Count?
            if wait != nil {
                let count = try? results.removeLast().get().integer.map(Int.init)
                acknowledgement = Acknowledgements.Count(
                    lane: lane(of: part.node), connection: reply.connection, count: count)
            }
            for place in part.asking.sorted() { results.remove(at: place) }
            if case .transaction = self { results = [Self.outcome(ofTransaction: results)] }
            return Answer(results: results, acknowledgement: acknowledgement)
        }

        /// `results` are those of `MULTI`, the commands and `EXEC`: what `EXEC` said, or what stopped it.
        private static func outcome(ofTransaction results: [RedisResult]) -> RedisResult {
            let last = results[results.count - 1]
            guard case .failure(let error) = last, error.server != nil else { return last }
            // EXEC itself only says that it was stopped.
            for result in results.dropLast() {
                if case .failure = result { return result }
            }
            return last
        }
    }
#endif
