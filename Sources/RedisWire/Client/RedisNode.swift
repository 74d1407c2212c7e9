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

        private struct BlockingLanes {
            var idle: [RedisLane] = []
            var busy: [ObjectIdentifier: RedisLane] = [:]
            var isClosed = false
        }

        init(_ connector: RedisConnector, on eventLoop: any EventLoop, logger: Logger) {
            id = RedisNodeID(connector.address)
            self.connector = connector
            self.eventLoop = eventLoop
            self.logger = logger
            shared = RedisLane(connector, on: eventLoop, logger: logger)
            replicating = RedisLane(connector, on: eventLoop, logger: logger)
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

        /// The same, over the connection whose writes are waited for.
        func sendReplicated(_ commands: [RedisCommand], deadline: NIODeadline) async -> RedisReply {
            await replicating.send(commands, deadline: deadline)
        }

        /// Over a connection that nobody else uses meanwhile. Cancelling the task closes it.
        func sendBlocking(_ command: RedisCommand, deadline: NIODeadline) async -> RedisReply {
            guard let lane = borrow() else {
                return RedisReply(results: [.failure(Self.closed)], connection: 0)
            }
            let cancelled = RedisError(
                .cancelled, "The task was cancelled while \(command.name) waited; the command may have run.")
            var reply = await withTaskCancellationHandler {
                await lane.send([command], deadline: deadline)
            } onCancel: {
                lane.closeSoon(because: cancelled)
            }
            giveBack(lane, reply)
            // The connection was closed under it: that says no more than that the task was cancelled.
            if Task.isCancelled, case .failure(let error)? = reply.results.first, error.server == nil {
                reply.results = [.failure(cancelled)]
            }
            return reply
        }

        /// Later commands go over new connections.
        func replaceConnections() {
            shared.replaceConnection()
            replicating.replaceConnection()
        }

        func close() async {
            for lane in allLanes(closing: true) { await lane.close(because: Self.closed) }
        }

        private func closeSoon() {
            for lane in allLanes(closing: true) { lane.closeSoon(because: Self.closed) }
        }

        static var closed: RedisError { RedisError(.closed, "The Redis client was shut down.") }

        // MARK: Blocking

        private func borrow() -> RedisLane? {
            blockingLanes.withLock { lanes in
                guard !lanes.isClosed else { return nil }
                let lane = lanes.idle.popLast() ?? RedisLane(connector, on: eventLoop, logger: logger)
                lanes.busy[ObjectIdentifier(lane)] = lane
                return lane
            }
        }

        /// A lane that still owes a reply is of no use to the next.
        private func giveBack(_ lane: RedisLane, _ reply: RedisReply) {
            let isClean =
                switch reply.results.first {
                case .success: true
                case .failure(let error): error.server != nil
                case nil: false
                }
            let keeps = blockingLanes.withLock { lanes in
                lanes.busy[ObjectIdentifier(lane)] = nil
                guard isClean, !lanes.isClosed, !Task.isCancelled else { return false }
                lanes.idle.append(lane)
                return true
            }
            if !keeps { lane.closeSoon(because: Self.closed) }
        }

        private func allLanes(closing: Bool) -> [RedisLane] {
            let blocking = blockingLanes.withLock { lanes in
                lanes.isClosed = lanes.isClosed || closing
                defer { lanes.idle = [] }
                return lanes.idle + lanes.busy.values
            }
            return [shared, replicating] + blocking
        }
    }
#endif
