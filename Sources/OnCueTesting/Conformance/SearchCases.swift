import OnCue
import Testing

extension Conformance {
    private static func all(
        _ scene: Scene, _ filter: JobFilter = JobFilter(), _ order: JobOrder = .oldestFirst, limit: Int = 1_000
    ) async throws -> [JobID] {
        var (ids, cursor): ([JobID], String?) = ([], nil)
        repeat {
            let page = try await scene.store.search(filter, order: order, after: cursor, limit: limit)
            #expect(page.jobs.count <= limit)
            ids += page.jobs.map(\.id)
            cursor = page.nextCursor
        } while cursor != nil
        return ids
    }

    static let searchCases: [StoreCase] = [
        StoreCase("Jobs are found in the order of the ids asked for, with gaps for what is unknown") {
            scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 3))
            let none = JobID.make(at: scene.time.now())
            let found = try await scene.store.find([ids[2], none, ids[0], ids[2]])
            #expect(found.map { $0?.id } == [ids[2], nil, ids[0], ids[2]])
            #expect(try await scene.store.find([]).isEmpty)
            #expect(try await scene.store.attempts(of: none).isEmpty)
        },
        StoreCase("Ten thousand jobs are found in one call") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 10_000))
            #expect(try await scene.store.find(ids).map { $0?.id } == ids)
        },
        StoreCase("A listing shows all jobs, newest or oldest first, page by page") { scene async throws in
            var ids: [JobID] = []
            for _ in 0..<5 {
                ids += try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 5))
                scene.time.advance(by: .seconds(1))
            }
            for limit in [1, 7, 25, 1_000] {
                #expect(try await all(scene, limit: limit) == ids)
                #expect(try await all(scene, JobFilter(), .newestFirst, limit: limit) == ids.reversed())
            }
            let whole = try await scene.store.search(JobFilter(), order: .oldestFirst, after: nil, limit: 25)
            #expect(whole.jobs.count == 25 && whole.nextCursor == nil)
        },
        StoreCase("Pages neither repeat nor hide a job when others come and go") { scene async throws in
            let ids = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 9))
            let first = try await scene.store.search(JobFilter(), order: .oldestFirst, after: nil, limit: 3)
            #expect(first.jobs.map(\.id) == Array(ids[..<3]))
            _ = try await scene.store.change([ids[1], ids[2], ids[4]], .delete)
            let more = try await scene.accept()
            let second = try await scene.store.search(
                JobFilter(), order: .oldestFirst, after: first.nextCursor, limit: 3)
            #expect(second.jobs.map(\.id) == [ids[3], ids[5], ids[6]])
            let third = try await scene.store.search(
                JobFilter(), order: .oldestFirst, after: second.nextCursor, limit: 3)
            #expect(third.jobs.map(\.id) == [ids[7], ids[8], more] && third.nextCursor == nil)
        },
        StoreCase("Each part of a filter narrows what is found, and all have to hold") { scene async throws in
            let start = scene.time.now()
            let jobs = [
                NewJob(name: "mail.send", queue: "a", tags: ["tenant": "1", "hot": ""], correlationID: "x"),
                NewJob(name: "mail.bounce", queue: "b", tags: ["tenant": "2"], correlationID: "x"),
                NewJob(name: "report", queue: "a", due: .after(.seconds(60)), tags: ["tenant": "1"]),
                NewJob(name: "mail", queue: "a", correlationID: "y"),
            ]
            var ids: [JobID] = []
            for job in jobs {
                ids.append(try await scene.accept(job))
                scene.time.advance(by: .seconds(1))
            }
            let expected: [(JobFilter, [Int])] = [
                (JobFilter(), [0, 1, 2, 3]),
                (JobFilter(states: [.delayed]), [2]),
                (JobFilter(states: [.delayed, .pending]), [0, 1, 2, 3]),
                (JobFilter(states: [.dead]), []),
                (JobFilter(queue: "a"), [0, 2, 3]),
                (JobFilter(queue: "none"), []),
                (JobFilter(name: "mail.send"), [0]),
                (JobFilter(name: "mail.*"), [0, 1]),
                (JobFilter(name: "*"), [0, 1, 2, 3]),
                (JobFilter(name: "*a*l*n*"), [0, 1]),
                (JobFilter(name: "mail_send"), []),
                (JobFilter(name: "MAIL.send"), []),
                (JobFilter(tags: ["tenant": nil]), [0, 1, 2]),
                (JobFilter(tags: ["tenant": "1"]), [0, 2]),
                (JobFilter(tags: ["tenant": "1", "hot": nil]), [0]),
                (JobFilter(tags: ["hot": ""]), [0]),
                (JobFilter(correlationID: "x"), [0, 1]),
                (JobFilter(createdFrom: start + .seconds(1)), [1, 2, 3]),
                (JobFilter(createdBefore: start + .seconds(1)), [0]),
                (JobFilter(createdFrom: start + .seconds(1), createdBefore: start + .seconds(3)), [1, 2]),
                (JobFilter(states: [.pending], queue: "a", name: "mail*", correlationID: "x"), [0]),
            ]
            for (filter, indices) in expected {
                let wanted = indices.map { ids[$0] }
                #expect(try await all(scene, filter, limit: 2) == wanted, "\(filter)")
                #expect(try await all(scene, filter, .newestFirst) == wanted.reversed(), "\(filter)")
                #expect(
                    try await scene.store.count(filter, upTo: 100) == JobCount(indices.count, isExact: true),
                    "\(filter)")
            }
        },
        StoreCase("A count stops at its bound and says so") { scene async throws in
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work"), count: 10))
            #expect(try await scene.store.count(JobFilter(), upTo: 9) == JobCount(9, isExact: false))
            #expect(try await scene.store.count(JobFilter(), upTo: 10) == JobCount(10, isExact: true))
            #expect(try await scene.store.count(JobFilter(name: "none"), upTo: 1) == JobCount(0, isExact: true))
        },
        StoreCase("A page of an impossible size and a cursor that is none are refused") { scene async throws in
            for limit in [0, -1, 1_001] {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.search(JobFilter(), order: .newestFirst, after: nil, limit: limit)
                }
                #expect(error?.code == .invalid && error?.field == "limit")
            }
            for cursor in ["", "x", "' OR 1=1", "0193a1b2"] {
                let error = await scene.error { () throws(StoreError) in
                    _ = try await scene.store.search(JobFilter(), order: .newestFirst, after: cursor, limit: 1)
                }
                #expect(error?.code == .invalid && error?.field == "cursor")
            }
        },
        StoreCase("A search by text takes every character as it stands") { scene async throws in
            let odd = "100% _x' \"ü\\*"
            let id = try await scene.accept(NewJob(name: "work", tags: [odd: odd], correlationID: odd))
            _ = try await scene.accept(NewJob(name: "work", tags: ["100z yx": "a"], correlationID: "100z"))
            #expect(try await all(scene, JobFilter(tags: [odd: odd])) == [id])
            #expect(try await all(scene, JobFilter(tags: [odd: nil])) == [id])
            #expect(try await all(scene, JobFilter(correlationID: odd)) == [id])
        },
    ]
}
