#if SQLite
import OnCue

extension Ledger {
    /// How many effects one job may store.
    static let effectsBound = 1_000

    /// Writes what runs have to say before their end; false where the session no longer holds the job.
    func record(_ notes: [JobNote]) throws(StoreError) -> [Bool] {
        for note in notes { try check(note) }
        let now = time.now()
        var answers: [Bool] = []
        for note in notes {
            guard var job = try heldJob(note.job) else {
                answers.append(false)
                continue
            }
            switch note.content {
            case .progress(let share, let message):
                try write(.progress, share, of: &job)
                try write(.message, message.map { Limits.clipped($0, to: Limits.messageBytes) }, of: &job)
                emit(.progress, job.lane, job.id, attempt: job.attempt)
            case .checkpoint(let bytes):
                try write(.checkpoint, bytes, of: &job)
                job.flags.insert(.memory)
            case .effect(let key, let result):
                try keep(result, under: key, of: job)
                job.flags.formUnion([.memory, .side])
            }
            try run(
                "UPDATE oncue_jobs SET flags = ?, updated = ? WHERE number = ?", job.flags.rawValue, now, job.number)
            answers.append(true)
        }
        return answers
    }

    /// The job if this exact token holds it.
    func heldJob(_ leased: LeasedJob) throws(StoreError) -> JobRow? {
        guard let session = try session(leased.session), session.standing == .open else { return nil }
        let statement = try queries.heldJob()
        statement.bind(values: Place.number(leased.place), leased.id, session.number, leased.delivery)
        return try jobRow(statement)
    }

    private func keep(_ result: [UInt8], under key: String, of job: JobRow) throws(StoreError) {
        let count = try occasional("SELECT count(*) FROM oncue_effects WHERE job = ? AND key != ?")
        count.bind(values: job.number, key)
        guard try count.step() else { return }
        let stored = count.integer(0)
        count.reset()
        guard stored < Self.effectsBound else {
            throw StoreError(.invalid, "a job stores at most \(Self.effectsBound) effects", field: "effect")
        }
        try run(
            "INSERT OR IGNORE INTO oncue_effects (job, key, result) VALUES (?, ?, ?)", job.number, key, result)
    }

    private func check(_ note: JobNote) throws(StoreError) {
        switch note.content {
        case .progress(let share, _):
            guard share >= 0, share <= 1 else {
                throw StoreError(.invalid, "takes a number from 0 to 1, this is \(share)", field: "progress")
            }
        case .checkpoint(let bytes):
            try check(bytes, field: "checkpoint")
        case .effect(let key, let result):
            do throws(ValidationError) {
                try Limits.checkKey(key, field: "effect")
            } catch {
                throw StoreError(error)
            }
            try check(result, field: "effect")
        }
    }

    func check(_ bytes: [UInt8], field: String) throws(StoreError) {
        guard bytes.count <= maxPayload else {
            throw StoreError(.invalid, "may have \(maxPayload) bytes, this has \(bytes.count)", field: field)
        }
    }

    func memory(of id: JobID) throws(StoreError) -> JobMemory {
        guard let job = try job(id) else { throw StoreError(.notFound, "There is no job '\(id)'.") }
        var memory = JobMemory()
        guard job.flags.contains(.memory) else { return memory }
        let note = try occasional("SELECT checkpoint FROM oncue_notes WHERE job = ?")
        note.bind(1, job.number)
        if try note.step() {
            memory.checkpoint = note.bytesOrNil(0)
            note.reset()
        }
        let effects = try occasional("SELECT key, result FROM oncue_effects WHERE job = ?")
        effects.bind(1, job.number)
        while try effects.step() { memory.effects[effects.text(0)] = effects.bytes(1) }
        return memory
    }
}
#endif
