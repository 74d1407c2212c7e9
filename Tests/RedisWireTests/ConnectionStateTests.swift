#if Redis
    import NIOCore
    import Testing

    @testable import RedisWire

    struct ConnectionStateTests {
        private typealias Machine = ConnectionStateMachine<String>
        private let address = RedisAddress.tcp(host: "redis", port: 6379)
        private let later = NIODeadline.uptimeNanoseconds(1_000)

        private func reply(_ text: String) throws -> RESPToken {
            var parser = RESPParser()
            parser.append(ByteBuffer(string: text))
            return try #require(try parser.next())
        }

        /// The name of the command that the handshake wants sent; nil when it wants something else.
        private func word(_ action: Machine.Action) -> String? {
            if case .send(let command) = action { command.name } else { nil }
        }

        private func ready() throws -> Machine {
            var machine = Machine(address: address, settings: ConnectionSettings())
            _ = machine.opened()
            _ = machine.received(try reply("%0\r\n"), at: .uptimeNanoseconds(1))
            try #require(machine.isReady)
            return machine
        }

        @Test func aServerThatDoesNotKnowHelloIsSpokenToAsEver() throws {
            var machine = Machine(
                address: address, settings: ConnectionSettings(password: "p", database: 2, clientName: "n"))
            #expect(word(machine.opened()) == "HELLO")
            #expect(word(machine.received(try reply("-ERR unknown command 'HELLO'\r\n"), at: later)) == "AUTH")
            #expect(word(machine.received(try reply("+OK\r\n"), at: later)) == "CLIENT")
            #expect(word(machine.received(try reply("+OK\r\n"), at: later)) == "SELECT")
            guard case .ready = machine.received(try reply("+OK\r\n"), at: later) else {
                Issue.record("it is not ready")
                return
            }
            #expect(machine.isReady && !machine.speaksRESP3)
        }

        @Test func aWrongPasswordEndsTheConnection() throws {
            var machine = Machine(address: address, settings: ConnectionSettings(password: "wrong"))
            _ = machine.opened()
            let action = machine.received(try reply("-WRONGPASS invalid username-password pair\r\n"), at: later)
            guard case .close(let error) = action else {
                Issue.record("\(action)")
                return
            }
            #expect(error.code == .authentication && !error.message.contains("wrong"))
        }

        @Test func repliesBelongToRequestsInTheirOrder() throws {
            var machine = try ready()
            machine.sent("a", count: 2, at: later, deadline: .distantFuture)
            machine.sent("b", count: 1, at: later, deadline: .distantFuture)
            guard case .wait = machine.received(try reply(":1\r\n"), at: later) else {
                Issue.record("half an answer is none")
                return
            }
            guard case .complete("a", let results) = machine.received(try reply("-ERR no\r\n"), at: later) else {
                Issue.record("a was not answered")
                return
            }
            #expect(try results[0].get().integer == 1)
            #expect(results[1].failure?.server?.code == "ERR")
            guard case .complete("b", _) = machine.received(try reply(":2\r\n"), at: later) else {
                Issue.record("b was not answered")
                return
            }
            #expect(machine.isIdle)
        }

        @Test func whatWasUnderWayWhenItBrokeMayHaveRun() throws {
            var machine = try ready()
            machine.sent("a", count: 2, at: later, deadline: .distantFuture)
            machine.sent("b", count: 1, at: later, deadline: .distantFuture)
            _ = machine.received(try reply(":1\r\n"), at: later)
            let lost = machine.closed(RedisError(.notSent, "it hung up."))
            #expect(lost.map(\.request) == ["a", "b"])
            // What was answered before is known.
            #expect(try lost[0].results[0].get().integer == 1)
            #expect(lost[0].results[1].failure?.code == .outcomeUnknown)
            #expect(lost[1].results.map(\.failure?.code) == [.outcomeUnknown])
            #expect(machine.closed(RedisError(.closed, "again")).isEmpty)
        }

        @Test func aLateReplyIsNobodysAndTheNextOnesStayInStep() throws {
            var machine = try ready()
            machine.sent("slow", count: 1, at: .uptimeNanoseconds(10), deadline: .uptimeNanoseconds(20))
            machine.sent("next", count: 1, at: .uptimeNanoseconds(11), deadline: .distantFuture)
            #expect(machine.nextDeadline == .uptimeNanoseconds(20))
            // Something came after it was sent: the server lives.
            _ = machine.received(try reply(">1\r\n+x\r\n"), at: .uptimeNanoseconds(15))
            let expired = machine.expire(at: .uptimeNanoseconds(20))
            #expect(expired.late.map(\.request) == ["slow"] && expired.silence == nil)
            #expect(expired.late[0].results.map(\.failure?.code) == [.outcomeUnknown])
            guard case .wait = machine.received(try reply(":1\r\n"), at: .uptimeNanoseconds(21)) else {
                Issue.record("the late reply went to somebody")
                return
            }
            guard
                case .complete("next", let results) = machine.received(try reply(":2\r\n"), at: .uptimeNanoseconds(22))
            else {
                Issue.record("the next was not answered")
                return
            }
            #expect(try results[0].get().integer == 2)
        }

        @Test func whoWaitsAShortTimeDoesNotTakeTheConnectionFromOthers() throws {
            var machine = Machine(address: address, settings: ConnectionSettings(silence: .nanoseconds(50)))
            _ = machine.opened()
            _ = machine.received(try reply("%0\r\n"), at: .uptimeNanoseconds(1))
            machine.sent("short", count: 1, at: .uptimeNanoseconds(10), deadline: .uptimeNanoseconds(20))
            machine.sent("long", count: 1, at: .uptimeNanoseconds(10), deadline: .uptimeNanoseconds(60))
            let first = machine.expire(at: .uptimeNanoseconds(20))
            #expect(first.late.map(\.request) == ["short"] && first.silence == nil)
            let second = machine.expire(at: .uptimeNanoseconds(60))
            #expect(second.late.map(\.request) == ["long"] && second.silence?.code == .outcomeUnknown)
        }

        @Test func aServerThatSaysNothingAtAllIsGone() throws {
            var machine = try ready()
            machine.sent("a", count: 1, at: .uptimeNanoseconds(10), deadline: .uptimeNanoseconds(20))
            #expect(machine.expire(at: .uptimeNanoseconds(19)).late.isEmpty)
            #expect(machine.expire(at: .uptimeNanoseconds(20)).silence?.code == .outcomeUnknown)
        }
    }
#endif
