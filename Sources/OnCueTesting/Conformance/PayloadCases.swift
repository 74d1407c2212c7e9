import OnCue
import Testing

extension Conformance {
    /// Bytes that a careless store would change.
    private static let payloads: [[UInt8]] = [
        [], Array(0...255), [0], [0, 0, 0], [0xff, 0xfe, 0x00],
        Array("{\"n\": 9223372036854775808, \"x\":1.0 }\n".utf8),
        Array("null".utf8), Array("\u{FEFF}é€𝄞".utf8), [0xc3],
        (0..<Limits.payloadBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) },
    ]

    static let payloadCases: [StoreCase] = [
        StoreCase("A payload comes out bit for bit wherever it comes out") { scene async throws in
            let ids = try await scene.accept(payloads.map { NewJob(name: "work", payload: $0) })
            let session = try await scene.session()
            #expect(try await scene.store.find(ids).map { $0?.payload } == payloads)
            let page = try await scene.store.search(JobFilter(), order: .oldestFirst, after: nil, limit: 100)
            #expect(page.jobs.map(\.payload) == payloads)
            let jobs = try await scene.take(session)
            #expect(jobs.map(\.payload) == payloads)
            let held = try await scene.store.held(by: session, besides: [])
            for job in held { #expect(job.payload == payloads[try #require(ids.firstIndex(of: job.id))]) }
            _ = try await scene.settle(session, jobs.map { Settlement($0, .completed(output: $0.payload)) })
            #expect(try await scene.store.find(ids).map { $0?.payload } == payloads)
            #expect(try await scene.store.find(ids).map { $0?.output } == payloads)
        },
        StoreCase("A payload is the same after a retry, a snooze, a return, a fence and another run") {
            scene async throws in
            let ids = try await scene.accept(payloads.map { NewJob(name: "work", payload: $0) })
            let session = try await scene.session()
            for outcome: Settlement.Outcome in [
                .retry(after: .seconds(1), counts: true), .snooze(.seconds(1)), .released, .dead(.permanent),
            ] {
                let jobs = try await scene.take(session)
                #expect(jobs.map(\.payload) == payloads)
                _ = try await scene.settle(session, jobs.map { Settlement($0, outcome) })
                if outcome == .dead(.permanent) { _ = try await scene.store.change(ids, .retry(resetAttempts: true)) }
                scene.time.advance(by: .seconds(1))
            }
            _ = try await scene.take(session)
            _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
            let next = try await scene.session()
            #expect(try await scene.take(next, suspects: 100).map(\.payload) == payloads)
        },
        StoreCase("Edited payloads, follow-ups, checkpoints and effects are kept bit for bit") { scene async throws in
            let session = try await scene.session()
            for payload in payloads {
                let id = try await scene.accept(NewJob(name: "work", payload: [1, 2, 3]))
                _ = try await scene.change(id, .edit(JobEdit(payload: payload)))
                let job = try await scene.takeOne(session)
                #expect(job.payload == payload)
                _ = try await scene.store.record([
                    JobNote(job, .checkpoint(payload)), JobNote(job, .effect(key: "e", result: payload)),
                ])
                #expect(
                    try await scene.store.memory(of: id) == JobMemory(checkpoint: payload, effects: ["e": payload]))
                try await scene.end(
                    job, .completed(output: nil), followUps: [NewJob(name: "next", payload: payload)])
                let next = try await scene.takeOne(session)
                #expect(next.payload == payload)
                try await scene.end(next)
            }
        },
        StoreCase("Texts come out as they went in") { scene async throws in
            let odd = "ü€𝄞 'quoted' \"twice\" \\ % _ e\u{301} \u{1F469}\u{200D}\u{1F4BB}"
            let session = try await scene.session(odd)
            let id = try await scene.accept(
                NewJob(
                    name: "work", unique: UniqueKey(odd), tags: [odd: odd, "empty": ""], correlationID: odd,
                    headers: [odd: odd + "\n\t\0", "empty": ""]))
            let job = try await scene.takeOne(session)
            _ = try await scene.store.record([JobNote(job, .progress(0.1, message: odd))])
            try await scene.end(job, .retry(after: .zero, counts: true), failure: .of(odd + "\n"))
            let record = try await scene.job(id)
            #expect(record.tags == [odd: odd, "empty": ""] && record.correlationID == odd)
            #expect(record.headers == [odd: odd + "\n\t\0", "empty": ""] && record.unique == UniqueKey(odd))
            #expect(record.progressMessage == odd && record.lastError == odd + "\n" && record.worker == odd)
            _ = try await scene.change(id, .cancel(reason: odd, force: false))
            #expect(try await scene.job(id).cancelReason == odd)
            #expect(try await scene.store.attempts(of: id).map(\.error) == [odd + "\n"])
        },
        StoreCase("Long reasons and messages are cut to their bound, at a character") { scene async throws in
            let long = String(repeating: "ü", count: Limits.messageBytes)
            let cut = String(repeating: "ü", count: Limits.messageBytes / 2)
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            _ = try await scene.store.record([JobNote(job, .progress(0.1, message: long))])
            #expect(try await scene.job(job.id).progressMessage == cut)
            _ = try await scene.change(job.id, .cancel(reason: long, force: true))
            #expect(try await scene.job(job.id).cancelReason == cut)
        },
    ]
}
