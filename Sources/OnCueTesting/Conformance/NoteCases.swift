import OnCue
import Testing

extension Conformance {
    static let noteCases: [StoreCase] = [
        StoreCase("Progress is seen by others while the job runs") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let answers = try await scene.store.record([
                JobNote(job, .progress(0.25, message: "a")), JobNote(job, .progress(0.5, message: "half")),
            ])
            #expect(answers == [true, true])
            let record = try await scene.job(job.id)
            #expect(record.progress == 0.5 && record.progressMessage == "half" && record.state == .running)
        },
        StoreCase("A checkpoint replaces the last one, and the first result of an effect stays") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let answers = try await scene.store.record([
                JobNote(job, .checkpoint([1])), JobNote(job, .checkpoint([2, 0, 255])),
                JobNote(job, .effect(key: "charge", result: [1])),
                JobNote(job, .effect(key: "charge", result: [2])),
                JobNote(job, .effect(key: "mail", result: [])),
            ])
            #expect(answers == [true, true, true, true, true])
            #expect(
                try await scene.store.memory(of: job.id)
                    == JobMemory(checkpoint: [2, 0, 255], effects: ["charge": [1], "mail": []]))
        },
        StoreCase("What a job has saved is there at its next attempt, whatever ended the last") { scene async throws in
            var session = try await scene.session()
            var job = try await scene.running(by: session)
            _ = try await scene.store.record([
                JobNote(job, .checkpoint([7])), JobNote(job, .effect(key: "e", result: [8])),
            ])
            for outcome: Settlement.Outcome in [
                .retry(after: .zero, counts: true), .released, .snooze(.zero), .dead(.permanent),
            ] {
                try await scene.end(job, outcome)
                if outcome == .dead(.permanent) { _ = try await scene.change(job.id, .retry(resetAttempts: false)) }
                job = try await scene.takeOne(session)
                #expect(job.details?.hasMemory == true)
                #expect(try await scene.store.memory(of: job.id) == JobMemory(checkpoint: [7], effects: ["e": [8]]))
            }
            _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
            session = try await scene.session()
            #expect(try await scene.takeOne(session).details?.hasMemory == true)
        },
        StoreCase("A note with a stale token is not taken, others of its call are") { scene async throws in
            let session = try await scene.session()
            let stale = try await scene.running(by: session)
            try await scene.end(stale, .released)
            let job = try await scene.takeOne(session)
            #expect(
                try await scene.store.record([
                    JobNote(stale, .checkpoint([1])), JobNote(job, .progress(1, message: nil)),
                    JobNote(stale, .effect(key: "e", result: [1])),
                ]) == [false, true, false])
            #expect(try await scene.store.memory(of: job.id) == JobMemory())
            try await scene.end(job)
            #expect(try await scene.store.record([JobNote(job, .progress(0, message: nil))]) == [false])
        },
        StoreCase("Notes of nothing answer nothing, and an unknown job has no memory") { scene async throws in
            #expect(try await scene.store.record([]).isEmpty)
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.memory(of: JobID.make(at: scene.time.now()))
            }
            #expect(error?.code == .notFound)
            let id = try await scene.accept()
            #expect(try await scene.store.memory(of: id) == JobMemory())
        },
        StoreCase("A note that breaks a rule refuses the call, and none of it is written") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let large = [UInt8](repeating: 1, count: Limits.payloadBytes + 1)
            let bad: [(JobNote.Content, String)] = [
                (.progress(-0.1, message: nil), "progress"), (.progress(1.1, message: nil), "progress"),
                (.progress(.nan, message: nil), "progress"), (.checkpoint(large), "checkpoint"),
                (.effect(key: "", result: []), "effect"), (.effect(key: "k", result: large), "effect"),
            ]
            for (content, field) in bad {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.record([JobNote(job, .checkpoint([1])), JobNote(job, content)])
                }
                #expect(error?.code == .invalid && error?.field == field)
            }
            #expect(try await scene.store.memory(of: job.id) == JobMemory())
        },
        StoreCase("A job stores a thousand effects and no more") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let notes = (0..<1_000).map { JobNote(job, .effect(key: "e\($0)", result: [1])) }
            #expect(try await scene.store.record(notes).allSatisfy { $0 })
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.record([JobNote(job, .effect(key: "more", result: []))])
            }
            #expect(error?.code == .invalid)
            #expect(try await scene.store.record([JobNote(job, .effect(key: "e5", result: [2]))]) == [true])
            let memory = try await scene.store.memory(of: job.id)
            #expect(memory.effects.count == 1_000 && memory.effects["e5"] == [1])
        },
        StoreCase("Ten thousand notes are taken in one call") { scene async throws in
            let session = try await scene.session()
            let job = try await scene.running(by: session)
            let notes = (1...10_000).map { JobNote(job, .progress(Double($0) / 10_000, message: "\($0)")) }
            #expect(try await scene.store.record(notes).allSatisfy { $0 })
            #expect(try await scene.job(job.id).progressMessage == "10000")
        },
    ]
}
