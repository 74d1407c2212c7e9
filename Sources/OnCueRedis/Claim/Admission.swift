#if Redis
    import OnCue
    import RedisWire

    /// Whether what was read of a queue may be started: asked right behind the read, in the same write.
    ///
    /// Plain commands, for a server that had nothing to do takes three times as long to begin a script.
    struct Admission {
        enum Standing {
            case open
            case paused
            /// The queue does not know the session: it is another one by now, or the server has lost what it had.
            case unknown
            case ended
        }

        let standing: Standing
        /// Whether jobs of the queue that are not final have a record.
        let hasRecords: Bool

        /// How many commands there are for a queue.
        static let commandCount = 3

        static func commands(_ queue: Queue, for session: SessionID) -> [RedisCommand] {
            var standing = RedisCommand("HGET", key: queue.keys[.session, session])
            standing.append("st")
            var pause = RedisCommand("HEXISTS", key: queue.keys[.meta])
            pause.append("paused")
            return [standing, pause, RedisCommand("ZCARD", key: queue.keys[.ids])].map { command in
                var command = command
                command.isSafeToRepeat = true
                return command
            }
        }

        /// - Parameter replies: to the commands, in their order.
        init(_ replies: some Sequence<Result<RESPToken, StoreError>>) throws(StoreError) {
            var tokens: [RESPToken] = []
            for reply in replies { tokens.append(try reply.get()) }
            guard tokens.count == Self.commandCount, let paused = tokens[1].integer, let records = tokens[2].integer
            else { throw .unreadable("whether jobs may be started") }
            standing =
                switch tokens[0].text {
                case "open": paused == 1 ? .paused : .open
                case nil: .unknown
                default: .ended
                }
            hasRecords = records > 0
        }
    }
#endif
