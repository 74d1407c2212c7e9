#if Redis
    /// What came of commands, in their order.
    struct DeliveryOutcome {
        var results: [RedisResult]
        /// How many replicas have all that succeeded; nil where that was not asked, or is not known.
        var acknowledged: Int?

        init(_ results: [RedisResult], acknowledged: Int? = nil) {
            self.results = results
            self.acknowledged = acknowledged
        }

        init(_ error: RedisError, count: Int) {
            self.init(Array(repeating: .failure(error), count: count))
        }
    }

    /// What has come of a pipeline's commands so far, over all attempts.
    struct PipelineResults {
        private var results: [RedisResult]
        /// Of commands that were under way when a connection broke.
        private var lost: [Int: RedisError] = [:]
        private var acknowledgements = Acknowledgements()

        init(count: Int) {
            results = Array(repeating: .failure(RedisError(.notSent, "It was not sent.")), count: count)
        }

        subscript(index: Int) -> RedisResult { results[index] }

        mutating func set(_ result: RedisResult, at index: Int) {
            results[index] = result
            if let error = result.failure, error.code == .outcomeUnknown { lost[index] = error }
        }

        /// This count was taken after the commands in these places.
        mutating func note(_ count: Acknowledgements.Count, for places: [Int]) {
            acknowledgements.note(count, for: places.filter { !results[$0].isFailure })
        }

        var outcome: DeliveryOutcome {
            DeliveryOutcome(results.indices.map(honest), acknowledged: acknowledgements.smallest)
        }

        /// The same when there is no more time for what is open.
        var timedOut: DeliveryOutcome {
            var outcome = outcome
            for (index, result) in outcome.results.enumerated() {
                guard let error = result.failure, error.code == .notSent else { continue }
                outcome.results[index] = .failure(
                    RedisError(.timedOut, "The command could not be sent in time. \(error.message)"))
            }
            return outcome
        }

        /// What may have run once is not known to have not run because a later attempt did not.
        private func honest(_ index: Int) -> RedisResult {
            guard let earlier = lost[index], let error = results[index].failure else { return results[index] }
            switch error.code {
            case .notSent, .timedOut: return .failure(earlier)
            case .server(let server) where server.passes || server.redirects: return .failure(earlier)
            default: return results[index]
            }
        }
    }

    extension Result<RESPToken, RedisError> {
        var failure: RedisError? {
            if case .failure(let error) = self { error } else { nil }
        }

        var isFailure: Bool { failure != nil }
    }

    /// How many replicas have what was written, over all connections that it was written with.
    struct Acknowledgements {
        /// What `WAIT` said. It speaks for all that its connection has written until then; nil when it said nothing.
        struct Count {
            let lane: RedisLane
            let connection: Int
            let count: Int?
        }

        private struct Origin: Hashable {
            let lane: ObjectIdentifier
            let connection: Int
        }

        private var counts: [Origin: Count] = [:]
        /// The connection that each command succeeded over.
        private var origins: [Int: Origin] = [:]

        /// The commands in these places succeeded before this count was taken.
        mutating func note(_ count: Count, for places: some Sequence<Int>) {
            let origin = Origin(lane: ObjectIdentifier(count.lane), connection: count.connection)
            counts[origin] = count
            for place in places { origins[place] = origin }
        }

        /// The smallest, nil where one is not known.
        var smallest: Int? {
            let relevant = Set(origins.values)
            var smallest: Int?
            for (origin, count) in counts where relevant.isEmpty || relevant.contains(origin) {
                guard let count = count.count else { return nil }
                smallest = min(smallest ?? count, count)
            }
            return smallest
        }
    }
#endif
