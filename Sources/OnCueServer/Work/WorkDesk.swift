#if Server
    import OnCue
    import OnCueAPI

    /// Deals with the store for workers that say what happened and leave the rest to the server: which jobs they may have,
    /// what follows from a failure.
    struct WorkDesk: Sendable {
        let store: any JobStore
        let settings: SettingsCache
        let directory: SessionDirectory

        /// A job that a worker gets, and by what it runs it.
        typealias Handout = (job: LeasedJob, terms: WorkTerms)

        struct Claimed: Sendable {
            var jobs: [LeasedJob] = []
            var terms: [WorkTerms] = []
            /// The session is to claim no more, or to end.
            var isQuiet = false
            var isStopping = false
        }

        /// A claim waits so long at most before it looks again at what may have changed: a word to the session, or the queues
        /// where it serves every one.
        private static let slice: Duration = .seconds(5)
        private static let sliceOfEveryQueue: Duration = .seconds(2)

        // MARK: Claim

        /// - Throws: `fenced` when the session has ended.
        func claim(_ claim: WorkClaim, by session: SessionID) async throws -> Claimed {
            let clock = ContinuousClock()
            let deadline = clock.now + claim.wait
            while true {
                let news = try await store.news(for: session)
                var claimed = Claimed(isQuiet: news.isQuiet, isStopping: news.isStopping)
                if news.isQuiet || news.isStopping { return claimed }
                let rest = max(.zero, clock.now.duration(to: deadline))
                let jobs = try await store.claim(try await request(claim, by: session, wait: rest))
                let (handouts, spent) = try await sorted(jobs)
                if !spent.isEmpty, let settled = claim.settled { await bury(spent, of: session, after: settled) }
                if !handouts.isEmpty || rest == .zero || Task.isCancelled {
                    claimed.jobs = handouts.map(\.job)
                    claimed.terms = handouts.map(\.terms)
                    return claimed
                }
            }
        }

        private func request(
            _ claim: WorkClaim, by session: SessionID, wait: Duration
        ) async throws(StoreError) -> ClaimRequest {
            let entry = try await directory.entry(of: session)
            var queues = entry.queues
            var slice = Self.slice
            if claim.queues == nil, queues.isEmpty {
                queues = try await settings.servedQueues()
                slice = Self.sliceOfEveryQueue
            }
            var holdsSuspect = false
            if claim.suspects == nil {
                holdsSuspect = try await store.held(by: session, besides: []).contains { $0.lostWorkers > 0 }
            }
            return claim.request(
                session: session, names: entry.names, queues: queues, holdsSuspect: holdsSuspect,
                wait: min(wait, slice), chance: .random(in: 0..<16))
        }

        /// What the session holds and may run.
        func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [Handout] {
            try await sorted(try await store.held(by: session, besides: known)).handouts
        }

        // MARK: Settle

        /// Writes what became of jobs, and claims where that is asked for.
        func settle(
            _ reports: WorkReports, of session: SessionID
        ) async throws -> (answers: [SettleAnswer], claimed: Claimed?) {
            let held = try await store.held(by: session, besides: [])
            await bury(try await sorted(held).spent, of: session, after: reports.sequence - 1)
            let jobs = Dictionary(held.map { ($0.id, $0) }) { $1 }
            let now = try await store.now()
            var items: [Settlement] = []
            for report in reports.reports {
                // Held no more: either these are the answers of an earlier call, or the job is lost.
                guard let job = jobs[report.job.id], report.job.isFor(job) else {
                    items.append(Settlement(report.job.unheld(by: session), .released))
                    continue
                }
                var settlement = report.settlement(
                    of: job, try await terms(of: job), now: now, spread: .random(in: -1...1))
                for index in settlement.followUps.indices {
                    // Whoever submitted the job may cancel what follows from it.
                    settlement.followUps[index].headers[JobOwner.header] = job.details?.headers[JobOwner.header]
                }
                items.append(settlement)
            }
            let batch = SettleBatch(session: session, sequence: WorkSequence.own(reports.sequence), items: items)
            guard let claim = reports.claim else { return (try await store.settle(batch), nil) }
            let news = try? await store.news(for: session)
            guard let news, !news.isQuiet, !news.isStopping else {
                let answers = try await store.settle(batch)
                return (answers, Claimed(isQuiet: news?.isQuiet ?? false, isStopping: news?.isStopping ?? false))
            }
            let answer = try await store.exchange(batch, try await request(claim, by: session, wait: .zero))
            let handouts = try await sorted(answer.claimed).handouts
            return (answer.settled, Claimed(jobs: handouts.map(\.job), terms: handouts.map(\.terms)))
        }

        // MARK: Notes

        /// Whether each note was taken; all of it or, where the job is lost, nothing.
        func record(_ notes: [WorkNote], by session: SessionID) async throws(StoreError) -> [Bool] {
            let jobs = Dictionary(try await store.held(by: session, besides: []).map { ($0.id, $0) }) { $1 }
            var items: [JobNote] = []
            var places: [Int] = []
            for (place, note) in notes.enumerated() {
                guard let job = jobs[note.job.id], note.job.isFor(job) else { continue }
                items += note.contents.map { JobNote(job, $0) }
                places += note.contents.map { _ in place }
            }
            var taken: [Bool?] = Array(repeating: nil, count: notes.count)
            for (answer, place) in zip(try await store.record(items), places) {
                taken[place] = (taken[place] ?? true) && answer
            }
            return taken.map { $0 ?? false }
        }

        // MARK: Jobs without attempts

        private struct Spent {
            var job: LeasedJob
            var reason: DeadReason
            var keep: Settlement.Keep
        }

        private func terms(of job: LeasedJob) async throws(StoreError) -> WorkTerms {
            let (queue, defaults) = try await settings.places(of: job.queue)
            return WorkTerms(job, queue: queue, defaults: defaults)
        }

        /// Parts the jobs that may run from those whose attempts are used up: whoever ran them last was lost with them.
        private func sorted(_ jobs: [LeasedJob]) async throws(StoreError) -> (handouts: [Handout], spent: [Spent]) {
            var handouts: [Handout] = []
            var spent: [Spent] = []
            for job in jobs {
                let terms = try await terms(of: job)
                if let reason = terms.options.reasonToBury(job) {
                    spent.append(Spent(job: job, reason: reason, keep: terms.keep(in: .dead)))
                } else {
                    handouts.append((job, terms))
                }
            }
            return (handouts, spent)
        }

        /// Writes between two settlements of the worker that these jobs are dead. What does not succeed has time until the
        /// next settlement: the session holds the jobs, and nobody runs them.
        private func bury(_ spent: [Spent], of session: SessionID, after settled: Int64) async {
            guard !spent.isEmpty else { return }
            let items = spent.map { Settlement($0.job, .dead($0.reason), keep: $0.keep) }
            let ids = Set(spent.map(\.job.id))
            for sequence in WorkSequence.between(settled) {
                do throws(StoreError) {
                    _ = try await store.settle(SettleBatch(session: session, sequence: sequence, items: items))
                    // A number that was used before has written nothing.
                    if try await store.held(by: session, besides: []).allSatisfy({ !ids.contains($0.id) }) { return }
                } catch {
                    guard error.code == .conflict else { return }
                }
            }
        }
    }
#endif
