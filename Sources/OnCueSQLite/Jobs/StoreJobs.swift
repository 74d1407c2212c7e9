#if SQLite
public import OnCue

// Producing and consuming: each call is a piece of work for the writer.
extension SQLiteStore {
    public func enqueue(_ jobs: [NewJob], atomically: Bool) async throws(StoreError) -> [EnqueueAnswer] {
        guard try !isNothing(jobs) else { return [] }
        // All that does not need the file is done here, on the caller's thread.
        let arrivals = Arrivals(jobs, maxPayload: options.maxPayload, now: options.time.now())
        return try await write(weight: jobs.count) { ledger throws(StoreError) in
            try ledger.enqueue(arrivals, atomically: atomically)
        }
    }

    public func openSession(_ opening: SessionOpening) async throws(StoreError) -> SessionID {
        let id = SessionID.make(at: options.time.now())
        try await write(urgent: true) { ledger throws(StoreError) in try ledger.open(opening, as: id) }
        return id
    }

    public func closeSession(_ session: SessionID) async throws(StoreError) {
        try await write { ledger throws(StoreError) in try ledger.close(session) }
    }

    public func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
        guard request.wait > .zero, request.limit > 0 else {
            return try await write(weight: min(max(1, request.limit), 1_000)) { ledger throws(StoreError) in
                try ledger.claim(request)
            }
        }
        let call = StoreCall<[LeasedJob]>(
            writes: true, weight: min(request.limit, 1_000),
            deadline: SystemTime().uptime() + options.callTimeout + request.wait,
            waiting: .init(
                until: options.time.uptime() + request.wait,
                probe: { ledger throws(StoreError) in try ledger.canClaim(request) }, nothing: []),
            work: { ledger throws(StoreError) in
                let jobs = try ledger.claim(request)
                return jobs.isEmpty ? nil : jobs
            })
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                call.attach(continuation)
                commit.submit(call, urgent: false)
            }
        } onCancel: {
            call.cancelWait()
        }.get()
    }

    public func settle(_ batch: SettleBatch) async throws(StoreError) -> [SettleAnswer] {
        try await write(weight: batch.items.count) { ledger throws(StoreError) in try ledger.settle(batch) }
    }

    public var exchangesInOneWrite: Bool { true }

    public func exchange(
        _ batch: SettleBatch?, _ request: ClaimRequest?
    ) async throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) {
        let weight = (batch?.items.count ?? 0) + min(request?.limit ?? 0, 1_000)
        return try await write(weight: weight) {
            ledger throws(StoreError) -> (settled: [SettleAnswer], claimed: [LeasedJob]) in
            let settled = if let batch { try ledger.settle(batch) } else { [SettleAnswer]() }
            let claimed = if let request { try ledger.claim(request) } else { [LeasedJob]() }
            return (settled, claimed)
        }
    }

    public func renew(_ session: SessionID) async throws(StoreError) -> SessionNews {
        try await write(urgent: true) { ledger throws(StoreError) in try ledger.renew(session) }
    }

    public func news(for session: SessionID) async throws(StoreError) -> SessionNews {
        try await read { ledger throws(StoreError) in try ledger.news(for: session) }
    }

    public func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
        try await read { ledger throws(StoreError) in try ledger.held(by: session, besides: known) }
    }

    public func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
        guard try !isNothing(notes) else { return [] }
        return try await write(weight: notes.count) { ledger throws(StoreError) in try ledger.record(notes) }
    }

    public func memory(of job: JobID) async throws(StoreError) -> JobMemory {
        try await read { ledger throws(StoreError) in try ledger.memory(of: job) }
    }
}
#endif
