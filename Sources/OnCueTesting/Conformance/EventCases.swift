import OnCue
import Testing

extension Conformance {
    static let eventCases: [StoreCase] = [
        StoreCase("What happens to a job is told in order") { scene async throws in
            let session = try await scene.session()
            var job = try await scene.running(NewJob(name: "mail", queue: "q"), by: session)
            _ = try await scene.store.record([JobNote(job, .progress(0.5, message: nil))])
            try await scene.end(job, .retry(after: .zero, counts: true), failure: .of("boom"))
            job = try await scene.takeOne(session, from: "q")
            try await scene.end(job, .released)
            job = try await scene.takeOne(session, from: "q")
            try await scene.end(job, .snooze(.zero))
            job = try await scene.takeOne(session, from: "q")
            try await scene.end(job, .dead(.permanent), failure: .of("bad", .permanent))
            _ = try await scene.change(job.id, .retry(resetAttempts: true))
            job = try await scene.takeOne(session, from: "q")
            try await scene.end(job)
            _ = try await scene.change(job.id, .delete)
            #expect(
                try await scene.events(of: job.id) == [
                    .created, .started, .progress, .failed, .retrying, .started, .released, .started, .released,
                    .started, .failed, .dead, .retried, .started, .completed, .deleted,
                ])
            let page = try await scene.store.events(after: .start, limit: 1_000, wait: .zero)
            #expect(page.events.allSatisfy { $0.queue == "q" && $0.name == "mail" && $0.at == scene.time.now() })
            #expect(page.events.filter { $0.kind == .started }.map(\.attempt) == [1, 2, 2, 2, 1])
        },
        StoreCase("A cancelled, fenced or purged job and a paused queue are told of") { scene async throws in
            let session = try await scene.session()
            let cancelled = try await scene.accept()
            _ = try await scene.change(cancelled, .cancel(reason: nil, force: false))
            #expect(try await scene.events(of: cancelled) == [.created, .cancelled])
            let fenced = try await scene.running(by: session)
            _ = try await scene.store.fence(session, ifRenewals: nil, error: "gone")
            #expect(try await scene.events(of: fenced.id) == [.created, .started, .released])
            _ = try await scene.store.purge(.default, states: [.pending], limit: 10)
            #expect(try await scene.events(of: fenced.id).last == .deleted)
            let before = try await scene.store.latestEvent()
            try await scene.store.changeQueue("q", .pause)
            try await scene.store.changeQueue("q", .resume)
            let page = try await scene.store.events(after: before, limit: 10, wait: .zero)
            #expect(page.events.map(\.kind) == [.queuePaused, .queueResumed])
            #expect(page.events.allSatisfy { $0.queue == "q" && $0.job == nil && $0.name == nil })
        },
        StoreCase("Events are read on from a cursor, page by page, each once") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 25))
            var (cursor, seen): (EventCursor, [JobID]) = (.start, [])
            while true {
                let page = try await scene.store.events(after: cursor, limit: 4, wait: .zero)
                #expect(page.events.count <= 4 && !page.hasGap)
                if page.events.isEmpty {
                    #expect(page.next == cursor)
                    break
                }
                #expect(page.events.allSatisfy { $0.cursor > cursor } && page.next == page.events.last?.cursor)
                seen += page.events.compactMap(\.job)
                cursor = page.next
            }
            #expect(seen == ids)
            #expect(try await scene.store.latestEvent() == cursor)
            #expect(EventCursor(cursor.description) == cursor)
        },
        StoreCase("Who waits for events is told of the next one") { scene async throws in
            _ = try await scene.accept()
            let cursor = try await scene.store.latestEvent()
            let page = Task {
                try await within { try await scene.store.events(after: cursor, limit: 10, wait: .seconds(3_600)) }
            }
            try await Task.sleep(for: .milliseconds(20))
            let id = try await scene.accept()
            #expect(try await page.value.events.map(\.job) == [id])
        },
        StoreCase("A wait for events ends with none, at its end or when the caller is cancelled") {
            scene async throws in
            let cursor = try await scene.store.latestEvent()
            let waiting = Task {
                try await within { try await scene.store.events(after: cursor, limit: 10, wait: .seconds(60)) }
            }
            #expect(try await scene.whileTimePasses { try await waiting.value }.events.isEmpty)
            let cancelled = Task { try await scene.store.events(after: cursor, limit: 10, wait: .seconds(3_600)) }
            try await Task.sleep(for: .milliseconds(20))
            cancelled.cancel()
            #expect(try await within { await cancelled.result.map(\.events.isEmpty) }.get())
        },
        StoreCase("Events that were dropped leave a gap that is told of") { scene async throws in
            for _ in 0..<10 { _ = try await scene.accept() }
            let all = try await scene.store.events(after: .start, limit: 100, wait: .zero).events
            let report = try await scene.maintain(eventsKeep: 4)
            #expect(report.pruned == 6)
            let page = try await scene.store.events(after: .start, limit: 100, wait: .zero)
            #expect(page.hasGap && page.events.count == 4)
            #expect(try await scene.store.events(after: all[3].cursor, limit: 100, wait: .zero).hasGap)
            #expect(try await scene.store.events(after: all[5].cursor, limit: 100, wait: .zero).hasGap == false)
            // The last place is known although everything before it is gone.
            try await scene.maintain(eventsKeep: 0)
            #expect(try await scene.store.latestEvent() == all[9].cursor)
            let rest = try await scene.store.events(after: all[9].cursor, limit: 100, wait: .zero)
            #expect(rest.events.isEmpty && !rest.hasGap && rest.next == all[9].cursor)
            let id = try await scene.accept()
            #expect(
                try await scene.store.events(after: all[9].cursor, limit: 100, wait: .zero).events.map(\.job) == [id])
        },
        StoreCase("Events of refused and repeated calls are not told") { scene async throws in
            _ = try await scene.accept(NewJob(name: "work", unique: UniqueKey("k")))
            let before = try await scene.store.latestEvent()
            _ = try await scene.offer(NewJob(name: "work", unique: UniqueKey("k")))
            _ = try await scene.offer(NewJob(name: "a b"))
            #expect(try await scene.store.latestEvent() == before)
        },
    ]
}
