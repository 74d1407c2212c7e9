#if Redis
    public import OnCue

    extension RedisStore {
        /// Jobs of one queue that several callers bring at once are written together.
        ///
        /// Every write is one script of one queue, so `atomically` takes jobs of one queue only.
        ///
        /// - Throws: also `unsupported` when `atomically` is asked for jobs of several queues.
        public func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
            guard try !core.isNothing(jobs), let first = jobs.first else { return [] }
            if atomically {
                try checkAtomic(jobs)
                return try await gates.gate(of: first.queue).enqueue(jobs, atomically: true)
            }
            guard jobs.allSatisfy({ $0.queue == first.queue && isValid($0) }) else {
                return try await enqueueEach(jobs)
            }
            return try await gates.gate(of: first.queue).enqueue(jobs, atomically: false)
        }

        private func isValid(_ job: NewJob) -> Bool { reason(against: job) == nil }

        /// The rule that a job breaks.
        private func reason(against job: NewJob) -> StoreError? {
            do throws(ValidationError) {
                try job.validate(maxPayload: core.options.maxPayload)
                return nil
            } catch {
                return StoreError(error)
            }
        }

        private func checkAtomic(_ jobs: [NewJob]) throws(StoreError) {
            guard jobs.count <= Limits.atomicBatch else {
                throw StoreError(
                    .invalid, "an atomic batch has at most \(Limits.atomicBatch) jobs, this has \(jobs.count)",
                    field: "jobs")
            }
            for job in jobs {
                if let error = reason(against: job) { throw error }
            }
            guard jobs.allSatisfy({ $0.queue == jobs[0].queue }) else {
                throw StoreError(
                    .unsupported,
                    "in Redis an atomic batch has jobs of one queue only; make it one queue, or let one job enqueue the others when it ends"
                )
            }
        }

        /// Jobs of several queues, or some that are refused: queue by queue.
        private func enqueueEach(_ jobs: [NewJob]) async throws(StoreError) -> [EnqueueAnswer] {
            var answers = [EnqueueAnswer?](repeating: nil, count: jobs.count)
            var order: [QueueName] = []
            var places: [QueueName: [Int]] = [:]
            for (place, job) in jobs.enumerated() {
                if let error = reason(against: job) {
                    answers[place] = .refused(error)
                } else {
                    if places[job.queue] == nil { order.append(job.queue) }
                    places[job.queue, default: []].append(place)
                }
            }
            var wasWritten = false
            var failure: StoreError?
            for queue in order {
                let places = places[queue] ?? []
                do throws(StoreError) {
                    let taken = try await gates.gate(of: queue).enqueue(places.map { jobs[$0] }, atomically: false)
                    for (place, answer) in zip(places, taken) { answers[place] = answer }
                    wasWritten = true
                } catch {
                    if error.code == .outcomeUnknown { throw error }
                    for place in places { answers[place] = .refused(error) }
                    failure = failure ?? error
                }
            }
            if let failure, !wasWritten { throw failure }
            // Every place was given an answer above: refused, or by its queue.
            return answers.compactMap(\.self)
        }
    }
#endif
