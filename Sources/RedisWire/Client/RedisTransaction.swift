#if Redis
    import NIOCore

    extension RedisClient {
        /// Runs the commands as one (`MULTI … EXEC`): all or none, without others in between. On a cluster all their keys are in
        /// one slot.
        ///
        /// - Returns: one result for each command. A script that the server does not know is an error of its command here:
        ///   the others have run.
        /// - Throws: when none has run, or when that is not known (`outcomeUnknown`).
        public func transaction(
            _ commands: [RedisCommand], timeout: Duration? = nil
        ) async throws(RedisError) -> [Result<RESPToken, RedisError>] {
            guard !commands.isEmpty else { return [] }
            // One command stands for the whole: it goes to the server of their keys.
            var whole = RedisCommand("MULTI")
            whole.isSafeToRepeat = commands.allSatisfy(\.isSafeToRepeat)
            for command in commands { whole.route(with: command) }
            let reply = try await router.deliver([whole], by: .transaction(commands), until: deadline(timeout))
                .results[0].get()
            guard let elements = reply.elements, elements.count == commands.count else {
                throw RedisError(.protocolViolation, "EXEC did not answer for each command.")
            }
            return elements.map { element in
                element.error.map { .failure(RedisError($0)) } ?? .success(element)
            }
        }

        /// Sends the commands and then waits until `replicas` replicas have them, but not longer than `within`.
        ///
        /// - Returns: a result for each command, and how many replicas have acknowledged all that succeeded; nil where that is
        ///   not known.
        public func replicated(
            _ commands: [RedisCommand], replicas: Int, within: Duration
        ) async -> (results: [Result<RESPToken, RedisError>], acknowledged: Int?) {
            let deadline = deadline(configuration.commandTimeout + within)
            var wait = RedisCommand("WAIT")
            wait.append(replicas)
            // 0 would wait without end.
            wait.append(max(1, Int(within / .milliseconds(1))))
            let outcome = await router.deliver(commands, by: .replicated(wait: wait), until: deadline)
            return (outcome.results, outcome.acknowledged)
        }
    }
#endif
