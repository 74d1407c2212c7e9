#if Redis
    import OnCue
    import Synchronization

    /// What a claim has left behind, for the next one of the session: who knows what there is need not ask first, which is
    /// half the way to the jobs.
    ///
    /// It may be wrong: others take what is there. A read then brings less, and the claim asks after all.
    struct ClaimOutlook: Sendable {
        /// What there is to claim on each channel.
        struct Supplies: Sendable {
            fileprivate let channels: [String: ClaimPlan.Supply]

            /// In the order of the queues of a request; nil where one of them is not known.
            func of(_ queues: [Queue?]) -> [ClaimPlan.Supply?]? {
                var supplies: [ClaimPlan.Supply?] = []
                for queue in queues {
                    guard let queue else {
                        supplies.append(nil)
                        continue
                    }
                    guard let supply = channels[queue.keys.channel] else { return nil }
                    supplies.append(supply)
                }
                return supplies.count { $0 != nil } == channels.count ? supplies : nil
            }
        }

        private let mark: WakeHub.Mark
        private let channels: [String: ClaimPlan.Supply]
        private let seenAt: Duration

        /// What comes due or was put back in silence is found at the latest after so long.
        private static let lasts: Duration = .milliseconds(20)

        /// - Parameter mark: what had been heard before it was looked.
        init(_ left: [String: ClaimPlan.Supply], mark: WakeHub.Mark) {
            self.mark = mark
            channels = left
            seenAt = SystemTime().uptime()
        }

        /// What there is by now, where messages of new jobs have come since; nil where that is not known for certain.
        func news(at now: WakeHub.Mark) -> Supplies? {
            guard let additions = now.additions(since: mark), !additions.isEmpty else { return nil }
            var channels = channels
            for (channel, added) in additions {
                guard channels[channel] != nil else { return nil }
                channels[channel]?.fresh.merge(added, uniquingKeysWith: +)
            }
            return Supplies(channels: channels)
        }

        /// The same for the next claim, a moment later: enough for all that it wants, and nothing but new jobs.
        func supplies(at now: WakeHub.Mark, for limit: Int) -> Supplies? {
            guard SystemTime().uptime() - seenAt < Self.lasts, let additions = now.additions(since: mark) else {
                return nil
            }
            let supplies = additions.isEmpty ? Supplies(channels: channels) : news(at: now)
            guard let supplies, supplies.channels.values.allSatisfy({ $0.parked.values.allSatisfy(\.isEmpty) }) else {
                return nil
            }
            let fresh = supplies.channels.values.reduce(0) { $0 + $1.fresh.values.reduce(0, +) }
            return fresh >= limit ? supplies : nil
        }
    }

    /// The outlooks of the sessions that claim much at a time.
    final class ClaimOutlooks: Sendable {
        /// Who wants few jobs asks each time: it costs them little, and the newest order counts.
        static let worthwhile = 64

        private let outlooks = Mutex<[SessionID: ClaimOutlook]>([:])

        /// Takes it out: a claim that fails leaves none.
        func take(_ session: SessionID) -> ClaimOutlook? {
            outlooks.withLock { $0.removeValue(forKey: session) }
        }

        func keep(_ outlook: ClaimOutlook, for session: SessionID) {
            outlooks.withLock { outlooks in
                // Of sessions that ended.
                if outlooks.count >= 1_000 { outlooks = [:] }
                outlooks[session] = outlook
            }
        }
    }
#endif
