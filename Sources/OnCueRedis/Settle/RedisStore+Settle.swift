#if Redis
    import Logging
    public import OnCue
    import RedisWire

    extension RedisStore {
        /// One script a queue for each 500 outcomes, sent together.
        ///
        /// A queue's outcomes and the follow-ups for the same queue are one write. Follow-ups for other queues are noted in that
        /// write, exist a moment later, and once: whoever comes by passes them on if this process does not.
        public func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
            try checkFollowUps(batch)
            guard try !core.isNothing(batch.items) else { return [] }
            let worker = try await nameOfWorker(batch.session)
            var plan = SettlePlan(batch)
            var commands: [RedisCommand] = []
            for index in plan.chunks.indices {
                guard let queue = try await core.registry.queue(plan.chunks[index].queueName) else { continue }
                plan.chunks[index].queue = queue
                plan.chunks[index].command = commands.count
                let chunk = plan.chunks[index]
                commands.append(
                    core.command(Scripts.settle, on: queue, session: batch.session, isSafeToRepeat: true) {
                        chunk.write(batch, worker: worker, into: &$0)
                    })
            }
            let replies = commands.isEmpty ? [] : await core.sendDurably(commands)
            var answers = [SettleAnswer](repeating: .leaseLost, count: batch.items.count)
            var wasWritten = false
            var failure: StoreError?
            for chunk in plan.chunks {
                guard let command = chunk.command else { continue }
                do throws(StoreError) {
                    try chunk.read(try replies[command].get(), into: &answers)
                    wasWritten = true
                } catch {
                    failure = failure ?? error
                }
            }
            if var failure {
                // Whoever is told that nothing was written must be able to rely on it.
                if wasWritten { failure.code = .outcomeUnknown }
                throw failure
            }
            await relayFollowUps(plan, batch)
            return answers
        }

        private func checkFollowUps(_ batch: SettleBatch) throws(StoreError) {
            for item in batch.items {
                for job in item.followUps {
                    do throws(ValidationError) {
                        try job.validate(maxPayload: core.options.maxPayload)
                    } catch {
                        throw StoreError(error)
                    }
                }
            }
        }

        /// A session that is not known any more has no name: its queues still know what they answered to it.
        private func nameOfWorker(_ session: SessionID) async throws(StoreError) -> String {
            do throws(StoreError) {
                return try await core.sessions.worker(of: session)
            } catch {
                guard error.code == .fenced else { throw error }
                return ""
            }
        }

        /// The outcome stands whatever becomes of this: what could not be passed on is, by maintenance.
        private func relayFollowUps(_ plan: SettlePlan, _ batch: SettleBatch) async {
            for chunk in plan.chunks {
                guard let queue = chunk.queue else { continue }
                let tokens = chunk.tokensOfOthers(batch)
                guard !tokens.isEmpty else { continue }
                do throws(StoreError) {
                    try await core.relay(tokens, from: queue)
                } catch {
                    core.logger.warning("follow-ups of queue '\(queue.name)' wait for maintenance: \(error)")
                }
            }
        }
    }
#endif
