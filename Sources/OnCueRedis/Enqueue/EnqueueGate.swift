#if Redis
    import NIOCore
    import OnCue
    import RedisWire
    import Synchronization

    /// Gathers what callers of this process enqueue into one queue: while one script is under way, what comes meanwhile
    /// goes out in the next.
    final class EnqueueGate: Sendable {
        /// A second script goes out beside one that is under way when so many jobs wait, and the queue is so far from full that the
        /// first cannot be refused while the second is taken.
        private static let jobsForTwo = 16
        /// After so long without a script nobody else is likely to come along with the next caller.
        private static let quiet = TimeAmount.milliseconds(1)

        private let core: StoreCore
        private let queue: QueueName
        private let state = Mutex(State())

        private struct State {
            var plain = EnqueueLine()
            var special = EnqueueLine()
            var scriptsUnderWay = 0
            /// The first batch is on its way from its caller's thread to the event loop. What comes behind it must not be there before.
            var isHandingOver = false
            var lastScriptEnded = NIODeadline.uptimeNanoseconds(0)
            /// What the queue last said.
            var outlook = EnqueueOutlook.unknown

            var waitingJobs: Int { plain.jobs + special.jobs }
        }

        init(core: StoreCore, queue: QueueName) {
            self.core = core
            self.queue = queue
        }

        /// - Parameter jobs: valid, and all of this queue.
        func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
            let answer = await withCheckedContinuation { continuation in
                let call = EnqueueCall(jobs, atomically: atomically, continuation)
                let (starts, first) = state.withLock { state -> (Bool, EnqueueBatch?) in
                    if call.isPlain { state.plain.add(call) } else { state.special.add(call) }
                    guard Self.mayStart(&state) else { return (false, nil) }
                    guard state.scriptsUnderWay == 1, call.since - state.lastScriptEnded > Self.quiet else {
                        return (true, nil)
                    }
                    state.isHandingOver = true
                    return (true, Self.takeBatch(&state))
                }
                if let first { handOver(first) } else if starts { start() }
            }
            return try answer.get()
        }

        /// For a caller who comes alone: the caller's own thread encodes the batch, while the event loop wakes.
        private func handOver(_ batch: EnqueueBatch) {
            core.client.eventLoop.execute {}
            if #available(macOS 26, *) {
                Task.immediate(executorPreference: core.executor) { await self.writeAll(from: batch) }
            } else {
                Task(executorPreference: core.executor) { await self.writeAll(from: batch) }
            }
            let startsAnother = state.withLock { state in
                state.isHandingOver = false
                return Self.mayStart(&state)
            }
            if startsAnother { start() }
        }

        private func start() {
            Task(executorPreference: core.executor) { await self.writeAll(from: self.take()) }
        }

        private func writeAll(from first: EnqueueBatch?) async {
            var next = first
            while let batch = next {
                await write(batch)
                next = take()
            }
        }

        /// Whether one more script may go out now; it then counts as under way.
        private static func mayStart(_ state: inout State) -> Bool {
            let isFree =
                state.scriptsUnderWay == 0
                || (state.scriptsUnderWay == 1 && state.waitingJobs >= jobsForTwo && state.outlook.hasMuchRoom)
            guard isFree, state.waitingJobs > 0, !state.isHandingOver else { return false }
            state.scriptsUnderWay += 1
            return true
        }

        /// What the next script takes; nil: this one was the last for now.
        private func take() -> EnqueueBatch? {
            let (batch, late, startsAnother) = state.withLock { state -> (EnqueueBatch?, [EnqueueCall], Bool) in
                let now = NIODeadline.now()
                let deadline = now - .nanoseconds(core.options.callTimeout.wholeMicroseconds * 1_000)
                let late = state.plain.removeThose(before: deadline) + state.special.removeThose(before: deadline)
                state.scriptsUnderWay -= 1
                state.lastScriptEnded = now
                guard Self.mayStart(&state) else { return (nil, late, false) }
                return (Self.takeBatch(&state), late, Self.mayStart(&state))
            }
            for call in late {
                let error = StoreError(.timedOut, "the write did not begin in time; Redis is slow or cannot be reached")
                call.answer(call.jobs.indices, .failure(error))
            }
            if startsAnother { start() }
            return batch
        }

        private static func takeBatch(_ state: inout State) -> EnqueueBatch? {
            plainIsNext(state) ? state.plain.takeBatch() : state.special.takeBatch()
        }

        private static func plainIsNext(_ state: borrowing State) -> Bool {
            guard let plain = state.plain.calls.first else { return false }
            guard let special = state.special.calls.first else { return true }
            return plain.since <= special.since
        }

        // MARK: - Writing

        private func write(_ batch: EnqueueBatch) async {
            do throws(StoreError) {
                let (answers, outlook) = try await answers(to: batch)
                state.withLock { $0.outlook = outlook }
                var from = 0
                for part in batch.parts {
                    let to = from + part.range.count
                    part.call.answer(part.range, .success(Array(answers[from..<to])))
                    from = to
                }
            } catch {
                for part in batch.parts { fail(part, error) }
            }
        }

        /// What is left of a call that failed is not tried: its jobs would come out of order.
        private func fail(_ part: EnqueueBatch.Part, _ error: StoreError) {
            let rest = state.withLock { state in
                state.outlook = .unknown
                return state.plain.removeRest(of: part.call) ?? state.special.removeRest(of: part.call)
            }
            part.call.answer(part.range, .failure(error))
            if let rest { part.call.answer(rest, .failure(StoreError(.unavailable, "not tried: \(error.message)"))) }
        }

        private func answers(to batch: EnqueueBatch) async throws(StoreError) -> ([EnqueueAnswer], EnqueueOutlook) {
            var mayBeFull = false
            let outlook = state.withLock { $0.outlook }
            // A test's clock is not the one that Redis takes positions from.
            var mayTransact = outlook.hasMuchRoom && !outlook.isClockSetBack && core.clockArgument.isEmpty
            for _ in 0..<5 {
                let queue = try await core.registry.makeQueue(queue)
                if mayTransact, let transaction = EnqueueTransaction(batch, on: queue) {
                    let reply = try await core.runDurably(transaction.encoded(core))
                    if let (answers, outlook) = try transaction.answers(reply) { return (answers, outlook) }
                    mayTransact = false
                    continue
                }
                let isPlain = batch.isPlain && !mayBeFull
                let command = core.command(isPlain ? Scripts.enqueuePlain : Scripts.enqueue, on: queue) { arguments in
                    if isPlain { batch.writePlain(into: &arguments) } else { batch.write(into: &arguments) }
                }
                let reply = try await core.sendDurably([command])[0].get()
                if reply.isNull, isPlain {
                    mayBeFull = true
                } else if reply.text == "U" {
                    // It was removed, or the server was emptied.
                    core.registry.forget(self.queue)
                } else if isPlain {
                    return try batch.plainAnswers(reply)
                } else {
                    return (try batch.answers(reply, of: self.queue), .unknown)
                }
            }
            throw StoreError(.unavailable, "the queue '\(queue)' goes as soon as it is made; nothing was written")
        }
    }
#endif
