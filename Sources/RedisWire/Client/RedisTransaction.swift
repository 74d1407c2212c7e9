#if Redis
    import NIOCore

    extension RedisClient {
        /// Runs the commands as one (`MULTI … EXEC`): all or none, without others in between.
        ///
        /// - Returns: one result for each command. A script that the server does not know is an error of its command here:
        ///   the others have run.
        /// - Throws: when none has run, or when that is not known (`outcomeUnknown`).
        public func transaction(
            _ commands: [RedisCommand], timeout: Duration? = nil
        ) async throws(RedisError) -> [Result<RESPToken, RedisError>] {
            guard !commands.isEmpty else { return [] }
            let node = try resolved()
            let deadline = deadline(timeout)
            let isSafeToRepeat = commands.allSatisfy(\.isSafeToRepeat)
            var attempt = 0
            while true {
                let results = await node.send(
                    [RedisCommand("MULTI")] + commands + [RedisCommand("EXEC")], deadline: deadline
                )
                .results
                let error: RedisError
                switch Self.outcome(results) {
                case .success(let replies): return replies
                case .failure(let failure): error = failure
                }
                let mayRepeat =
                    switch error.code {
                    case .notSent: true
                    case .outcomeUnknown: isSafeToRepeat
                    case .server(let server): server.passes
                    default: false
                    }
                attempt += 1
                let delay = Backoff().delay(attempt: attempt)
                guard mayRepeat, .now() + delay < deadline else { throw error }
                if error.server?.code == "READONLY" { node.replaceConnections() }
                await node.eventLoop.pause(delay)
            }
        }

        /// `results` are those of `MULTI`, the commands and `EXEC`.
        private static func outcome(_ results: [RedisResult]) -> Result<[RedisResult], RedisError> {
            switch results[results.count - 1] {
            case .success(let reply):
                guard let elements = reply.elements, elements.count == results.count - 2 else {
                    return .failure(RedisError(.protocolViolation, "EXEC did not answer for each command."))
                }
                return .success(
                    elements.map { element in
                        element.error.map { .failure(RedisError($0)) } ?? .success(element)
                    })
            case .failure(let error):
                // What stopped it was said before EXEC, which only says that it was stopped.
                guard error.server != nil else { return .failure(error) }
                for result in results.dropLast() {
                    if case .failure(let cause) = result { return .failure(cause) }
                }
                return .failure(error)
            }
        }

        /// Sends the commands and then waits until `replicas` replicas have them, but not longer than `within`.
        ///
        /// - Returns: a result for each command, and how many replicas have acknowledged all that succeeded; nil where that is
        ///   not known.
        public func replicated(
            _ commands: [RedisCommand], replicas: Int, within: Duration
        ) async -> (results: [Result<RESPToken, RedisError>], acknowledged: Int?) {
            let node: RedisNode
            do throws(RedisError) {
                node = try resolved()
            } catch {
                return (Array(repeating: .failure(error), count: commands.count), nil)
            }
            let deadline = deadline(configuration.commandTimeout + within)
            var wait = RedisCommand("WAIT")
            wait.append(replicas)
            // 0 would wait without end.
            wait.append(max(1, Int(within / .milliseconds(1))))
            let wholeCount = commands.count
            let waiting = wait
            var acknowledged: Int?
            var connection = 0
            let results = await repeating(commands, on: node, until: deadline) { commands in
                let reply = await node.sendReplicated(commands + [waiting], deadline: deadline)
                // WAIT speaks for the writes of its own connection.
                let speaksForAll = commands.count == wholeCount || reply.connection == connection
                connection = reply.connection
                let count = (try? reply.results[commands.count].get())?.integer
                acknowledged = speaksForAll ? count.map(Int.init) : nil
                return Array(reply.results.prefix(commands.count))
            }
            return (results, acknowledged)
        }
    }
#endif
