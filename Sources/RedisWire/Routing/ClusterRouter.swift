#if Redis
    import Logging
    import NIOCore
    import Synchronization

    /// Knows which server of a cluster has which slots, and has a connection to each.
    final class ClusterRouter: Sendable {
        /// Another server has a slot.
        let changes = TopologyChanges()
        /// A round has ended, whatever it found.
        private let ends = TopologyChanges()
        let eventLoop: any EventLoop
        private let nodes: RedisNodeMaker
        private let seeds: [RedisAddress]
        private let state = Mutex(State())

        private struct State {
            /// Nil until a server has told.
            var table: ClusterTable?
            var nodes: [RedisAddress: RedisNode] = [:]
            /// Servers that could not be reached since the last table.
            var suspects: Set<RedisAddress> = []
            var isRefreshing = false
            var lastRound = NIODeadline.uptimeNanoseconds(0)
            /// Asked for while one was under way: what that one learned may be older.
            var refreshesAgain = false
            /// Rounds that were finished, and what the last one met when it was in vain.
            var rounds = 0
            var failures = 0
            var failure: RedisError?
            var isClosed = false
        }

        init(_ nodes: RedisNodeMaker, seeds: [RedisAddress]) {
            self.nodes = nodes
            self.seeds = seeds
            eventLoop = nodes.configuration.group.next()
        }

        // MARK: Servers

        /// Waits until there is a table.
        ///
        /// - Parameter isPatient: false throws what the first round in vain meets; true only what waiting does not mend.
        func ready(until deadline: NIODeadline, isPatient: Bool = true) async throws(RedisError) {
            let (isReady, isClosed, roundsBefore) = state.withLock { ($0.table != nil, $0.isClosed, $0.rounds) }
            if isClosed { throw RedisNode.closed }
            if isReady { return }
            while true {
                let generation = ends.generation
                let (isReady, isClosed, rounds, failure) = state.withLock {
                    ($0.table != nil, $0.isClosed, $0.rounds, $0.failure)
                }
                if isClosed { throw RedisNode.closed }
                if isReady { return }
                if rounds > roundsBefore, let failure, failure.isLasting || !isPatient { throw failure }
                guard .now() < deadline else {
                    let reason = failure.map { " \($0.message)" } ?? ""
                    throw RedisError(.timedOut, "No server of the cluster answered in time.\(reason)")
                }
                refresh()
                await ends.wait(beyond: generation, until: deadline, on: eventLoop)
            }
        }

        func connect(until deadline: NIODeadline) async throws(RedisError) {
            try await ready(until: deadline, isPatient: false)
            let (masters, isComplete) = state.withLock { state in
                ((state.table?.masters ?? []).map { node($0, in: &state) }, state.table?.isComplete == true)
            }
            guard isComplete else {
                throw RedisError(.notSent, "The cluster is not whole: nobody has some of its slots.")
            }
            for node in masters { try await node.connect() }
        }

        /// All servers that have slots, as they are now.
        func masters(until deadline: NIODeadline) async throws(RedisError) -> [RedisNodeID] {
            try await ready(until: deadline)
            let generation = ends.generation
            refresh()
            await ends.wait(beyond: generation, until: min(deadline, nodes.questionDeadline), on: eventLoop)
            return state.withLock { $0.table?.masters ?? [] }.map(RedisNodeID.init)
        }

        /// The server that has all keys of these, if there is one.
        func onlyNode(for commands: [RedisCommand]) -> RedisNode? {
            reading { state in
                guard !state.isClosed, let table = state.table else { return nil }
                var address: RedisAddress?
                for command in commands {
                    guard let slot = try? command.slot(), let owner = table.master(of: slot),
                        address == nil || address == owner
                    else { return nil }
                    address = owner
                }
                return address.map { node($0, in: &state) }
            }
        }

        /// The server that each attempt is for now, or why there is none.
        func place(_ attempts: [ClusterAttempt]) -> [Result<RedisNode, RedisError>] {
            reading { state in
                attempts.map { attempt in
                    Result { () throws(RedisError) in try place(attempt, in: &state) }
                }
            }
        }

        /// Asks for the table afterwards where it is old.
        private func reading<Value: Sendable>(_ body: @Sendable (inout State) -> Value) -> Value {
            let now = NIODeadline.now()
            let (value, isOld) = state.withLock { state in
                (body(&state), now - state.lastRound > Self.tableAge)
            }
            if isOld { refresh() }
            return value
        }

        /// A master that hangs says nothing, and neither does whoever has taken its place: the table has to be asked for.
        private static let tableAge = TimeAmount.seconds(3)

        private func place(_ attempt: ClusterAttempt, in state: inout State) throws(RedisError) -> RedisNode {
            if state.isClosed { throw RedisNode.closed }
            if let target = attempt.target { return node(target, in: &state) }
            guard let table = state.table else { throw RedisError(.notSent, "No server of the cluster has answered.") }
            switch attempt.command.route {
            case .key:
                guard let slot = try attempt.command.slot() else { break }
                guard let address = table.master(of: slot) else {
                    throw RedisError(.notSent, "No server of the cluster has slot \(slot.number).")
                }
                return node(address, in: &state)
            case .any:
                let masters = table.masters
                let well = masters.filter { !state.suspects.contains($0) }
                if let address = well.first ?? masters.randomElement() { return node(address, in: &state) }
            case .node(let id):
                guard table.servers.contains(id.address) else {
                    throw RedisError(
                        .configuration, "\(id) is no server of the cluster any more: ask for its masters again.")
                }
                return node(id.address, in: &state)
            }
            throw RedisError(.notSent, "The cluster has no servers.")
        }

        private func node(_ address: RedisAddress, in state: inout State) -> RedisNode {
            if let node = state.nodes[address] { return node }
            let node = nodes.node(address, holdsCommands: false)
            state.nodes[address] = node
            return node
        }

        func close() async {
            let open = state.withLock { state in
                state.isClosed = true
                defer { state.nodes = [:] }
                return state.nodes.values
            }
            changes.signal()
            ends.signal()
            for node in open { await node.close() }
        }

        // MARK: The table

        /// A server answered a command with this.
        func note(_ error: RedisError, from sender: RedisAddress) {
            switch error.code {
            case .notSent, .outcomeUnknown:
                state.withLock { _ = $0.suspects.insert(sender) }
                refresh()
            case .server(let server):
                switch Redirection(server, from: sender) {
                case .moved(let slot, let address):
                    state.withLock { $0.table?.move(slot, to: address) }
                    refresh()
                case .wait(refreshes: true): refresh()
                case .ask, .wait, nil: break
                }
            default: break
            }
        }

        /// Asks for the table in the background. One round for all who want one.
        func refresh() {
            let begins = state.withLock { state in
                guard !state.isClosed else { return false }
                guard !state.isRefreshing else {
                    state.refreshesAgain = true
                    return false
                }
                state.isRefreshing = true
                return true
            }
            guard begins else { return }
            let eventLoop = eventLoop
            Task(executorPreference: EventLoopTasks(eventLoop)) { [weak self] in
                while let pause = await self?.refreshOnce() { await eventLoop.pause(pause) }
            }
        }

        private static let pauseBetweenRounds = Duration.milliseconds(50)

        /// - Returns: how long to wait before the next round; nil when none is wanted.
        private func refreshOnce() async -> Duration? {
            let pause = state.withLock { $0.lastRound } + Self.pauseBetweenRounds - .now()
            if pause > .zero { await eventLoop.pause(Duration(pause)) }
            let asked = state.withLock { state in
                state.refreshesAgain = false
                state.lastRound = .now()
                return candidates(in: &state)
            }
            var failure: RedisError?
            for node in asked {
                switch await table(from: node) {
                case .success(let table):
                    install(table)
                    return next()
                case .failure(let error):
                    failure = failure?.isLasting == true ? failure : error
                }
            }
            state.withLock { state in
                state.failures += 1
                state.failure = failure
            }
            return next(afterFailure: failure)
        }

        private func next(afterFailure failure: RedisError? = nil) -> Duration? {
            let pause = state.withLock { state -> Duration? in
                state.rounds += 1
                // Without a table somebody waits for it; with one, whoever fails next asks again.
                let isWanted = state.table == nil ? failure?.isLasting != true : state.refreshesAgain
                state.isRefreshing = isWanted && !state.isClosed
                guard state.isRefreshing else { return nil }
                return failure == nil ? .zero : Backoff.withinTopology.delay(attempt: state.failures)
            }
            ends.signal()
            return pause
        }

        /// Those that were well first; the masters in any order, for one may be cut off from the others.
        private func candidates(in state: inout State) -> [RedisNode] {
            let known = (state.table?.masters ?? []).shuffled() + (state.table?.servers ?? []) + seeds
            var seen: Set<RedisAddress> = []
            let all = known.filter { seen.insert($0).inserted }
            let suspects = state.suspects
            return (all.filter { !suspects.contains($0) } + all.filter(suspects.contains))
                .map { node($0, in: &state) }
        }

        private func table(from node: RedisNode) async -> Result<ClusterTable, RedisError> {
            var command = RedisCommand("CLUSTER")
            command.append("SLOTS")
            let address = node.id.address
            switch await node.send([command], deadline: nodes.questionDeadline).results[0] {
            case .success(let reply):
                guard let table = ClusterTable(slots: reply, asked: address) else {
                    return .failure(
                        RedisError(.protocolViolation, "\(address) did not say who has which slots of its cluster."))
                }
                guard !table.masters.isEmpty else {
                    return .failure(RedisError(.notSent, "\(address) is in a cluster without slots."))
                }
                return .success(table)
            case .failure(let error):
                guard let server = error.server else { return .failure(error) }
                switch server.code {
                case "NOAUTH", "NOPERM":
                    return .failure(
                        RedisError(.authentication, "\(address) refused to tell its cluster's slots: \(server.message)")
                    )
                case "ERR":
                    return .failure(
                        RedisError(.configuration, "\(address) is no server of a cluster: \(server.message)"))
                default: return .failure(error)
                }
            }
        }

        private func install(_ table: ClusterTable) {
            let (retired, isNew) = state.withLock { state -> ([RedisNode], Bool) in
                guard !state.isClosed else { return ([], false) }
                let isNew = state.table != table
                state.table = table
                state.failure = nil
                state.failures = 0
                state.suspects = []
                let masters = Set(table.masters)
                let retired = state.nodes.filter { !masters.contains($0.key) }
                for address in retired.keys { state.nodes[address] = nil }
                return (Array(retired.values), isNew)
            }
            if isNew {
                nodes.configuration.logger.debug(
                    "The cluster's slots are known.", metadata: ["masters": "\(table.masters.map(\.description))"])
            }
            for node in retired { node.retire() }
            if isNew { changes.signal() }
        }
    }

    extension ClusterRouter: SubscriptionPlaces {
        var placeChanges: TopologyChanges? { changes }

        func address(of channel: String, isSharded: Bool) -> RedisAddress? {
            let address = state.withLock { state in
                isSharded
                    ? state.table?.master(of: RedisSlot.of(key: channel))
                    // Every server passes on what is published to any.
                    : state.table?.masters.first { !state.suspects.contains($0) }
            }
            if address == nil { refresh() }
            return address
        }

        func connector(_ address: RedisAddress) -> RedisConnector { nodes.connector(address) }

        func lost(_ address: RedisAddress) {
            note(RedisError(.notSent, ""), from: address)
        }

        func refused(by address: RedisAddress, _ error: RedisServerError) {
            note(RedisError(error), from: address)
        }
    }
#endif
