#if Redis
    import NIOCore
    import OnCue
    import Synchronization

    /// What one caller enqueues into one queue. It may be written in several parts, which are answered together.
    final class EnqueueCall: Sendable {
        typealias Answer = Result<[EnqueueAnswer], StoreError>

        let jobs: [NewJob]
        let isAtomic: Bool
        /// Whether none of its jobs needs a record.
        let isPlain: Bool
        let since = NIODeadline.now()
        private let continuation: CheckedContinuation<Answer, Never>
        /// Those that have an answer; empty when all are answered at once.
        private let answered = Mutex<[(range: Range<Int>, answer: Answer)]>([])

        init(_ jobs: [NewJob], atomically: Bool, _ continuation: CheckedContinuation<Answer, Never>) {
            self.jobs = jobs
            isAtomic = atomically
            isPlain = jobs.allSatisfy(\.isPlain)
            self.continuation = continuation
        }

        /// Answers a part; with the last one the caller goes on.
        func answer(_ range: Range<Int>, _ answer: Answer) {
            if range == jobs.indices { return continuation.resume(returning: answer) }
            let parts = answered.withLock { parts in
                parts.append((range, answer))
                return parts.reduce(0) { $0 + $1.range.count } == jobs.count ? parts : []
            }
            if !parts.isEmpty { continuation.resume(returning: Self.joined(parts)) }
        }

        /// What may have been written makes the whole call unknown. Else each job stands for itself, unless none was written.
        private static func joined(_ parts: [(range: Range<Int>, answer: Answer)]) -> Answer {
            var answers: [EnqueueAnswer] = []
            var failure: StoreError?
            var wasWritten = false
            for part in parts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                switch part.answer {
                case .success(let some):
                    answers += some
                    wasWritten = true
                case .failure(let error):
                    if error.code == .outcomeUnknown { return part.answer }
                    answers += repeatElement(.refused(error), count: part.range.count)
                    failure = failure ?? error
                }
            }
            if let failure, !wasWritten { return .failure(failure) }
            return .success(answers)
        }
    }
#endif
