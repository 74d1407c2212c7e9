import Foundation
import OnCue
import Testing

@Suite struct JobJSONTests {
    private let start = Timestamp(microseconds: 1_700_000_000_123_456)

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func job(_ state: JobState = .pending) -> JobRecord {
        JobRecord(
            id: JobID(high: 0x0193_a1b2_c3d4_7000, low: 0x8000_0000_0000_0001), name: "email.receipt", queue: "mail",
            priority: .high, state: state, payload: Array("{}".utf8), createdAt: start, updatedAt: start)
    }

    @Test func aPlainJobHasTheseFieldsAndNoOthers() {
        #expect(
            JobJSON.text { JobJSON.write(job(), to: &$0) }
                == #"{"id":"0193a1b2-c3d4-7000-8000-000000000001","type":"email.receipt","queue":"mail","#
                + #""state":"pending","status":"pending","priority":1,"attempt":0,"max_attempts":5,"#
                + #""created_at":"2023-11-14T22:13:20.123Z","updated_at":"2023-11-14T22:13:20.123Z","payload":{}}"#)
    }

    @Test func everythingKnownIsThere() throws {
        var job = job(.dead)
        job.payload = Array("{ \"n\": 9223372036854775808, \"x\": 1.0 }".utf8)
        job.tags = ["b": "2", "a": "1"]
        job.correlationID = "c"
        job.unique = UniqueKey("k")
        job.options = JobOptions(maxAttempts: 3, backoff: .default, timeout: .seconds(90))
        job.attempt = 3
        job.dueAt = start
        job.startedAt = start
        job.finishedAt = start + .milliseconds(1_500)
        job.progress = 0.5
        job.progressMessage = "half"
        job.output = [0, 255]
        job.lastError = "no\nway"
        job.lastErrorCategory = .rateLimit
        job.deadReason = .attemptsExhausted
        let text = JobJSON.text { JobJSON.write(job, to: &$0) }
        #expect(text.contains(#""payload":{ "n": 9223372036854775808, "x": 1.0 }"#))
        #expect(text.contains(#""tags":{"a":"1","b":"2"}"#))
        let read = try object(text)
        #expect(read["state"] as? String == "dead_letter")
        #expect(read["status"] as? String == "dead")
        #expect(read["dead_reason"] as? String == "attempts_exhausted")
        #expect(read["last_error"] as? String == "no\nway")
        #expect(read["error_category"] as? String == "rate_limit")
        #expect(read["unique_key"] as? String == "k")
        #expect(read["correlation_id"] as? String == "c")
        #expect(read["max_attempts"] as? Int == 3)
        #expect(read["progress"] as? Double == 0.5)
        #expect(read["completed_at"] as? String == "2023-11-14T22:13:21.623Z")
        #expect(read["output"] as? String == "AP8=")
        #expect(read["timeout"] as? String == "1m30s")

        let result = try object(JobJSON.text { JobJSON.writeResult(of: job, to: &$0) })
        #expect(result["success"] as? Bool == false)
        #expect(result["duration"] as? Int == 1_500_000_000)
        #expect(result["error"] as? String == "no\nway")
    }

    @Test(arguments: [
        (JobState.blocked, "pending"), (.pending, "pending"), (.delayed, "delayed"), (.running, "running"),
        (.retrying, "retrying"), (.completed, "completed"), (.dead, "dead_letter"), (.cancelled, "cancelled"),
    ])
    func statesHaveTheirNames(state: JobState, name: String) throws {
        let read = try object(JobJSON.text { JobJSON.write(job(state), to: &$0) })
        #expect(read["state"] as? String == name)
        #expect(read["status"] as? String == state.name)
    }

    @Test func aPayloadThatIsNotJSONIsBase64() throws {
        for (payload, type) in [([0x7b], nil), (Array("{}".utf8), "text/plain"), ([0xff], "application/json")]
            as [([UInt8], String?)]
        {
            var job = job()
            job.payload = payload
            job.contentType = type
            let read = try object(JobJSON.text { JobJSON.write(job, to: &$0) })
            #expect(read["payload"] == nil)
            #expect(read["payload_base64"] as? String == Data(payload).base64EncodedString())
            #expect(read["content_type"] as? String == type)
        }
    }

    @Test func whatIsWrittenCanBeSubmittedAgain() throws {
        var record = job()
        record.payload = Array(#"{ "z" : 1.0 }"#.utf8)
        record.tags = ["a": "é\n\""]
        record.options = JobOptions(
            maxAttempts: 7, backoff: .linear(base: .seconds(2)), timeout: .milliseconds(1_500), retention: .zero)
        let again = try SubmitObject.decode(JobJSON.text { JobJSON.write(record, to: &$0) }.utf8.map { $0 })
        #expect(again.name == record.name)
        #expect(again.queue == record.queue)
        #expect(again.priority == record.priority)
        #expect(again.payload == record.payload)
        #expect(again.tags == record.tags)
        #expect(again.options == record.options)
    }

    @Test func aQueueHasItsCounts() throws {
        let queue = QueueInfo(
            name: "mail", isPaused: true, settings: QueueSettings(maxAttempts: 3, retention: RetentionPolicy.default),
            counts: [.pending: 2, .dead: 1], totals: QueueTotals(enqueued: 9, completed: 6), oldestPendingSince: start)
        let read = try object(JobJSON.text { JobJSON.write(queue, now: start + .milliseconds(2_345), to: &$0) })
        #expect(read["name"] as? String == "mail")
        #expect(read["paused"] as? Bool == true)
        #expect(read["pending"] as? Int == 2)
        #expect(read["dead"] as? Int == 1)
        #expect(read["blocked"] as? Int == 0)
        #expect(read["completed_total"] as? Int == 6)
        #expect(read["oldest_pending_ms"] as? Int == 2_345)
        let settings = try #require(read["settings"] as? [String: Any])
        #expect(settings["max_attempts"] as? Int == 3)
        let empty = try object(JobJSON.text { JobJSON.write(QueueInfo(name: "e"), now: start, to: &$0) })
        #expect(empty["oldest_pending_ms"] is NSNull)
    }

    @Test func aWaitSaysHowItEnded() throws {
        var done = job(.completed)
        done.output = Array("1".utf8)
        let finished = try object(JobJSON.text { JobJSON.write(.finished(done), to: &$0) })
        #expect(finished["completed"] as? Bool == true)
        #expect(finished["success"] as? Bool == true)
        #expect(finished["timed_out"] == nil)
        #expect((finished["result"] as? [String: Any])?["output"] as? String == "MQ==")
        let late = try object(JobJSON.text { JobJSON.write(.timedOut(job(.running)), to: &$0) })
        #expect(late["completed"] as? Bool == false)
        #expect(late["timed_out"] as? Bool == true)
        #expect(late["result"] == nil)
    }
}
