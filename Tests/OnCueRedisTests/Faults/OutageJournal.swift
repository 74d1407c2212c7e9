#if Redis
    import OnCue
    import Synchronization

    /// What a producer was told and what workers did, job by job. Jobs are known by the number in their payload.
    final class OutageJournal: Sendable {
        typealias Instant = ContinuousClock.Instant

        /// A job whose enqueue was answered.
        struct Accepted: Sendable {
            var id: JobID
            var askedAt: Instant
            var answeredAt: Instant
        }

        /// Runs of one job.
        struct Runs: Sendable {
            var begun = 0
            /// When runs came to their end without being stopped.
            var finished: [Instant] = []
            /// Runs of the job that it makes follow.
            var followed = 0
        }

        private struct Contents {
            var accepted: [Int: Accepted] = [:]
            var runs: [Int: Runs] = [:]
            var greetings: [Int: Int] = [:]
            var refusals: [StoreError.Code: Int] = [:]
        }

        private let contents = Mutex(Contents())

        // MARK: Noting

        func accepted(_ numbers: [Int], _ ids: [JobID?], askedAt: Instant) {
            contents.withLock { contents in
                for (number, id) in zip(numbers, ids) {
                    guard let id else { continue }
                    contents.accepted[number] = Accepted(id: id, askedAt: askedAt, answeredAt: .now)
                }
            }
        }

        func refused(_ code: StoreError.Code) { contents.withLock { $0.refusals[code, default: 0] += 1 } }
        func began(_ number: Int) { contents.withLock { $0.runs[number, default: Runs()].begun += 1 } }
        func finished(_ number: Int) { contents.withLock { $0.runs[number, default: Runs()].finished.append(.now) } }
        func followed(_ number: Int) { contents.withLock { $0.runs[number, default: Runs()].followed += 1 } }
        func greeted(_ seat: Int) { contents.withLock { $0.greetings[seat, default: 0] += 1 } }

        // MARK: Looking

        var accepted: [Int: Accepted] { contents.withLock { $0.accepted } }
        var runs: [Int: Runs] { contents.withLock { $0.runs } }
        /// How many jobs have come to their end.
        var finishedCount: Int { contents.withLock { $0.runs.values.count { !$0.finished.isEmpty } } }
        func greetings(of seat: Int) -> Int { contents.withLock { $0.greetings[seat, default: 0] } }
        /// How often the store has refused a batch, and why.
        var refusals: [StoreError.Code: Int] { contents.withLock { $0.refusals } }
    }
#endif
