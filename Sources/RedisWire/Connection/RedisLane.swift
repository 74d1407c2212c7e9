#if Redis
    import DequeModule
    import Logging
    import NIOCore

    /// One connection that is made when it is needed and made again when it breaks. Any number of callers share it: their
    /// commands go out in the order they came, all that is there at once with one flush.
    final class RedisLane: Sendable {
        let connector: RedisConnector
        private let eventLoop: any EventLoop
        /// What callers have handed in since the event loop last looked.
        private let incoming = LoopInbox<RedisRequest>()
        private let state: NIOLoopBoundBox<LaneState>

        /// - Parameter holdsCommands: whether commands wait here until there is a connection. Otherwise they come back as
        ///   `notSent` when there is none to be had: another server may take them.
        init(_ connector: RedisConnector, on eventLoop: any EventLoop, logger: Logger, holdsCommands: Bool = true) {
            self.connector = connector
            self.eventLoop = eventLoop
            state = .makeBoxSendingValue(
                LaneState(
                    connector: connector, eventLoop: eventLoop, logger: logger, holdsCommands: holdsCommands),
                eventLoop: eventLoop)
        }

        /// Sends the commands together and waits for all replies, until the deadline at most.
        func send(_ commands: [RedisCommand], deadline: NIODeadline) async -> RedisReply {
            await withCheckedContinuation { continuation in
                submit(RedisRequest(commands: commands, deadline: deadline, waiter: .caller(continuation)))
            }
        }

        /// The same for one who waits otherwise.
        func submit(_ request: RedisRequest) {
            if incoming.add(request) { eventLoop.execute { self.state.value.send(self.incoming.takeAll()) } }
        }

        /// Waits for a connection; throws what the first attempt says.
        func connect() async throws(RedisError) {
            let result: Result<Void, RedisError> = await withCheckedContinuation { continuation in
                eventLoop.execute { self.state.value.connect(continuation) }
            }
            try result.get()
        }

        /// Later commands go over a new connection; what is under way is still answered.
        func replaceConnection() {
            eventLoop.execute { self.state.value.replaceConnection() }
        }

        /// Closes for good. What was sent is lost, later commands throw `.closed`.
        func close(because reason: RedisError) async {
            await withCheckedContinuation { continuation in
                eventLoop.execute {
                    self.state.value.close(because: reason)
                    continuation.resume()
                }
            }
        }

        /// Takes no more commands: `reason` says why, and those that wait come back with it. What was sent is still answered.
        func retire(because reason: RedisError) {
            eventLoop.execute { self.state.value.retire(because: reason) }
        }

        /// Closes for good, for callers that cannot wait.
        func closeSoon(because reason: RedisError) {
            eventLoop.execute { self.state.value.close(because: reason) }
        }
    }

    /// The part of a lane that lives on the event loop.
    private final class LaneState: RedisConnectionOwner {
        private enum Phase {
            /// Nothing is wanted.
            case idle
            case connecting(RedisChannelHandler)
            case pausing
            case connected(RedisChannelHandler)
            /// With the connection whose last replies are still to come.
            case closed(RedisError, draining: RedisChannelHandler? = nil)
        }

        private let connector: RedisConnector
        private let eventLoop: any EventLoop
        private let logger: Logger
        private let holdsCommands: Bool
        private var phase = Phase.idle
        private var waiting: Deque<RedisRequest> = []
        private var connectWaiters: [CheckedContinuation<Result<Void, RedisError>, Never>] = []
        private var connections = 0
        /// Attempts since a connection was last of use.
        private var failures = 0
        /// Not to be asked again before.
        private var pauseEnds = NIODeadline.uptimeNanoseconds(0)
        private var lastError: RedisError?
        private var timer: Scheduled<Void>?
        private var timerDeadline = NIODeadline.distantFuture

        init(connector: RedisConnector, eventLoop: any EventLoop, logger: Logger, holdsCommands: Bool) {
            self.connector = connector
            self.eventLoop = eventLoop
            self.logger = logger
            self.holdsCommands = holdsCommands
        }

        func send(_ requests: [RedisRequest]) {
            switch phase {
            case .connected(let connection): connection.send(requests)
            case .closed(let reason, _):
                for request in requests { request.fail(reason) }
            case .idle, .pausing:
                if !holdsCommands, pauseEnds > .now() {
                    for request in requests { request.fail(notSent(lastError)) }
                    return
                }
                fallthrough
            case .connecting:
                waiting.append(contentsOf: requests)
                if let first = requests.map(\.deadline).min() { watch(first) }
                connectIfWanted()
            }
        }

        func connect(_ continuation: CheckedContinuation<Result<Void, RedisError>, Never>) {
            switch phase {
            case .connected: continuation.resume(returning: .success(()))
            case .closed(let reason, _): continuation.resume(returning: .failure(reason))
            case .idle, .connecting, .pausing:
                connectWaiters.append(continuation)
                connectIfWanted()
            }
        }

        func replaceConnection() {
            guard case .connected(let connection) = phase else { return }
            phase = .idle
            connection.closeWhenIdle()
        }

        func close(because reason: RedisError) {
            let previous = phase
            phase = .closed(reason)
            timer?.cancel()
            switch previous {
            case .connecting(let connection), .connected(let connection), .closed(_, let connection?):
                connection.fail(reason)
            case .idle, .pausing, .closed(_, nil): break
            }
            failWaiting(reason)
            answerConnectWaiters(.failure(reason))
        }

        func retire(because reason: RedisError) {
            switch phase {
            case .closed: return
            case .connected(let connection):
                phase = .closed(reason, draining: connection)
                connection.closeWhenIdle()
            case .idle, .connecting, .pausing: close(because: reason)
            }
        }

        // MARK: Connecting

        private func connectIfWanted() {
            guard case .idle = phase, !waiting.isEmpty || !connectWaiters.isEmpty else { return }
            guard pauseEnds <= .now() else {
                phase = .pausing
                eventLoop.assumeIsolated().scheduleTask(deadline: pauseEnds) { [weak self] in
                    guard let self, case .pausing = phase else { return }
                    phase = .idle
                    connectIfWanted()
                }
                return
            }
            connections += 1
            phase = .connecting(connector.connect(number: connections, owner: self, on: eventLoop))
        }

        func connectionIsReady(_ connection: RedisChannelHandler) {
            guard case .connecting(let current) = phase, current === connection else { return }
            if failures > 1 { logger.info("Connected again to Redis.", metadata: ["redis": "\(connector.address)"]) }
            phase = .connected(connection)
            lastError = nil
            answerConnectWaiters(.success(()))
            let requests = waiting
            waiting = []
            timer?.cancel()
            timerDeadline = .distantFuture
            if !requests.isEmpty { connection.send(requests) }
        }

        func connection(_ connection: RedisChannelHandler, closedBecause reason: RedisError) {
            switch phase {
            case .connecting(let current) where current === connection: break
            case .connected(let current) where current === connection: break
            default: return
            }
            phase = .idle
            lastError = reason
            failures = connection.hasAnswered ? 1 : failures + 1
            pauseEnds = .now() + (holdsCommands ? Backoff() : .withinTopology).delay(attempt: failures)
            if failures <= 2 {
                logger.warning(
                    "No connection to Redis.",
                    metadata: ["redis": "\(connector.address)", "reason": "\(reason.message)"])
            }
            answerConnectWaiters(.failure(reason))
            switch reason.code {
            // Waiting does not mend these.
            case .authentication, .configuration: failWaiting(reason)
            default:
                if !holdsCommands { failWaiting(notSent(reason)) }
            }
            connectIfWanted()
        }

        func connection(_ connection: RedisChannelHandler, received message: RESPToken) {
            // Nothing was subscribed to here: what a server tells of itself is of no use.
        }

        private func answerConnectWaiters(_ result: Result<Void, RedisError>) {
            let waiters = connectWaiters
            connectWaiters = []
            for waiter in waiters { waiter.resume(returning: result) }
        }

        // MARK: Waiting

        /// For commands that never went out, whatever ended the connection.
        private func notSent(_ reason: RedisError?) -> RedisError {
            RedisError(.notSent, reason?.message ?? "There is no connection to \(connector.address).")
        }

        private func failWaiting(_ error: RedisError) {
            let requests = waiting
            waiting = []
            for request in requests { request.fail(error) }
        }

        private func watch(_ deadline: NIODeadline) {
            guard deadline < timerDeadline else { return }
            timer?.cancel()
            timerDeadline = deadline
            timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
                self?.failLate()
            }
        }

        private func failLate() {
            timerDeadline = .distantFuture
            let now = NIODeadline.now()
            let late = waiting.filter { $0.deadline <= now }
            waiting.removeAll { $0.deadline <= now }
            let reason = lastError.map { " \($0.message)" } ?? ""
            let error = RedisError(.timedOut, "There was no connection to \(connector.address) in time.\(reason)")
            for request in late { request.fail(error) }
            if let next = waiting.map(\.deadline).min() { watch(next) }
        }
    }
#endif
