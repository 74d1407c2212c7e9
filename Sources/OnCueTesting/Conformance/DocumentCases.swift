import OnCue
import Testing

extension Conformance {
    static let documentCases: [StoreCase] = [
        documentCase("A document is kept byte by byte, and each write of it has a greater version") {
            scene async throws in
            let value = Array(UInt8.min...UInt8.max)
            let first = try await scene.put(value, at: "a")
            let kept = try await scene.store.documents(in: "things", after: nil, limit: 10)
            #expect(kept == [StoredDocument(key: "a", value: value, version: first, updatedAt: scene.time.now())])
            scene.time.advance(by: .seconds(1))
            let second = try await scene.put([], at: "a")
            #expect(second > first)
            let again = try await scene.store.documents(in: "things", after: nil, limit: 10)
            #expect(again == [StoredDocument(key: "a", value: [], version: second, updatedAt: scene.time.now())])
        },
        documentCase("Collections are apart, and one without documents is empty") { scene async throws in
            _ = try await scene.put([1], at: "a", in: "one")
            _ = try await scene.put([2], at: "a", in: "two")
            #expect(try await scene.store.removeDocument("a", in: "one", expecting: .anything))
            #expect(try await scene.store.documents(in: "one", after: nil, limit: 10).isEmpty)
            #expect(try await scene.store.documents(in: "two", after: nil, limit: 10).map(\.value) == [[2]])
            #expect(try await scene.store.documents(in: "none", after: nil, limit: 10).isEmpty)
        },
        documentCase("Documents are listed by key, page by page") { scene async throws in
            let keys = ["b", "A", "a", "a-1", "a.1", "z/9", "a:1", "0"]
            for key in keys { _ = try await scene.put(Array(key.utf8), at: key) }
            var (listed, last): ([String], String?) = ([], nil)
            while true {
                let page = try await scene.store.documents(in: "things", after: last, limit: 3)
                #expect(page.count <= 3 && page.allSatisfy { $0.value == Array($0.key.utf8) })
                listed += page.map(\.key)
                last = page.last?.key
                if page.count < 3 { break }
            }
            #expect(listed == keys.sorted())
        },
        documentCase("A write that expects something else is refused and changes nothing") { scene async throws in
            func conflict(_ expectation: StoredDocument.Expectation, removes: Bool = false) async -> Bool {
                let error = await scene.error { () throws(StoreError) in
                    if removes {
                        _ = try await scene.store.removeDocument("a", in: "things", expecting: expectation)
                    } else {
                        _ = try await scene.store.putDocument([9], at: "a", in: "things", expecting: expectation)
                    }
                }
                return error?.code == .conflict
            }
            #expect(await conflict(.version(1)))
            let first = try await scene.put([1], at: "a", expecting: .nothing)
            #expect(await conflict(.nothing))
            #expect(await conflict(.version(first + 1)))
            #expect(await conflict(.version(first + 1), removes: true))
            #expect(await conflict(.nothing, removes: true))
            let second = try await scene.put([2], at: "a", expecting: .version(first))
            #expect(await conflict(.version(first)))
            #expect(try await scene.store.documents(in: "things", after: nil, limit: 1).map(\.version) == [second])
            #expect(try await scene.store.removeDocument("a", in: "things", expecting: .version(second)))
            #expect(try await scene.store.removeDocument("a", in: "things", expecting: .version(second)) == false)
        },
        documentCase("A document that was removed and made again never has an old version") { scene async throws in
            let first = try await scene.put([1], at: "a")
            _ = try await scene.store.removeDocument("a", in: "things", expecting: .anything)
            let second = try await scene.put([1], at: "a")
            #expect(second > first)
        },
        documentCase("Of writers that expect the same version one succeeds") { scene async throws in
            let start = try await scene.put([0], at: "a")
            let written = await withTaskGroup(of: Bool.self) { group in
                for number in 1...8 as ClosedRange<UInt8> {
                    group.addTask {
                        (try? await scene.store.putDocument(
                            [number], at: "a", in: "things", expecting: .version(start))) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(written == 1)
        },
        documentCase("Names, values and pages that break a rule are refused with their field") { scene async throws in
            _ = try await scene.put([UInt8](repeating: 7, count: Limits.documentBytes), at: "a")
            let long = String(repeating: "k", count: 129)
            let bad: [(collection: String, key: String, size: Int, field: String)] = [
                ("things", "", 1, "key"), ("things", "a b", 1, "key"), ("things", long, 1, "key"),
                ("", "a", 1, "collection"), ("{x}", "a", 1, "collection"), (long, "a", 1, "collection"),
                ("things", "b", Limits.documentBytes + 1, "value"),
            ]
            for (collection, key, size, field) in bad {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.putDocument(
                        [UInt8](repeating: 0, count: size), at: key, in: collection, expecting: .anything)
                }
                #expect(error?.code == .invalid && error?.field == field)
            }
            for limit in [0, 1_001] {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.documents(in: "things", after: nil, limit: limit)
                }
                #expect(error?.code == .invalid && error?.field == "limit")
            }
            #expect(try await scene.store.documents(in: "things", after: nil, limit: 9).map(\.key) == ["a"])
        },
        documentCase("A collection takes so many documents and no more, and writes over them still") {
            scene async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<20 {
                    group.addTask {
                        for number in stride(from: lane, to: Limits.documents, by: 20) {
                            _ = try await scene.put([1], at: "k\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.putDocument([1], at: "more", in: "things", expecting: .anything)
            }
            #expect(error?.code == .invalid && error?.field == "collection")
            _ = try await scene.put([2], at: "k5")
            _ = try await scene.put([2], at: "more", in: "others")
            _ = try await scene.store.removeDocument("k6", in: "things", expecting: .anything)
            _ = try await scene.put([2], at: "more")
        },
        documentCase("Documents and the audit log outlive a restart", needs: .restart) { scene async throws in
            let first = try await scene.put([1, 2], at: "a")
            let second = try await scene.put([3], at: "b")
            try await scene.store.appendAudit([.numbered(1), .numbered(2)])
            _ = try await scene.store.removeDocument("b", in: "things", expecting: .anything)
            let before = try await scene.store.audit(after: nil, limit: 10)
            try await scene.restart()
            let kept = try await scene.store.documents(in: "things", after: nil, limit: 10)
            #expect(kept.map(\.version) == [first] && kept.map(\.value) == [[1, 2]])
            #expect(try await scene.put([3], at: "b") > second)
            #expect(try await scene.store.audit(after: nil, limit: 10) == before)
        },
        documentCase("What one process writes another reads", needs: .sharing) { scene async throws in
            let other = try await scene.another()
            let version = try await scene.put([1], at: "a")
            #expect(try await other.documents(in: "things", after: nil, limit: 10).map(\.version) == [version])
            let next = try await other.putDocument([2], at: "a", in: "things", expecting: .version(version))
            #expect(try await scene.store.documents(in: "things", after: nil, limit: 10).map(\.version) == [next])
            try await other.appendAudit([.numbered(1)])
            try await scene.store.appendAudit([.numbered(2)])
            #expect(try await other.audit(after: nil, limit: 10).entries.map(\.action) == [.numbered(2), .numbered(1)])
        },
    ]

    static let auditCases: [StoreCase] = [
        documentCase("The audit log tells who did what to what, and when, newest first") { scene async throws in
            let full = AuditedAction(
                principal: "key", role: "admin", action: "jobs.cancel", target: "é\"\n", outcome: "200",
                requestID: "r-1")
            let start = scene.time.now()
            try await scene.store.appendAudit([full, .numbered(1)])
            scene.time.advance(by: .seconds(1))
            try await scene.store.appendAudit([])
            try await scene.store.appendAudit([.numbered(2)])
            let page = try await scene.store.audit(after: nil, limit: 10)
            #expect(page.entries.map(\.action) == [.numbered(2), .numbered(1), full])
            #expect(page.entries.map(\.at) == [start + .seconds(1), start, start] && page.nextCursor == nil)
        },
        documentCase("The audit log is read page by page, and what comes meanwhile shifts nothing") {
            scene async throws in
            try await scene.store.appendAudit((1...9).map { .numbered($0) })
            let first = try await scene.store.audit(after: nil, limit: 4)
            try await scene.store.appendAudit([.numbered(10)])
            let second = try await scene.store.audit(after: first.nextCursor, limit: 4)
            let third = try await scene.store.audit(after: second.nextCursor, limit: 4)
            let all = first.entries + second.entries + third.entries
            #expect(all.map(\.action) == (1...9).reversed().map { .numbered($0) })
            #expect(third.entries.count == 1 && third.nextCursor == nil)
            let exact = try await scene.store.audit(after: first.nextCursor, limit: 5)
            #expect(exact.entries.count == 5 && exact.nextCursor == nil)
        },
        documentCase("The audit log keeps its newest entries") { scene async throws in
            let bound = Limits.auditEntries
            for start in stride(from: 0, to: bound, by: 500) {
                try await scene.store.appendAudit((start..<start + 500).map { .numbered($0) })
            }
            let before = try await scene.store.audit(after: nil, limit: 1)
            try await scene.store.appendAudit((bound..<bound + 7).map { .numbered($0) })
            var (seen, cursor): ([AuditedAction], String?) = ([], nil)
            repeat {
                let page = try await scene.store.audit(after: cursor, limit: 1_000)
                seen += page.entries.map(\.action)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(seen == (7..<bound + 7).reversed().map { .numbered($0) })
            // A page goes on from an entry that is still there, wherever the end of the log is now.
            let next = try await scene.store.audit(after: before.nextCursor, limit: 1)
            #expect(next.entries.map(\.action) == [.numbered(bound - 2)])
        },
        documentCase("An impossible page of the audit log is refused with its field") { scene async throws in
            for (cursor, limit, field) in [(nil, 0, "limit"), (nil, 1_001, "limit"), ("no cursor", 5, "cursor")] {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.audit(after: cursor, limit: limit)
                }
                #expect(error?.code == .invalid && error?.field == field)
            }
        },
    ]

    /// A store that keeps neither documents nor an audit log may say so, and has nothing to be checked then.
    private static func documentCase(
        _ name: String, needs need: StoreCase.Need = .nothing, _ body: @escaping @Sendable (Scene) async throws -> Void
    ) -> StoreCase {
        StoreCase(name, needs: need) { scene async throws in
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.documents(in: "things", after: nil, limit: 1)
            }
            guard error?.code != .unsupported else { return }
            try await body(scene)
        }
    }
}

extension Scene {
    fileprivate func put(
        _ value: [UInt8], at key: String, in collection: String = "things",
        expecting: StoredDocument.Expectation = .anything
    ) async throws -> Int64 {
        try await store.putDocument(value, at: key, in: collection, expecting: expecting)
    }
}

extension AuditedAction {
    fileprivate static func numbered(_ number: Int) -> AuditedAction {
        AuditedAction(principal: "p", action: "a\(number)", outcome: "done")
    }
}
