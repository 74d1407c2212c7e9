#if Redis
    import DequeModule
    import NIOCore

    typealias RedisResult = Result<RESPToken, RedisError>

    /// What one connection is doing, as a pure value: which words of the handshake are next, which request a reply belongs
    /// to, and what becomes of each request when the connection breaks.
    struct ConnectionStateMachine<Request> {
        /// Commands that went out together and are answered together.
        private struct InFlight {
            /// Nil once it was answered for being late: its replies are still to come and belong to nobody.
            var request: Request?
            var results: [RedisResult]
            var count: Int
            var sent: NIODeadline
            var deadline: NIODeadline

            /// True with the last one.
            mutating func take(_ result: RedisResult) -> Bool {
                results.append(result)
                return results.count == count
            }
        }

        private enum Phase {
            case opening(Handshake)
            case ready
            case closed
        }

        enum Action {
            case wait
            case send(RedisCommand)
            case ready
            case complete(Request, [RedisResult])
            /// A push message, or in RESP2 whatever comes unasked: for subscriptions.
            case deliver(RESPToken)
            case close(RedisError)
        }

        typealias Completion = (request: Request, results: [RedisResult])

        let address: RedisAddress
        private let silence: TimeAmount
        private var phase: Phase
        private var inFlight: Deque<InFlight> = []
        private var lastReply = NIODeadline.uptimeNanoseconds(0)
        /// Whether it was of any use: a server that hangs up on everybody is not to be asked again at once.
        private(set) var hasAnswered = false
        private(set) var speaksRESP3 = false

        init(address: RedisAddress, settings: ConnectionSettings) {
            self.address = address
            silence = settings.silence
            phase = .opening(Handshake(settings))
        }

        var isIdle: Bool { inFlight.isEmpty }
        var isReady: Bool { if case .ready = phase { true } else { false } }

        /// The connection is open.
        mutating func opened() -> Action {
            guard case .opening(var handshake) = phase else { return .wait }
            let next = handshake.begin()
            return proceed(handshake, next)
        }

        /// A request's commands were written.
        mutating func sent(_ request: Request, count: Int, at now: NIODeadline, deadline: NIODeadline) {
            inFlight.append(InFlight(request: request, results: [], count: count, sent: now, deadline: deadline))
        }

        mutating func received(_ reply: RESPToken, at now: NIODeadline) -> Action {
            lastReply = now
            if reply.isOutOfBand {
                return reply.kind == UInt8(ascii: ">") && isReady ? .deliver(reply) : .wait
            }
            switch phase {
            case .opening(var handshake):
                let next = handshake.received(reply, from: address)
                return proceed(handshake, next)
            case .ready:
                guard !inFlight.isEmpty else { return .deliver(reply) }
                hasAnswered = true
                return answer(with: reply)
            case .closed: return .wait
            }
        }

        private mutating func proceed(_ handshake: Handshake, _ next: Handshake.Next) -> Action {
            switch next {
            case .send(let command):
                phase = .opening(handshake)
                return .send(command)
            case .done:
                speaksRESP3 = handshake.speaksRESP3
                phase = .ready
                return .ready
            case .failed(let error): return .close(error)
            }
        }

        private mutating func answer(with reply: RESPToken) -> Action {
            let isLast = inFlight[0].take(reply.error.map { .failure(RedisError($0)) } ?? .success(reply))
            guard isLast else { return .wait }
            let answered = inFlight.removeFirst()
            guard let request = answered.request else { return .wait }
            return .complete(request, answered.results)
        }

        /// When to call `expire`, if anything is under way.
        var nextDeadline: NIODeadline? {
            inFlight.lazy.filter { $0.request != nil }.map(\.deadline).min()
        }

        /// Takes the requests whose deadline has passed. The second is an error where nothing at all has come for long since one
        /// of them was sent: the other side is gone, and what is behind it must not wait for it.
        mutating func expire(at now: NIODeadline) -> (late: [Completion], silence: RedisError?) {
            var late: [Completion] = []
            var silent = false
            for index in inFlight.indices where inFlight[index].deadline <= now {
                guard let request = inFlight[index].request else { continue }
                if lastReply < inFlight[index].sent, now - inFlight[index].sent >= silence { silent = true }
                let error = RedisError(
                    .outcomeUnknown, "\(address) has not answered in time; the command may have run.")
                late.append((request, padded(inFlight[index], with: error)))
                inFlight[index].request = nil
            }
            let error = RedisError(.outcomeUnknown, "\(address) answered nothing for the whole of a command's time.")
            return (late, silent ? error : nil)
        }

        /// The connection is gone. What was under way may have run.
        mutating func closed(_ reason: RedisError) -> [Completion] {
            phase = .closed
            let error = RedisError(
                .outcomeUnknown,
                "The connection to \(address) broke before the reply came; the command may have run. \(reason.message)")
            let lost = inFlight.compactMap { entry in entry.request.map { ($0, padded(entry, with: error)) } }
            inFlight.removeAll()
            return lost
        }

        private func padded(_ entry: InFlight, with error: RedisError) -> [RedisResult] {
            entry.results + Array(repeating: .failure(error), count: entry.count - entry.results.count)
        }
    }
#endif
