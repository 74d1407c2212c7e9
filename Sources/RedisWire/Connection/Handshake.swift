#if Redis
    import NIOCore

    /// What a connection says of itself once it is open.
    struct ConnectionSettings: Sendable {
        var user: String?
        var password: String?
        var database = 0
        var clientName: String?
        /// False speaks RESP2 from the start.
        var offersRESP3 = true
        /// A server that has said nothing for so long since it was asked is gone. Whoever waits less than that is told that it
        /// is late, and does not take the connection from the others.
        var silence = TimeAmount.zero
    }

    /// The words before the first command, one at a time: a pure value.
    ///
    /// `HELLO 3` says all at once. A server that does not know it is spoken to in RESP2: `AUTH`, `CLIENT SETNAME`.
    struct Handshake {
        enum Next {
            case send(RedisCommand)
            case done
            case failed(RedisError)
        }

        private enum Step { case hello, authenticate, setName, select }

        private let settings: ConnectionSettings
        private var step: Step
        /// What the server speaks, known at the end.
        private(set) var speaksRESP3 = false

        init(_ settings: ConnectionSettings) {
            self.settings = settings
            step = .hello
        }

        mutating func begin() -> Next {
            guard settings.offersRESP3 else { return authenticate() }
            var hello = RedisCommand("HELLO")
            hello.append(3)
            if let password = settings.password {
                hello.append("AUTH")
                hello.append(settings.user ?? "default")
                hello.append(password)
            }
            if let name = settings.clientName {
                hello.append("SETNAME")
                hello.append(name)
            }
            return .send(hello)
        }

        mutating func received(_ reply: RESPToken, from address: RedisAddress) -> Next {
            guard let error = reply.error else {
                switch step {
                case .hello:
                    speaksRESP3 = true
                    return select()
                case .authenticate: return setName()
                case .setName: return select()
                case .select: return .done
                }
            }
            switch error.code {
            case "WRONGPASS", "NOAUTH", "NOPERM":
                return .failed(
                    RedisError(.authentication, "\(address) refused the user or the password: \(error.message)"))
            case "ERR" where step == .hello, "NOPROTO" where step == .hello:
                return authenticate()
            case "ERR" where step == .authenticate:
                return .failed(RedisError(.authentication, "\(address) refused the password: \(error.message)"))
            case "ERR" where step == .select:
                return .failed(
                    RedisError(.configuration, "\(address) has no database \(settings.database): \(error.message)"))
            default:
                return .failed(RedisError(error))
            }
        }

        private mutating func authenticate() -> Next {
            guard let password = settings.password else { return setName() }
            step = .authenticate
            var command = RedisCommand("AUTH")
            if let user = settings.user { command.append(user) }
            command.append(password)
            return .send(command)
        }

        private mutating func setName() -> Next {
            guard let name = settings.clientName else { return select() }
            step = .setName
            var command = RedisCommand("CLIENT")
            command.append("SETNAME")
            command.append(name)
            return .send(command)
        }

        private mutating func select() -> Next {
            guard settings.database != 0 else { return .done }
            step = .select
            var command = RedisCommand("SELECT")
            command.append(settings.database)
            return .send(command)
        }
    }
#endif
