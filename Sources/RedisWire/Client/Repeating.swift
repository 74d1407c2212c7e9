#if Redis
    import NIOCore

    /// What becomes of a command that failed.
    enum Repetition {
        /// Report the error.
        case no
        /// Send this at once.
        case now(RedisCommand)
        /// Send the command again after a pause: the state that it met passes.
        case later

        static func decide(_ command: RedisCommand, _ error: RedisError) -> Repetition {
            switch error.code {
            case .server(let server) where server.code == "NOSCRIPT":
                command.withSource.map(Repetition.now) ?? .no
            case .server(let server) where server.passes: .later
            case .notSent: .later
            case .outcomeUnknown where command.isSafeToRepeat: .later
            default: .no
            }
        }
    }

    extension RedisCommand {
        /// A script by its digest.
        init(evaluating script: RedisScript, keys: [String], arguments: RedisArguments) {
            self.init("EVALSHA")
            append(script.sha1)
            append(keys, arguments)
            self.script = ScriptCall(script: script, keys: keys, arguments: arguments)
        }

        /// A script in full, which also loads it.
        init(evaluatingSourceOf script: RedisScript, keys: [String], arguments: RedisArguments) {
            self.init("EVAL")
            append(script.source)
            append(keys, arguments)
        }

        /// The same script in full.
        var withSource: RedisCommand? {
            guard let script else { return nil }
            var command = RedisCommand(
                evaluatingSourceOf: script.script, keys: script.keys, arguments: script.arguments)
            command.isSafeToRepeat = isSafeToRepeat
            command.route = route
            return command
        }

        private mutating func append(_ keys: [String], _ arguments: RedisArguments) {
            append(keys.count)
            for key in keys { append(key: key) }
            append(contentsOf: arguments)
        }
    }

    extension EventLoop {
        /// Waits on the event loop's own clock, whatever the global pool is doing.
        func pause(_ duration: Duration) async {
            await withCheckedContinuation { continuation in
                scheduleTask(in: TimeAmount(duration)) { continuation.resume() }
            }
        }
    }
#endif
