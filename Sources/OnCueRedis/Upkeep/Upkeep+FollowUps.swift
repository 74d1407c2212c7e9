#if Redis
    import OnCue
    import RedisWire

    extension Upkeep {
        /// Follow-ups whose process did not send them on at once are older than this.
        private static let left: Duration = .seconds(1)
        /// Ids of follow-ups are kept at least so long where they were taken in.
        private static let appliedFor: Duration = .seconds(60)

        /// Follow-ups that were left behind are sent on. Those that were sent on are remembered where they came to as long as
        /// they could be sent again.
        ///
        /// - Parameter isWhole: every queue was looked at.
        mutating func tidyFollowUps(_ needs: [UpkeepNeeds], isWhole: Bool) async throws(StoreError) {
            var isAllSent = isWhole
            let limit = max(1, request.limit)
            for need in needs where need.outbox > 0 {
                do throws(StoreError) {
                    let sent = try await core.relayOutbox(of: need.queue, olderThan: Self.left, limit: limit)
                    if sent >= limit {
                        report.hasMore = true
                        isAllSent = false
                    }
                } catch {
                    firstError = firstError ?? error
                    isAllSent = false
                }
            }
            // What is in an outbox now is newer than a second, and came to no queue a minute ago.
            guard isAllSent else { return }
            for need in needs where need.applied > 0 {
                let answer = try await core.run(Scripts.forgetApplied, on: need.queue, isSafeToRepeat: true) {
                    $0.append((now - Self.appliedFor).microseconds)
                    $0.append(Self.piece)
                }
                if answer.integer.map({ $0 >= Self.piece }) ?? false { report.hasMore = true }
            }
        }
    }
#endif
