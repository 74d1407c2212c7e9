#if Server
    import OnCue
    import OnCueAPI
    import Testing

    /// What is written is read back as the same value.
    @Suite struct ExactFormTests {
        private func throughJSON<Value: StoreValue>(_ value: Value) throws -> Value {
            var json = JSONWriter()
            Single(value).write(to: &json)
            #expect(JSONSlicer.isValue(json.bytes))
            return try Single<Value>(JSONFields(json.bytes)).value
        }

        private func check<Value: StoreValue & Equatable>(
            _ values: Value..., at location: SourceLocation = #_sourceLocation
        ) throws {
            for value in values { #expect(try throughJSON(value) == value, sourceLocation: location) }
        }

        /// A value whose parts cannot be compared as a whole.
        private func check<Value: StoreValue>(
            described value: Value, at location: SourceLocation = #_sourceLocation
        ) throws {
            let (first, second) = (value.text, try throughJSON(value).text)
            #expect(first == second, sourceLocation: location)
        }

        private static let moment = Timestamp(microseconds: 1_763_750_000_123_457)
        private static let id = JobID(high: .max, low: 1)
        private static let odd = "é\"\\\u{0}\n\u{1F600}/"

        private static let options = JobOptions(
            queue: "q", priority: .bulk, maxAttempts: 7,
            backoff: Backoff(
                strategy: .linear, initial: .nanoseconds(1), max: .seconds(86_400 * 366 * 100), multiplier: 1.1,
                jitter: 0.30000000000000004),
            timeout: .zero, softTimeout: .milliseconds(1), retention: .nanoseconds(1_000_000_001))

        private static var new: NewJob {
            NewJob(
                id: id, name: "n", queue: "q", priority: .critical, payload: Array(0...255), contentType: odd,
                due: .at(moment), expires: .after(.nanoseconds(5)),
                unique: UniqueKey(odd, until: .elapsed(.seconds(1))),
                options: options, tags: ["a": odd, "": ""], correlationID: "", headers: ["h": odd], parent: id)
        }

        private static var leased: LeasedJob {
            LeasedJob(
                id: id, name: "n", queue: "q", priority: .low, payload: [0, 255], attempt: 3, lostWorkers: 2,
                createdAt: moment, session: SessionID(rawValue: odd), delivery: .max, place: .min,
                details: .init(
                    contentType: "x", options: options, tags: ["t": ""], correlationID: odd, headers: [:],
                    unique: UniqueKey("k"), expiresAt: moment, parent: id, hasMemory: true))
        }

        @Test func plainValues() throws {
            try check("", Self.odd)
            try check(Int.min, Int.max, 0)
            try check(Int64.min, Int64.max)
            try check(Double.pi, -0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, -.infinity)
            #expect(try throughJSON(Double.nan).isNaN)
            try check(Duration.zero, .nanoseconds(Int64.min), .nanoseconds(Int64.max), .nanoseconds(-1))
            #expect(try throughJSON(Duration.seconds(Int64.max)) == .nanoseconds(Int64.max))
            try check(Timestamp(microseconds: .min), Timestamp(microseconds: .max))
            try check(EventCursor.start, EventCursor(entry: .max, index: 9))
            try check(Self.id, JobID(high: 0, low: 0))
            for state in JobState.allCases { try check(state) }
            for kind in JobEvent.Kind.allCases { try check(kind) }
            for priority in JobPriority.allCases { try check(priority) }
        }

        @Test func jobs() throws {
            try check(NewJob(name: "n"), Self.new, NewJob(name: "", queue: "", payload: [], due: .after(.seconds(-1))))
            var record = JobRecord(
                id: Self.id, name: "n", queue: "q", priority: .high, state: .blocked, payload: [],
                createdAt: Self.moment,
                updatedAt: Self.moment)
            try check(record)
            record = JobRecord(
                id: Self.id, name: "n", queue: "q", priority: .high, state: .running, payload: Array(0...255),
                contentType: "x", tags: ["a": "b"], correlationID: "c", headers: ["h": Self.odd],
                unique: UniqueKey("k", until: .started), options: Self.options, parent: Self.id, attempt: 4,
                lostWorkers: 1,
                createdAt: Self.moment, updatedAt: Self.moment, dueAt: Self.moment, expiresAt: Self.moment,
                startedAt: Self.moment, finishedAt: Self.moment, progress: 0.1, progressMessage: Self.odd, output: [],
                lastError: Self.odd, lastErrorCategory: .rateLimit, deadReason: .workerLost, cancelReason: "",
                isCancelRequested: true, session: SessionID(rawValue: "s"), worker: "w")
            try check(record)
            try check(
                AttemptRecord(
                    attempt: 1, startedAt: Self.moment, duration: .nanoseconds(3), worker: Self.odd, category: .timeout,
                    error: Self.odd))
            try check(JobMemory(), JobMemory(checkpoint: [], effects: [Self.odd: [1], "b": []]))
            try check(
                JobFilter(),
                JobFilter(
                    states: [.dead, .pending], queue: "q", name: "a*", tags: ["a": nil, "b": Self.odd],
                    correlationID: "c", createdFrom: Self.moment, createdBefore: Self.moment))
            try check(JobCount(3, isExact: false))
            try check(
                EnqueueAnswer.accepted(Self.id), .duplicate(of: Self.id),
                .refused(StoreError(.queueFull, Self.odd, field: "queue")))
            try check(
                JobChange.cancel(reason: nil, force: true), .cancel(reason: Self.odd, force: false),
                .retry(resetAttempts: true), .delete, .edit(JobEdit()),
                .edit(JobEdit(payload: [], priority: .low, due: .now)))
            try check(ChangeAnswer.done(nil), .done(.pending), .requested, .notFound, .refused(.running))
        }

        @Test func workOfSessions() throws {
            try check(described: Self.leased)
            try check(
                described: LeasedJob(
                    id: Self.id, name: "n", queue: "q", priority: .low, payload: [], attempt: 1, lostWorkers: 0,
                    createdAt: Self.moment, session: SessionID(rawValue: "s"), delivery: 1, place: 0, details: nil))
            try check(
                described: ClaimRequest(
                    session: SessionID(rawValue: "s"), queues: [.init("q"), .init("r", limit: 0)], names: ["n": 3],
                    limit: .max, floor: 2, suspects: 0, wait: .nanoseconds(7)))
            let nobody = ClaimRequest(session: SessionID(rawValue: "s"), queues: [], names: [:], limit: 0)
            #expect(try throughJSON(nobody).names == [:])
            var anybody = nobody
            anybody.names = nil
            #expect(try throughJSON(anybody).names == nil)
            for outcome: Settlement.Outcome in [
                .completed(output: nil), .completed(output: []), .retry(after: .nanoseconds(1), counts: false),
                .snooze(.zero), .released, .cancelled(reason: nil), .cancelled(reason: ""), .dead(.expired),
            ] { try check(outcome) }
            try check(Settlement.Keep.policy, .atLeast(.zero), .nothing)
            try check(
                Settlement.Failure(
                    category: .system, error: Self.odd, startedAt: Self.moment, duration: .nanoseconds(1)))
            try check(
                described: SettleBatch(
                    session: SessionID(rawValue: "s"), sequence: .max,
                    items: [Settlement(Self.leased, .released, followUps: [Self.new], keep: .nothing)]))
            try check(SettleAnswer.applied(.cancelled), .leaseLost)
            for content: JobNote.Content in [
                .progress(0.5, message: nil), .progress(.infinity, message: ""), .checkpoint([]),
                .effect(key: Self.odd, result: []),
            ] { #expect(try throughJSON(JobNote(Self.leased, content)).content == content) }
            try check(
                SessionNews(),
                SessionNews(
                    cancellations: [.init(job: Self.id, reason: nil, isTakenAway: true)], held: 3, isQuiet: true,
                    isStopping: true))
            try check(
                SessionInfo(
                    id: SessionID(rawValue: "s"), worker: Self.odd, process: .current, lease: .milliseconds(1),
                    names: ["a", "b"], queues: ["z", "a"], concurrency: 0, standing: .fenced, renewals: .max,
                    openedAt: Self.moment, renewedAt: Self.moment, held: 2))
            try check(
                described: SessionOpening(
                    worker: "", process: .current, lease: .zero, names: [], queues: ["b", "a"], concurrency: 3))
        }

        @Test func queuesAndUpkeep() throws {
            let settings = QueueSettings(
                order: -3, maxAttempts: 1, backoff: .default, timeout: .zero, softTimeout: .nanoseconds(1),
                retention: RetentionPolicy(completed: .none, dead: .init(age: .nanoseconds(9), count: -1)),
                maxWaiting: .max)
            try check(QueueSettings(), settings)
            try check(
                QueueInfo(name: "q"),
                QueueInfo(
                    name: "q", isPaused: true, settings: settings, counts: [.pending: 3, .dead: 0],
                    totals: .init(enqueued: .max, completed: 1, dead: 2, cancelled: 3, retried: 4),
                    oldestPendingSince: Self.moment))
            try check(QueueChange.pause, .resume, .settings(settings))
            try check(
                JobEvent(cursor: .start, at: Self.moment, kind: .queuePaused, queue: "q"),
                JobEvent(
                    cursor: .init(entry: 3, index: 1), at: Self.moment, kind: .failed, queue: "q", job: Self.id,
                    name: "n",
                    attempt: 2))
            try check(StoredDocument(key: "k", value: Array(0...255), version: .max, updatedAt: Self.moment))
            try check(StoredDocument.Expectation.anything, .nothing, .version(.min))
            let action = AuditedAction(principal: "p", action: "a", outcome: "o")
            try check(action)
            var page = AuditPage(upTo: 1, of: [AuditEntry(cursor: "c", at: Self.moment, action: action)])
            try check(page)
            page.nextCursor = "next"
            try check(page)
            try check(MaintenanceReport(promoted: 1, expired: 2, pruned: 3, hasMore: true))
            try check(StoreFinding(.problem, "s", Self.odd, cure: "c"), StoreFinding(.fine, "", ""))
            try check(
                described: MaintenanceRequest(
                    limit: 3, prunes: [.init(queue: "q", state: .dead, before: Self.moment, keep: 4)],
                    eventsBefore: Self.moment, eventsKeep: 5, sessionsBefore: Self.moment))
            try check(
                described: StoreInfo(
                    kind: "k", location: "l", engineVersion: "e", schemaVersion: 3, durability: Self.odd,
                    sizeInBytes: .max))
        }

        @Test func errorsKeepTheirCodeAndField() throws {
            for code: StoreError.Code in [
                .invalid, .notFound, .conflict, .queueFull, .fenced, .timedOut, .outcomeUnknown, .unavailable, .locked,
                .diskFull, .readOnly, .notADatabase, .corrupt, .newerSchema, .unsupported, .closed,
            ] { try check(StoreError(code, Self.odd, field: "f")) }
            let newer = try Single<StoreError>(JSONFields(Array(#"{"value":{"code":"odd","message":"m"}}"#.utf8))).value
            #expect(newer.code == .unsupported && newer.message.contains("odd"))
        }

        @Test func bytesAreReadAsAnyoneWritesThem() throws {
            func bytes(_ text: String) -> [UInt8]? {
                try? JSONFields(Array("{\"b\":\"\(text)\"}".utf8)).readBytes("b")
            }
            #expect(bytes("") == [] && bytes("AA==") == [0] && bytes("AAE=") == [0, 1] && bytes("AAEC") == [0, 1, 2])
            #expect(bytes("//79") == bytes(#"\/\/79"#) && bytes("//79") == [255, 254, 253])
            for text in ["A", "AA", "AAA", "====", "A===", "AA=A", "AAE= ", "AA-_", "AAECAA=", "é"] {
                #expect(bytes(text) == nil, "\(text)")
            }
        }

        @Test func whatIsMissingOrOfAnotherTypeIsNamed() {
            for (text, field) in [
                ("{}", "filter"), (#"{"filter":{"states":["odd"]},"order":"newest","limit":1}"#, "filter.states[0]"),
                (#"{"filter":{},"order":"odd","limit":1}"#, "order"),
                (#"{"filter":{},"order":"newest","limit":1.5}"#, "limit"),
                (#"{"filter":{"queue":1},"order":"newest","limit":1}"#, "filter.queue"),
            ] {
                let error = #expect(throws: ValidationError.self) {
                    _ = try SearchRequest(JSONFields(Array(text.utf8)))
                }
                #expect(error?.field == field)
            }
        }
    }

    extension StoreValue {
        fileprivate var text: String {
            var json = JSONWriter()
            write(to: &json)
            return json.text
        }
    }
#endif
