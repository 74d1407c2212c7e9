import Foundation
import OnCue
import Testing

@Suite struct SubmitObjectTests {
    private func decode(_ text: String) throws(ValidationError) -> NewJob {
        try SubmitObject.decode(Array(text.utf8))
    }

    @Test func everyFieldIsRead() throws {
        let job = try decode(
            """
            {"name": "email.receipt", "payload": {"orderID": "1"}, "queue": "mail", "priority": "high", "delay": "5m",
             "expires_at": "2030-01-01T00:00:00Z", "timeout": "30s", "soft_timeout": "20s", "max_attempts": 8,
             "backoff": {"strategy": "LINEAR", "initial_delay": "2s", "max_delay": "1m", "multiplier": 3},
             "unique": {"key": "order-1", "ttl": "1h"}, "correlation_id": "c1", "tags": {"a": "1", "b": ""},
             "headers": {"traceparent": "00-1"}, "retention": "2d", "unknown": [1, {}]}
            """)
        #expect(job.name == "email.receipt")
        #expect(job.queue == "mail")
        #expect(job.priority == .high)
        #expect(job.payload == Array(#"{"orderID": "1"}"#.utf8))
        #expect(job.due == .after(.seconds(300)))
        #expect(job.expires == .at(try #require(Timestamp("2030-01-01T00:00:00Z"))))
        #expect(job.options.timeout == .seconds(30))
        #expect(job.options.softTimeout == .seconds(20))
        #expect(job.options.maxAttempts == 8)
        #expect(job.options.retention == .seconds(2 * 86_400))
        #expect(
            job.options.backoff
                == Backoff(strategy: .linear, initial: .seconds(2), max: .seconds(60), multiplier: 3, jitter: 0.1))
        #expect(job.unique == UniqueKey("order-1", until: .elapsed(.seconds(3_600))))
        #expect(job.correlationID == "c1")
        #expect(job.tags == ["a": "1", "b": ""])
        #expect(job.headers == ["traceparent": "00-1"])
        try job.validate()
    }

    @Test(arguments: [
        "9223372036854775808", "1.0", "1e400", #"{ "z":1,  "a" : 2 }"#, #""\u00e9""#, "null", "[ ]", "-0.0",
        #"{"a":1,"a":2}"#,
    ])
    func thePayloadKeepsItsBytes(payload: String) throws {
        let job = try decode(#"{"type":"x","payload":\#(payload)  ,"queue":"q"}"#)
        #expect(String(decoding: job.payload, as: UTF8.self) == payload)
    }

    @Test func whatIsLeftOutIsDefault() throws {
        for text in [
            #"{"type":"x"}"#, #"{"type":"x","queue":null,"delay":null,"priority":null,"tags":null,"unique":null}"#,
        ] {
            #expect(try decode(text) == NewJob(name: "x"))
        }
        #expect(try decode(#"{"type":"x","name":"x","idempotency_key":"","correlation_id":""}"#) == NewJob(name: "x"))
    }

    @Test func keysAndPriorities() throws {
        #expect(
            try decode(#"{"name":"x","idempotency_key":"k"}"#).unique
                == UniqueKey("k", until: .elapsed(.seconds(86_400))))
        #expect(try decode(#"{"name":"x","unique":"k"}"#).unique == UniqueKey("k", until: .finished))
        #expect(try decode(#"{"name":"x","unique":{"key":"k","until":"started"}}"#).unique?.until == .started)
        #expect(try decode(#"{"name":"x","priority":0}"#).priority == .critical)
        #expect(try decode(#"{"name":"x","priority":"4"}"#).priority == .bulk)
        #expect(try decode(#"{"name":"x","payload_base64":"AP8="}"#).payload == [0, 255])
        #expect(try decode(#"{"name":"x","backoff":"constant:10s"}"#).options.backoff?.initial == .seconds(10))
        #expect(
            try decode(#"{"name":"x","scheduled_at":"1970-01-01T00:00:01+00:00"}"#).due
                == .at(Timestamp(microseconds: 1_000_000)))
    }

    @Test(arguments: [
        ("[]", "body"), ("", "body"), ("{", "body"), (#"{"name":"x"} {}"#, "body"), ("{}", "name"),
        (#"{"name":1}"#, "name"), (#"{"name":"a","type":"b"}"#, "name"), (#"{"name":"x","queue":1}"#, "queue"),
        (#"{"name":"x","priority":7}"#, "priority"), (#"{"name":"x","priority":1.5}"#, "priority"),
        (#"{"name":"x","priority":true}"#, "priority"), (#"{"name":"x","delay":5}"#, "delay"),
        (#"{"name":"x","delay":"soon"}"#, "delay"),
        (#"{"name":"x","delay":"1s","scheduled_at":"2030-01-01T00:00:00Z"}"#, "delay"),
        (#"{"name":"x","scheduled_at":"tomorrow"}"#, "scheduled_at"), (#"{"name":"x","expires_at":1}"#, "expires_at"),
        (#"{"name":"x","timeout":"1"}"#, "timeout"), (#"{"name":"x","max_attempts":"5"}"#, "max_attempts"),
        (#"{"name":"x","max_attempts":1.5}"#, "max_attempts"),
        (#"{"name":"x","max_attempts":99999999999999999999}"#, "max_attempts"),
        (#"{"name":"x","tags":["a"]}"#, "tags"), (#"{"name":"x","tags":{"a":1}}"#, "tags"),
        (#"{"name":"x","headers":{"a":null}}"#, "headers"), (#"{"name":"x","unique":{"ttl":"1h"}}"#, "unique.key"),
        (#"{"name":"x","unique":{"key":"k","ttl":"x"}}"#, "unique.ttl"),
        (#"{"name":"x","unique":{"key":"k","until":"never"}}"#, "unique.until"),
        (#"{"name":"x","unique":{"key":"k"},"idempotency_key":"k"}"#, "unique"),
        (#"{"name":"x","backoff":{"strategy":"custom"}}"#, "backoff.strategy"),
        (#"{"name":"x","backoff":{"initial_delay":"-1s"}}"#, "backoff.initial_delay"),
        (#"{"name":"x","backoff":{"multiplier":"2"}}"#, "backoff.multiplier"),
        (#"{"name":"x","backoff":3}"#, "backoff"),
        (#"{"name":"x","payload_base64":"A"}"#, "payload_base64"),
        (#"{"name":"x","payload":1,"payload_base64":"AA=="}"#, "payload"), (#"{"name":"\ud800"}"#, "name"),
    ])
    func wrongFieldsAreNamed(text: String, field: String) {
        let error = #expect(throws: ValidationError.self) { try decode(text) }
        #expect(error?.field == field)
    }

    @Test func anyBytesGetAnAnswer() {
        let seed = Array(
            #"{"name":"x","payload":{"a":[1]},"delay":"5m","tags":{"a":"b"},"unique":{"key":"k","ttl":"1h"},"priority":1}"#
                .utf8)
        let alphabet = Array("{}[]\",:\\u0ae+-.19 tfnsm\n".utf8) + [0x80, 0xff, 0]
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...5) {
                let place = Int.random(in: 0..<bytes.count)
                if Bool.random() { bytes[place] = alphabet.randomElement() ?? 0 } else { bytes.remove(at: place) }
            }
            guard let job = try? SubmitObject.decode(bytes) else { continue }
            #expect(job.payload.isEmpty || JSONSlicer.isValue(job.payload))
        }
    }
}
