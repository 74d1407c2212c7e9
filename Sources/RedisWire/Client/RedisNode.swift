#if Redis
    import Logging
    import NIOCore
    import Synchronization

    /// One server and the connections to it: a shared one for commands, one for writes that wait for replicas, and a pool
    /// for commands that block.
    final class RedisNode: Sendable {
        let id: RedisNodeID
        let eventLoop: any EventLoop
        let connector: RedisConnector
        private let shared: RedisLane
        private let replicating: RedisLane
        private let blockingLanes: Mutex<BlockingLanes>
        private let logger: Logger
        private let holdsCommands: Bool

        private struct BlockingLanes {
            var idle: [RedisLane] = []
            var busy: [ObjectIdentifier: RedisLane] = [:]
            /// Why no more are lent.
            var closed: RedisError?
        }

        /// - Parameter holdsCommands: whether commands wait for this server, or come back when it cannot be reached.
        init(
            _ connector: RedisConnector, on eventLoop: any EventLoop, logger: Logger, holdsCommands: Bool = true
        ) {
            id = RedisNodeID(connector.address)
            self.connector = connector
            self.eventLoop = eventLoop
            self.logger = logger
            self.holdsCommands = holdsCommands
            shared = RedisLane(connector, on: eventLoop, logger: logger, holdsCommands: holdsCommands)
            replicating = RedisLane(connector, on: eventLoop, logger: logger, holdsCommands: holdsCommands)
            blockingLanes = Mutex(BlockingLanes())
        }

        deinit {
            closeSoon()
        }

        func connect() async throws(RedisError) {
            try await shared.connect()
        }

        /// In order and without others in between.
        func send(_ commands: [RedisCommand], deadline: NIODeadline) async -> RedisReply {
            await shared.send(commands, deadline: deadline)
        }

        /// The connection that writes share. Those whose replicas are waited for have one of their own: `WAIT` speaks for all
        /// that its connection has written.
        func lane(isReplicated: Bool) -> RedisLane { isReplicated ? replicating : shared }

        /// Over a connection that nobody else uses meanwhile. With `endsWithTask` cancelling the task closes it.
        func sendBlocking(_ commands: [RedisCommand], endsWithTask: Bool, deadline: NIODeadline) async -> RedisReply {
            let lane: RedisLane
            switch borrow() {
            case .success(let borrowed): lane = borrowed
            case .failure(let error):
                return RedisReply(results: commands.map { _ in .failure(error) }, connection: 0)
            }
            guard endsWithTask else {
                let reply = await lane.send(commands, deadline: deadline)
                giveBack(lane, reply, isClosed: false)
                return reply
            }
            let name = commands.last?.name ?? ""
            let cancelled = RedisError(
                .cancelled, "The task was cancelled while \(name) waited; the command may have run.")
            var reply = await withTaskCancellationHandler {
                await lane.send(commands, deadline: deadline)
            } onCancel: {
                lane.closeSoon(because: cancelled)
            }
            giveBack(lane, reply, isClosed: Task.isCancelled)
            // The connection was closed under it: that says no more than that the task was cancelled.
            if Task.isCancelled, case .failure(let error)? = reply.results.last, error.server == nil {
                reply.results = commands.map { _ in .failure(cancelled) }
            }
            return reply
        }

        /// Later commands go over new connections.
        func replaceConnections() {
            shared.replaceConnection()
            replicating.replaceConnection()
        }

        /// Takes no more commands, because another server has its place: what waits goes there. What was sent has a while to
        /// be answered.
        func retire() {
            let reason = RedisError(.notSent, "\(id) no longer has the role that the command needs.")
            for lane in allLanes(closing: reason) { lane.retire(because: reason) }
            eventLoop.scheduleTask(in: Self.retirement) { [self] in
                for lane in allLanes(closing: reason) { lane.closeSoon(because: reason) }
            }
        }

        /// A server that lost its role to another is often one that no longer answers.
        private static let retirement = TimeAmount.seconds(2)

        func close() async {
            for lane in allLanes(closing: Self.closed) { await lane.close(because: Self.closed) }
        }

        private func closeSoon() {
            for lane in allLanes(closing: Self.closed) { lane.closeSoon(because: Self.closed) }
        }

        static var closed: RedisError { RedisError(.closed, "The Redis client was shut down.") }

        // MARK: Blocking

        private func borrow() -> Result<RedisLane, RedisError> {
            blockingLanes.withLock { lanes in
                if let reason = lanes.closed { return .failure(reason) }
                let lane =
                    lanes.idle.popLast()
                    ?? RedisLane(connector, on: eventLoop, logger: logger, holdsCommands: holdsCommands)
                lanes.busy[ObjectIdentifier(lane)] = lane
                return .success(lane)
            }
        }

        /// A lane that still owes a reply is of no use to the next.
        private func giveBack(_ lane: RedisLane, _ reply: RedisReply, isClosed: Bool) {
            let isClean =
                switch reply.results.last {
                case .success: true
                case .failure(let error): error.server != nil
                case nil: false
                }
            let keeps = blockingLanes.withLock { lanes in
                lanes.busy[ObjectIdentifier(lane)] = nil
                guard isClean, !isClosed, lanes.closed == nil else { return false }
                lanes.idle.append(lane)
                return true
            }
            if !keeps { lane.closeSoon(because: Self.closed) }
        }

        private func allLanes(closing reason: RedisError) -> [RedisLane] {
            let blocking = blockingLanes.withLock { lanes in
                lanes.closed = lanes.closed ?? reason
                defer { lanes.idle = [] }
                return lanes.idle + lanes.busy.values
            }
            return [shared, replicating] + blocking
        }
    }
#endif
