import OnCue
import OnCueTesting
import Testing

@testable import OnCueRedis

@Suite struct JobFactsTests {
    private static let full: JobFacts = {
        func time(_ seconds: Int64) -> Timestamp {
            Timestamp(microseconds: (1_795_000_000 + seconds) * 1_000_000 + 1)
        }
        var facts = JobFacts(state: .running, level: .bulk, created: time(0))
        facts.attempt = 3
        facts.delivery = 5
        facts.lostWorkers = 2
        facts.updated = time(1)
        facts.due = time(2)
        facts.expires = time(3)
        facts.begun = time(4)
        facts.finished = time(5)
        facts.entry = StreamPosition(milliseconds: 1_795_000_000_000, sequence: 17)
        facts.session = SessionID(rawValue: "0193a1b2-0000-7000-8000-000000000000")
        facts.worker = "büro-1"
        facts.progress = 0.25
        facts.progressMessage = "a quarter"
        facts.lastError = "no\0route"
        facts.lastErrorCategory = .rateLimit
        facts.deadReason = .workerLost
        facts.cancelReason = "asked for"
        facts.isCancelRequested = true
        facts.maxAttempts = 9
        facts.exemptUntil = time(6)
        return facts
    }()

    private func read(_ bytes: [UInt8]) -> JobFacts? {
        var reader = MessagePackReader(bytes)
        return reader.value()?.map.flatMap { JobFacts($0) }
    }

    @Test func everyFactComesBack() {
        #expect(Set(Self.full.map.keys) == Set(JobFacts.Key.allCases.map(\.rawValue)))
        #expect(read(Self.full.encoded()) == Self.full)
        for state in JobState.allCases {
            for level in JobPriority.allCases {
                let facts = JobFacts(state: state, level: level, created: Timestamp(microseconds: -1))
                #expect(read(facts.encoded()) == facts)
            }
        }
    }

    @Test func whatHasItsDefaultIsNotWritten() {
        let facts = JobFacts(state: .pending, level: .normal, created: Timestamp(microseconds: 1))
        #expect(Set(facts.map.keys) == ["s", "v", "c"])
    }

    @Test func factsThatAreMissingOrOfTheWrongKindAreRefused() {
        for key in ["s", "v", "c"] {
            var map = Self.full.map
            map[key] = nil
            #expect(JobFacts(map) == nil, "\(key)")
        }
        for key in JobFacts.Key.allCases {
            var map = Self.full.map
            map[key.rawValue] = .array([.bool(true)])
            #expect(JobFacts(map) == nil, "\(key)")
        }
        var newer = Self.full.map
        newer["zz"] = .integer(1)
        #expect(JobFacts(newer) == Self.full)
    }

    @Test func aRecordShowsAllThatIsKnown() throws {
        let job = NewJob(
            name: "work", payload: [1, 2], contentType: "text/plain", unique: UniqueKey("k"),
            options: JobOptions(maxAttempts: 3, timeout: .seconds(5)), tags: ["a": "b"],
            correlationID: "c",
            headers: ["h": "i"], parent: JobID(high: 5, low: 6))
        let stored = StoredRecord(facts: Self.full, body: try JobBody(job, nonce: 0))
        let read = try #require(StoredRecord(stored.encoded()))
        #expect(read == stored)
        let id = JobID(high: 1, low: 2)
        let record = try #require(read.record(id: id, queue: "mail", output: [9]))
        let facts = Self.full
        #expect(
            record
                == JobRecord(
                    id: id, name: "work", queue: "mail", priority: .bulk, state: .running, payload: [1, 2],
                    contentType: "text/plain", tags: ["a": "b"], correlationID: "c", headers: ["h": "i"],
                    unique: UniqueKey("k"), options: JobOptions(maxAttempts: 9, timeout: .seconds(5)),
                    parent: JobID(high: 5, low: 6), attempt: 3, lostWorkers: 2, createdAt: facts.created,
                    updatedAt: facts.updated ?? facts.created, dueAt: facts.due, expiresAt: facts.expires,
                    startedAt: facts.begun, finishedAt: facts.finished, progress: 0.25,
                    progressMessage: "a quarter",
                    output: [9], lastError: "no\0route", lastErrorCategory: .rateLimit,
                    deadReason: .workerLost,
                    cancelReason: "asked for", isCancelRequested: true, session: facts.session,
                    worker: "büro-1"))
    }

    @Test func cutAndDamagedRecordsNeverTrap() throws {
        let stored = StoredRecord(facts: Self.full, body: try JobBody(NewJob(name: "work"), nonce: 0))
        let bytes = stored.encoded()
        for count in 0..<bytes.count { #expect(StoredRecord(bytes[..<count]) == nil) }
        var random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            _ = StoredRecord(damaged)?.record(id: JobID(high: 1, low: 2), queue: "q")
        }
    }
}
