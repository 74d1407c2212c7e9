#if Redis
    import OnCue
    import RedisWire

    extension Upkeep {
        /// Ids of follow-ups are kept at least so long where they were taken in.
        private static let appliedFor: Duration = .seconds(60)

        /// Follow-ups that were sent on are remembered where they came to as long as they could be sent again.
        ///
        /// - Parameter isWhole: every queue was looked at.
        mutating func tidyFollowUps(_ needs: [UpkeepNeeds], isWhole: Bool) async throws(StoreError) {
            // With every outbox empty nothing that came before the look can come again.
            guard isWhole, needs.allSatisfy({ $0.outbox == 0 }) else { return }
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
