#if Redis
    /// How one command gets to whoever takes it, as a pure value: what becomes of it after each error.
    struct ClusterAttempt {
        enum Step: Equatable {
            /// The error stands.
            case stop
            /// Send it again at once.
            case again
            /// Send it again after a pause. `refreshes`: the table may be out of date.
            case pause(attempt: Int, refreshes: Bool)
        }

        private(set) var command: RedisCommand
        /// Who is to get it by the last server's word; nil: whoever the table names.
        private(set) var target: RedisAddress?
        /// Whether `target` takes it only after `ASKING`.
        private(set) var asks = false
        private var path = RedirectionPath()

        init(_ command: RedisCommand) {
            self.command = command
        }

        /// - Parameter sender: whose error it is; nil when there was nobody to send it to.
        mutating func next(after error: RedisError, from sender: RedisAddress?) -> Step {
            if let server = error.server, let sender, let redirection = Redirection(server, from: sender) {
                (target, asks) = (nil, false)
                // It is for this server: what another would say is no answer.
                if case .node = command.route, !staysWithServer(redirection, server) { return .stop }
                return follow(path.next(after: redirection))
            }
            switch Repetition.decide(command, error) {
            case .no: return .stop
            case .now(let command):
                self.command = command
                return .again
            case .later:
                (target, asks) = (nil, false)
                return follow(path.pause(refreshes: true))
            }
        }

        private func staysWithServer(_ redirection: Redirection, _ error: RedisServerError) -> Bool {
            guard case .wait = redirection else { return false }
            return error.code != "READONLY"
        }

        private mutating func follow(_ step: RedirectionPath.Step) -> Step {
            switch step {
            case .stop: return .stop
            case .send(let address, let asks):
                (target, self.asks) = (address, asks)
                return .again
            case .pause(let attempt, let refreshes): return .pause(attempt: attempt, refreshes: refreshes)
            }
        }
    }
#endif
