#if Redis
    import Logging
    import NIOCore
    import Synchronization

    /// Finds the master by its Sentinels, and finds it again when they or its own errors say that it is another.
    final class SentinelRouter: Sendable {
        let changes = TopologyChanges()
        private let nodes: RedisNodeMaker
        private let eventLoop: any EventLoop
        private let questions: SentinelQuestions
        private let state: Mutex<State>

        private struct State {
            var discovery: SentinelDiscovery
            var master: RedisNode?
            /// A Sentinel has said by itself that this is the master.
            var announced: RedisAddress?
            var isLooking = false
            var lastLook = NIODeadline.uptimeNanoseconds(0)
            /// Rounds in vain, and what the last one met.
            var failedRounds = 0
            var failure: RedisError?
            var watches: [RedisAddress: RedisSubscriber] = [:]
            var isClosed = false
        }

        init(_ nodes: RedisNodeMaker) {
            self.nodes = nodes
            eventLoop = nodes.configuration.group.next()
            var name = ""
            var sentinels: [RedisAddress] = []
            if case .sentinel(let master, let addresses, _, _) = nodes.configuration.topology {
                name = master
                sentinels = addresses
            }
            questions = SentinelQuestions(nodes, master: name, on: eventLoop)
            state = Mutex(State(discovery: SentinelDiscovery(master: name, sentinels: sentinels)))
        }

        deinit {
            for watch in state.withLock({ $0.watches }).values { watch.close() }
        }

        // MARK: The master

        /// - Parameter isPatient: false throws what the first round in vain meets; true only what waiting does not mend.
        func master(until deadline: NIODeadline, isPatient: Bool = true) async throws(RedisError) -> RedisNode {
            let (master, isClosed, roundsBefore) = state.withLock { ($0.master, $0.isClosed, $0.failedRounds) }
            if isClosed { throw RedisNode.closed }
            if let master { return master }
            while true {
                let generation = changes.generation
                let (master, isClosed, rounds, failure) = state.withLock {
                    ($0.master, $0.isClosed, $0.failedRounds, $0.failure)
                }
                if isClosed { throw RedisNode.closed }
                if let master { return master }
                if rounds > roundsBefore, let failure, failure.isLasting || !isPatient { throw failure }
                guard .now() < deadline else {
                    let reason = failure.map { " \($0.message)" } ?? ""
                    throw RedisError(
                        .timedOut, "The Sentinels named no master of \(questions.master) in time.\(reason)")
                }
                look()
                await changes.wait(beyond: generation, until: deadline, on: eventLoop)
            }
        }

        /// The next one to try when that one failed: another at once, the same after the pause. nil at the deadline.
        func master(after failed: RedisNode, pause: Duration, until deadline: NIODeadline) async -> RedisNode? {
            let generation = changes.generation
            if state.withLock({ $0.master === failed }) {
                await changes.wait(beyond: generation, until: min(.now() + pause, deadline), on: eventLoop)
            }
            return try? await master(until: deadline)
        }

        /// A command to that server failed: perhaps it is the master no longer.
        func note(_ error: RedisError, from node: RedisNode) {
            switch error.code {
            case .notSent, .outcomeUnknown: break
            case .server(let server) where server.passes: break
            default: return
            }
            if state.withLock({ $0.master === node }) { look() }
        }

        func close() async {
            let (master, watches) = state.withLock { state in
                state.isClosed = true
                defer { (state.master, state.watches) = (nil, [:]) }
                return (state.master, state.watches)
            }
            for watch in watches.values { watch.close() }
            changes.signal()
            await master?.close()
            await questions.close()
        }

        // MARK: Looking

        /// Looks in the background until there is a master. One look for all who want one.
        func look() {
            let begins = state.withLock { state in
                guard !state.isLooking, !state.isClosed else { return false }
                state.isLooking = true
                return true
            }
            guard begins else { return }
            watch()
            let eventLoop = eventLoop
            Task(executorPreference: EventLoopTasks(eventLoop)) { [weak self] in
                while let pause = await self?.lookOnce() { await eventLoop.pause(pause) }
            }
        }

        /// - Returns: how long to wait before looking again; nil when that is not wanted.
        private func lookOnce() async -> Duration? {
            let (announced, pause) = state.withLock { state in
                let since = Duration(NIODeadline.now() - state.lastLook)
                state.lastLook = .now()
                return (state.announced.take(), Self.shortestPause - since)
            }
            if let announced {
                if case .success(let node) = await verified(announced) { return found(node) }
            } else if pause > .zero {
                // The Sentinels and the server have just been asked.
                await eventLoop.pause(pause)
            }
            return await askAll()
        }

        private static let shortestPause = Duration.milliseconds(20)

        private func askAll() async -> Duration? {
            var discovery = state.withLock { $0.discovery }
            var failure: RedisError?
            var candidate: RedisNode?
            var step = discovery.begin()
            while true {
                switch step {
                case .ask(let sentinel):
                    switch await questions.address(from: sentinel) {
                    case .success(let address): step = discovery.answered(address)
                    case .failure(let error):
                        failure = failure?.isLasting == true ? failure : error
                        step = discovery.answered(nil)
                    }
                case .checkRole(let address):
                    switch await verified(address) {
                    case .success(let node):
                        candidate = node
                        step = discovery.roleIs("master")
                    case .failure(let error):
                        failure = failure?.isLasting == true ? failure : error
                        step = discovery.roleIs(nil)
                    }
                case .found:
                    discovery.learn(await questions.others(from: discovery.sentinels[0]))
                    let (known, node) = (discovery, candidate)
                    state.withLock { $0.discovery = known }
                    return node.flatMap(found)
                case .pause(let attempt):
                    return gaveUp(discovery, failure, attempt: attempt)
                }
            }
        }

        private func gaveUp(_ discovery: SentinelDiscovery, _ failure: RedisError?, attempt: Int) -> Duration? {
            let (goesOn, isAwaited) = state.withLock { state in
                state.discovery = discovery
                state.failedRounds += 1
                state.failure = failure
                // Whoever sends the next command asks again.
                state.isLooking = !state.isClosed && (state.announced != nil || failure?.isLasting != true)
                return (state.isLooking, state.master == nil)
            }
            if let failure {
                nodes.configuration.logger.debug(
                    "No master of Redis found.",
                    metadata: ["master": "\(questions.master)", "reason": "\(failure.message)"])
            }
            if isAwaited { changes.signal() }
            return goesOn ? Backoff.withinTopology.delay(attempt: attempt) : nil
        }

        private func found(_ node: RedisNode) -> Duration? {
            let (old, isNew, looksAgain) = state.withLock { state in
                state.failure = nil
                state.isLooking = !state.isClosed && state.announced != nil
                let old = state.master
                guard old !== node, !state.isClosed else { return (nil as RedisNode?, false, state.isLooking) }
                state.master = node
                return (old, true, state.isLooking)
            }
            if isNew {
                nodes.configuration.logger.info(
                    "The Sentinels name a master.", metadata: ["master": "\(questions.master)", "redis": "\(node.id)"])
                old?.retire()
                changes.signal()
            }
            return looksAgain ? .zero : nil
        }

        /// The server there, if it says of itself that it is the master.
        private func verified(_ address: RedisAddress) async -> Result<RedisNode, RedisError> {
            let current = state.withLock { $0.master }
            let node =
                current.flatMap { $0.id.address == address ? $0 : nil } ?? nodes.node(address, holdsCommands: false)
            let reply = await node.send([RedisCommand("ROLE")], deadline: nodes.questionDeadline).results[0]
            switch reply {
            case .success(let role):
                let name = role.elements?.first { _ in true }?.text
                if name == "master" { return .success(node) }
                return .failure(
                    RedisError(.notSent, "\(address), named by a Sentinel, is no master but a \(name ?? "stranger")."))
            // Not for this user to know: the Sentinel's word has to do.
            case .failure(let error) where error.server?.code == "NOPERM": return .success(node)
            case .failure(let error): return .failure(error)
            }
        }

        // MARK: Watching

        /// Hears each Sentinel: they learn of a switch from each other only after a while.
        private func watch() {
            let name = questions.master
            let unwatched = state.withLock { state in
                state.isClosed ? [] : state.discovery.sentinels.filter { state.watches[$0] == nil }
            }
            let discovery = SentinelDiscovery(master: name, sentinels: [])
            for sentinel in unwatched {
                let subscriber = RedisSubscriber(
                    nodes.connector(sentinel: sentinel), on: eventLoop, silence: nodes.configuration.commandTimeout,
                    logger: nodes.configuration.logger
                ) { [weak self] event in
                    switch event {
                    case .message(_, let payload):
                        if let address = discovery.switchedMaster(String(buffer: payload)) {
                            self?.announced(address, by: sentinel)
                        }
                    // A switch may have been missed.
                    case .subscribed: self?.look()
                    case .interrupted: break
                    }
                }
                let isWanted = state.withLock { state in
                    guard state.watches[sentinel] == nil, !state.isClosed else { return false }
                    state.watches[sentinel] = subscriber
                    return true
                }
                if isWanted { subscriber.subscribe(["+switch-master"], sharded: false) }
            }
        }

        private func announced(_ address: RedisAddress, by sentinel: RedisAddress) {
            state.withLock { state in
                guard state.master?.id.address != address else { return }
                state.announced = address
                state.discovery.prefer(sentinel)
            }
            look()
        }
    }

    extension SentinelRouter: SubscriptionPlaces {
        var placeChanges: TopologyChanges? { changes }

        func address(of channel: String, isSharded: Bool) -> RedisAddress? {
            let master = state.withLock { $0.master?.id.address }
            if master == nil { look() }
            return master
        }

        func connector(_ address: RedisAddress) -> RedisConnector { nodes.connector(address) }

        func lost(_ address: RedisAddress) { look() }

        func refused(by address: RedisAddress, _ error: RedisServerError) { look() }
    }
#endif
