#if Server
    import OnCue
    import OnCueAPI
    import Testing

    /// What follows from what a worker says: the same as from a handler of the same settings.
    @Suite struct WorkReportTests {
        private static let id = JobID(high: 0x0193_a1b2_0000_7000, low: 1 << 63)
        private static let now = Timestamp(microseconds: 1_000_000_000)

        private func job(attempt: Int = 1, lost: Int = 0, _ options: JobOptions = .init()) -> LeasedJob {
            LeasedJob(
                id: Self.id, name: "a", queue: "mail", priority: .normal, payload: [], attempt: attempt,
                lostWorkers: lost, createdAt: Self.now, session: SessionID(rawValue: "s"), delivery: 3, place: 9,
                details: LeasedJob.Details(
                    options: options, correlationID: "c-1", headers: ["traceparent": "00-1", "other": "x"]))
        }

        private func settlement(
            _ text: String, attempt: Int = 1, _ options: JobOptions = .init(), queue: QueueSettings = .init(),
            defaults: QueueSettings = .init()
        ) throws -> Settlement {
            let whole = "{\"id\":\"\(Self.id)\",\"token\":\"3.mail\",\(text)}"
            let report = try WorkReport(JSONFields(Array(whole.utf8)))
            let job = job(attempt: attempt, options)
            #expect(report.job.isFor(job))
            return report.settlement(
                of: job, WorkTerms(job, queue: queue, defaults: defaults), now: Self.now, spread: 0)
        }

        @Test func completedKeepsTheOutputAsItStands() throws {
            let plain = try settlement(#""outcome":"completed""#)
            #expect(plain.outcome == .completed(output: nil) && plain.keep == .policy && plain.failure == nil)
            let json = try settlement(#""outcome":"completed","output": {"n": 9223372036854775808, "x":1.0 } "#)
            #expect(json.outcome == .completed(output: Array(#"{"n": 9223372036854775808, "x":1.0 }"#.utf8)))
            let bytes = try settlement(#""outcome":"completed","output_base64":"AP8=""#)
            #expect(bytes.outcome == .completed(output: [0, 255]))
            #expect(try settlement(#""outcome":"completed","output":null"#).outcome == .completed(output: nil))
        }

        @Test func aFailureIsTriedAgainByTheBackoffOfTheJobTheQueueOrTheStore() throws {
            let failed = #""outcome":"failed","error":"no""#
            let first = try settlement(failed)
            #expect(first.outcome == .retry(after: .seconds(1), counts: true))
            #expect(first.failure?.error == "no" && first.failure?.category == .temporary)
            #expect(first.failure?.startedAt == Self.now && first.failure?.duration == .zero)
            #expect(try settlement(failed, attempt: 3).outcome == .retry(after: .seconds(4), counts: true))
            let queue = QueueSettings(backoff: .constant(.seconds(7)))
            #expect(try settlement(failed, queue: queue).outcome == .retry(after: .seconds(7), counts: true))
            #expect(try settlement(failed, defaults: queue).outcome == .retry(after: .seconds(7), counts: true))
            let own = JobOptions(backoff: .constant(.seconds(3)))
            #expect(try settlement(failed, own, queue: queue).outcome == .retry(after: .seconds(3), counts: true))
        }

        @Test func attemptsComeToAnEnd() throws {
            let failed = #""outcome":"failed","error":"no","duration":"1.5s""#
            let last = try settlement(failed, attempt: 5)
            #expect(last.outcome == .dead(.attemptsExhausted))
            #expect(last.failure?.duration == .milliseconds(1_500))
            #expect(last.failure?.startedAt == Timestamp(microseconds: 998_500_000))
            #expect(
                try settlement(failed, attempt: 2, defaults: QueueSettings(maxAttempts: 2)).outcome
                    == .dead(.attemptsExhausted))
            #expect(
                try settlement(failed, attempt: 9, JobOptions(maxAttempts: 10)).outcome
                    == .retry(after: .seconds(256), counts: true))
            let permanent = try settlement(#""outcome":"failed","error":"no","permanent":true"#)
            #expect(permanent.outcome == .dead(.permanent) && permanent.failure?.category == .permanent)
        }

        @Test func aWaitThatIsAskedForWins() throws {
            #expect(
                try settlement(#""outcome":"failed","retry_in":"90s""#).outcome
                    == .retry(after: .seconds(90), counts: true))
            let again = try settlement(#""outcome":"retry","retry_in":"0s","uses_attempt":false"#, attempt: 5)
            #expect(again.outcome == .retry(after: .zero, counts: false))
            #expect(try settlement(#""outcome":"retry""#, attempt: 5).outcome == .dead(.attemptsExhausted))
            #expect(try settlement(#""outcome":"snooze","retry_in":"1h""#).outcome == .snooze(.seconds(3_600)))
            #expect(throws: ValidationError.self) { try settlement(#""outcome":"snooze""#) }
        }

        @Test func whatIsKeptFollowsTheJobThenTheQueue() throws {
            let none = QueueSettings(retention: RetentionPolicy.none)
            let completed = #""outcome":"completed""#
            #expect(try settlement(completed, queue: none).keep == .nothing)
            #expect(try settlement(completed, defaults: none).keep == .nothing)
            #expect(
                try settlement(completed, JobOptions(retention: .seconds(60)), queue: none).keep
                    == .atLeast(.seconds(60)))
            #expect(try settlement(completed, JobOptions(retention: .zero)).keep == .nothing)
            #expect(try settlement(#""outcome":"failed","permanent":true"#, queue: none).keep == .nothing)
            #expect(try settlement(#""outcome":"failed""#, queue: none).keep == .policy)
        }

        @Test func releaseAndCancelAreWhatTheySay() throws {
            #expect(try settlement(#""outcome":"release""#).outcome == .released)
            #expect(try settlement(#""outcome":"cancelled","reason":"r""#).outcome == .cancelled(reason: "r"))
            #expect(try settlement(#""outcome":"cancelled""#).outcome == .cancelled(reason: nil))
        }

        @Test func followUpsTakeOverWhatBelongsToTheirJob() throws {
            let jobs = try settlement(
                #""outcome":"completed","follow_ups":[{"name":"b","payload": 1.0 },"#
                    + #"{"name":"c","queue":"q","delay":"5m","correlation_id":"mine","headers":{"traceparent":"t"}}]"#
            ).followUps
            #expect(jobs.count == 2)
            #expect(jobs[0].payload == Array("1.0".utf8) && jobs[0].parent == Self.id)
            #expect(jobs[0].correlationID == "c-1" && jobs[0].headers == ["traceparent": "00-1"])
            #expect(jobs[1].correlationID == "mine" && jobs[1].headers == ["traceparent": "t"])
            #expect(jobs[1].due == .after(.seconds(300)) && jobs[1].queue == "q")
        }

        @Test func whatIsWrongIsNamed() throws {
            func field(_ text: String) -> String? {
                do {
                    _ = try settlement(text)
                    return nil
                } catch {
                    return (error as? ValidationError)?.field
                }
            }
            #expect(field(#""x":1"#) == "outcome")
            #expect(field(#""outcome":"done""#) == "outcome")
            #expect(field(#""outcome":7"#) == "outcome")
            #expect(field(#""outcome":{"kind":"x"}"#) == "outcome")
            #expect(field(#""outcome":"failed","retry_in":5"#) == "retry_in")
            #expect(field(#""outcome":"failed","category":"bad""#) == "category")
            #expect(field(#""outcome":"completed","output":1,"output_base64":"AA==""#) == "output")
            #expect(field(#""outcome":"completed","output_base64":"?""#) == "output_base64")
            #expect(field(#""outcome":"completed","follow_ups":[{"name":"ä"}]"#) == "follow_ups[0].name")
            #expect(field(#""outcome":"completed","follow_ups":[3]"#) == "follow_ups[0].body")
            let long = String(repeating: "x", count: Limits.payloadBytes)
            #expect(field("\"outcome\":\"completed\",\"output\":\"\(long)\"") == "output")
        }

        @Test func aJobWhoseWorkersWereLostIsNotRunWithoutEnd() {
            func reason(attempt: Int, lost: Int) -> DeadReason? {
                let job = job(attempt: attempt, lost: lost, JobOptions(maxAttempts: 3))
                return WorkTerms(job, queue: .init(), defaults: .init()).options.reasonToBury(job)
            }
            #expect(reason(attempt: 3, lost: 2) == nil)
            #expect(reason(attempt: 4, lost: 3) == .workerLost)
            #expect(reason(attempt: 4, lost: 0) == .attemptsExhausted)
        }

        @Test func whatTheServerWritesStandsBetweenTheWorkersBatches() {
            for number: Int64 in [0, 1, WorkSequence.greatest - 1] {
                let between = WorkSequence.between(number)
                #expect(between == between.sorted() && Set(between).count == 10)
                #expect(between.allSatisfy { $0 > WorkSequence.own(number) && $0 < WorkSequence.own(number + 1) })
                // Scripts of stores reckon with doubles.
                #expect(between.allSatisfy { $0 < 1 << 53 })
            }
        }

        @Test func aClaimTakesWhatItLeavesOpenFromTheSession() throws {
            func request(_ text: String, holdsSuspect: Bool = false, chance: Int = 0) throws -> ClaimRequest {
                try WorkClaim(JSONFields(Array(text.utf8))).request(
                    session: SessionID(rawValue: "s"), names: ["a", "b"], queues: ["q2", "q1"],
                    holdsSuspect: holdsSuspect, wait: .seconds(2), chance: chance)
            }
            let plain = try request("{}")
            #expect(plain.queues == [.init("q2"), .init("q1")] && plain.names == ["a": .max, "b": .max])
            #expect(plain.limit == 1 && plain.floor == 0 && plain.suspects == 1 && plain.wait == .seconds(2))
            #expect(try request("{}", holdsSuspect: true).suspects == 0)
            #expect(try request(#"{"suspects":2}"#, holdsSuspect: true).suspects == 2)
            let own = try request(#"{"limit":5,"queues":["x",{"name":"y","limit":3}],"names":{"c":2}}"#)
            #expect(own.queues == [.init("x"), .init("y", limit: 3)] && own.names == ["c": 2] && own.limit == 5)
            // Of sixteen starts one goes to the floor, however they are claimed.
            for limit in [1, 4, 16, 160] {
                let floors = try (0..<16).map { try request("{\"limit\":\(limit)}", chance: $0).floor }
                #expect(floors.reduce(0, +) == limit)
            }
        }

        @Test func tokensSayWhatTheyWereMadeOf() {
            let token = WorkToken(job())
            #expect(token.description == "3.mail" && WorkToken("3.mail") == token)
            #expect(WorkToken("12.a.b/c")?.queue == "a.b/c")
            for text in ["", "3", "x.mail", "3.", "3.ä", "99999999999999999999.a"] { #expect(WorkToken(text) == nil) }
        }
    }
#endif
