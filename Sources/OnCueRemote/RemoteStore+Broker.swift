#if Server
    public import OnCue
    import OnCueAPI

    extension RemoteStore {
        // MARK: Jobs in

        public func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
            guard !atomically, jobs.count > 1 else {
                return try await ask(StoreCalls.enqueue, EnqueueRequest(jobs, atomically: atomically)).items
            }
            var answers: [EnqueueAnswer] = []
            for part in Self.parts(of: jobs) {
                do {
                    answers += try await ask(StoreCalls.enqueue, EnqueueRequest(Array(part), atomically: false)).items
                } catch {
                    // What went before is written.
                    guard answers.isEmpty || error.code == .outcomeUnknown || error.code == .closed else {
                        throw StoreError(.outcomeUnknown, "Some of the jobs were taken, then: \(error.message)")
                    }
                    throw error
                }
            }
            return answers
        }

        /// As many jobs as go into one request.
        private static func parts(of jobs: [NewJob]) -> [ArraySlice<NewJob>] {
            let (bytesAtMost, jobsAtMost) = (4 << 20, 10_000)
            var parts: [ArraySlice<NewJob>] = []
            var (start, bytes) = (0, 0)
            for (index, job) in jobs.enumerated() {
                let size = job.payload.count + 512
                if index > start, bytes + size > bytesAtMost || index - start == jobsAtMost {
                    parts.append(jobs[start..<index])
                    (start, bytes) = (index, 0)
                }
                bytes += size
            }
            parts.append(jobs[start...])
            return parts
        }

        // MARK: Sessions

        public func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
            try await ask(StoreCalls.openSession, opening).value
        }

        public func closeSession(_ session: SessionID) async throws(StoreError) {
            _ = try await ask(StoreCalls.closeSession, Single(session))
        }

        public func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
            try await ask(StoreCalls.renew, Single(session))
        }

        public func news(for session: SessionID) async throws(StoreError) -> SessionNews {
            try await ask(StoreCalls.news, Single(session))
        }

        // MARK: Claims and outcomes

        public func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
            try await slices(of: request.wait) { (slice) async throws(StoreError) in
                var request = request
                request.wait = slice
                guard slice > .zero else {
                    return try await ask(StoreCalls.claim, ClaimCall(request, ticket: nil)).items
                }
                return try await claimWaiting(request)
            } isAnswer: {
                !$0.isEmpty
            }
        }

        public func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
            try await ask(StoreCalls.settle, batch).items
        }

        public func exchange(
            _ batch: SettleBatch?, _ request: ClaimRequest?
        ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) {
            let answer = try await ask(StoreCalls.exchange, ExchangeRequest(batch, request))
            return (answer.settled, answer.claimed)
        }

        public func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
            try await ask(StoreCalls.held, HeldRequest(session, besides: known)).items
        }

        public func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
            try await ask(StoreCalls.record, Items(notes)).items
        }

        public func memory(of job: JobID) async throws(StoreError) -> JobMemory {
            try await ask(StoreCalls.memory, Single(job))
        }
    }
#endif
