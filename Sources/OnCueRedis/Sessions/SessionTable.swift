#if Redis
    import OnCue
    import RedisWire
    import Synchronization

    /// Which sessions this process knows, and in which queues they are open.
    ///
    /// The registry decides whether a session is open. A queue that it works in is *joined*: first in the registry, so that
    /// whoever fences it knows where to look, then in the queue, whose scripts look at no other slot.
    final class SessionTable: Sendable {
        private let calls: StoreCalls
        private let registry: Registry
        private let known = Mutex<[SessionID: Known]>([:])

        private struct Known {
            var worker: String
            /// Where this process opened it: what it said, to say it again to a server that has forgotten all.
            var opening: SessionOpening?
            var joined: [QueueName: Queue] = [:]
        }

        /// A process that uses very many sessions of others asks again rather than remember all.
        private static let knownAtMost = 10_000

        init(calls: StoreCalls, registry: Registry) {
            self.calls = calls
            self.registry = registry
        }

        // MARK: Opening

        func open(_ opening: SessionOpening, as id: SessionID) async throws(StoreError) {
            let fields = try Self.fields(opening)
            _ = try await registry.run(RegistryScripts.open, session: id, isSafeToRepeat: true) { arguments in
                arguments.append(id.rawValue)
                for (name, value) in fields {
                    arguments.append(name)
                    arguments.append(value)
                }
            }
            known.withLock { known in
                if known.count >= Self.knownAtMost { known = known.filter { $0.value.opening != nil } }
                known[id] = Known(worker: opening.worker, opening: opening)
            }
        }

        private static func fields(_ opening: SessionOpening) throws(StoreError) -> [(String, [UInt8])] {
            [
                ("w", Array(opening.worker.utf8)),
                ("p", try RegistryJSON.encode(opening.process)),
                ("l", Array(String(opening.lease.wholeMicroseconds).utf8)),
                ("n", try RegistryJSON.encode(opening.names.sorted())),
                ("q", try RegistryJSON.encode(opening.queues)),
                ("c", Array(String(opening.concurrency).utf8)),
            ]
        }

        // MARK: Joining

        /// Sees to it that the session is open in this queue. Free where that is known.
        ///
        /// - Returns: the queue as it is now; nil when there is none any more.
        /// - Throws: `fenced` when it has ended.
        func join(_ session: SessionID, _ queue: Queue) async throws(StoreError) -> Queue? {
            if known.withLock({ $0[session]?.joined[queue.name] == queue }) { return queue }
            let answer = try await joinInRegistry(session, queue)
            guard answer.standing == "open" else {
                if answer.standing == "unknown", try await reopen(session) { return try await join(session, queue) }
                forget(session)
                throw .sessionEnded
            }
            guard answer.number == queue.number else {
                // It was removed, or the server was emptied: a number of before would make ids that nobody finds.
                registry.forget(queue.name)
                guard let current = try await registry.queue(queue.name) else { return nil }
                return try await join(session, current)
            }
            let inQueue = try await calls.send(
                calls.command(Scripts.join, on: queue, session: session, isSafeToRepeat: true) {
                    $0.append(Int(queue.number))
                })
            guard inQueue.text == "open" else { throw .sessionEnded }
            known.withLock { known in
                known[session, default: Known(worker: answer.worker)].joined[queue.name] = queue
            }
            return queue
        }

        /// A queue's script did not know the session: the queue was removed, or the server has lost what it had.
        func rejoin(_ session: SessionID, _ queue: Queue) async throws(StoreError) -> Queue? {
            known.withLock { _ = $0[session]?.joined.removeValue(forKey: queue.name) }
            return try await join(session, queue)
        }

        private func joinInRegistry(
            _ session: SessionID, _ queue: Queue
        ) async throws(StoreError) -> (standing: String, worker: String, number: UInt16?) {
            let answer = try await registry.run(RegistryScripts.join, session: session, isSafeToRepeat: true) {
                $0.append(queue.name.rawValue)
            }
            guard let parts = answer.elements.map({ $0.compactMap(\.text) }), parts.count == 3 else {
                throw .unreadable("a session")
            }
            return (parts[0], parts[1], UInt16(parts[2]))
        }

        /// Nil where another process opened it.
        func lease(of session: SessionID) -> Duration? {
            known.withLock { $0[session]?.opening?.lease }
        }

        /// A session that this process opened and nobody ended is not lost with the server's memory; false for any other.
        func reopen(_ session: SessionID) async throws(StoreError) -> Bool {
            guard let opening = known.withLock({ $0[session]?.opening }) else { return false }
            try await open(opening, as: session)
            return true
        }

        /// The queues that it has joined.
        func joined(by session: SessionID) async throws(StoreError) -> [Queue] {
            if let own = known.withLock({ $0[session].flatMap { $0.opening == nil ? nil : Array($0.joined.values) } }) {
                return own
            }
            return try await registeredQueues(try await fields(of: session))
        }

        /// What the registry has of a session; empty when there is none.
        func fields(of session: SessionID) async throws(StoreError) -> [String: RESPToken] {
            var command = RedisCommand("HGETALL", key: registry.keys.session(session))
            command.isSafeToRepeat = true
            let pairs = try await calls.send(command).pairs("a session")
            return Dictionary(pairs.map { ($0.name, $0.value) }) { _, last in last }
        }

        func registeredQueues(_ fields: [String: RESPToken]) async throws(StoreError) -> [Queue] {
            var queues: [Queue] = []
            for name in fields.keys where name.hasPrefix("j:") {
                if let queue = try await registry.queue(QueueName(rawValue: String(name.dropFirst(2)))) {
                    queues.append(queue)
                }
            }
            return queues
        }

        /// The name of its worker.
        ///
        /// - Throws: `fenced` when there is no such session.
        func worker(of session: SessionID) async throws(StoreError) -> String {
            if let worker = known.withLock({ $0[session]?.worker }) { return worker }
            guard let worker = try await fields(of: session)["w"]?.text else { throw .sessionEnded }
            known.withLock { $0[session] = Known(worker: worker) }
            return worker
        }

        func forget(_ session: SessionID) {
            known.withLock { $0[session] = nil }
        }

        // MARK: Ending

        enum Ending {
            case fence(error: String, ifRenewals: Int64?)
            case close
        }

        /// Ends a session and gives back what it holds.
        ///
        /// - Returns: how many jobs lost their worker; nil when it had ended, is unknown, has renewed, or may have been kept from it.
        func end(_ session: SessionID, _ ending: Ending) async throws(StoreError) -> Int? {
            // Not for a silence that Redis may have been the reason of: whoever asks will ask again.
            if case .fence(_, _?) = ending, let health = calls.health, !health.isSound,
                let lease = try await fields(of: session)["l"]?.integer,
                .microseconds(lease) < StoreHealth.unaffectedLease
            {
                return nil
            }
            let answer = try await registry.run(RegistryScripts.end, session: session) { arguments in
                switch ending {
                case .fence(let error, let renewals):
                    arguments.append("fencing")
                    arguments.append(renewals.map(String.init) ?? "")
                    arguments.append(Limits.clipped(error, to: Limits.errorBytes))
                case .close:
                    arguments.append("closing")
                    arguments.append("")
                    arguments.append("")
                }
            }
            guard answer.text == "begun" else { return nil }
            return try await finishEnding(session)
        }

        /// Goes on with the end of a session that someone began.
        ///
        /// - Returns: how many jobs lost their worker; nil when it is not about to end.
        func finishEnding(_ session: SessionID) async throws(StoreError) -> Int? {
            let fields = try await fields(of: session)
            let standing: String
            switch fields["st"]?.text {
            case "fencing": standing = "fenced"
            case "closing": standing = "closed"
            default: return nil
            }
            var lost = 0
            for queue in try await registeredQueues(fields) {
                lost += try await sweep(
                    session, queue, standing: standing, worker: fields["w"]?.text ?? "",
                    error: fields["err"]?.array ?? [])
            }
            _ = try await registry.run(RegistryScripts.ended, session: session, isSafeToRepeat: true)
            forget(session)
            return lost
        }

        /// Takes back what a session that has ended holds in a queue, and its consumer.
        ///
        /// - Returns: how many jobs lost their worker.
        func sweep(
            _ session: SessionID, _ queue: Queue, standing: String, worker: String, error: [UInt8]
        ) async throws(StoreError) -> Int {
            var failure = MessagePackWriter()
            failure.write(
                .map([
                    JobFacts.Key.lastError.rawValue: .bytes(error),
                    JobFacts.Key.lastErrorCategory.rawValue: .text(FailureCategory.system.rawValue),
                ]))
            var lost = 0
            while true {
                let answer = try await calls.send(
                    calls.command(Scripts.sweep, on: queue, session: session, isSafeToRepeat: true) { arguments in
                        arguments.append(session.rawValue)
                        arguments.append(standing)
                        arguments.append(worker)
                        arguments.append(500)
                        arguments.append(failure.bytes)
                    })
                guard let parts = answer.elements.map({ $0.compactMap(\.integer) }), parts.count == 2 else {
                    throw .unreadable("a sweep")
                }
                lost += Int(parts[0])
                if parts[1] == 0 { return lost }
            }
        }
    }
#endif
