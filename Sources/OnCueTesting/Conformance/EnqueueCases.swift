import OnCue
import Testing

extension Conformance {
    static let enqueueCases: [StoreCase] = [
        StoreCase("A job is found as it was given") { scene async throws in
            let parent = try await scene.accept()
            let given = NewJob(
                name: "mail.send", queue: "mail", priority: .high, payload: Array("{\"n\":1}".utf8),
                contentType: "text/plain", due: .after(.seconds(60)), expires: .after(.seconds(600)),
                unique: UniqueKey("order-1"),
                options: JobOptions(
                    maxAttempts: 7, backoff: .linear(base: .seconds(3)), timeout: .seconds(30),
                    softTimeout: .seconds(20), retention: .seconds(100)),
                tags: ["tenant": "äöü", "flag": ""], correlationID: "c-1", headers: ["traceparent": "00-1"],
                parent: parent)
            let start = scene.time.now()
            let id = try await scene.accept(given)
            let job = try await scene.job(id)
            #expect(job.id == id && job.name == given.name && job.queue == given.queue)
            #expect(job.priority == .high && job.state == .delayed && job.payload == given.payload)
            #expect(job.contentType == "text/plain" && job.tags == given.tags && job.correlationID == "c-1")
            #expect(job.headers == given.headers && job.unique == given.unique && job.options == given.options)
            #expect(job.parent == parent && job.attempt == 0 && job.lostWorkers == 0)
            #expect(job.createdAt == start && job.updatedAt == start)
            #expect(job.dueAt == start + .seconds(60) && job.expiresAt == start + .seconds(600))
            #expect(job.startedAt == nil && job.finishedAt == nil && job.session == nil && job.worker == nil)
            #expect(job.output == nil && job.lastError == nil && job.deadReason == nil && !job.isCancelRequested)
        },
        StoreCase("A plain job has no more than it was given") { scene async throws in
            let job = try await scene.job(try await scene.accept(NewJob(name: "work", payload: [1])))
            #expect(job.queue == .default && job.priority == .normal && job.state == .pending && job.payload == [1])
            #expect(job.contentType == nil && job.tags == [:] && job.headers == [:] && job.unique == nil)
            #expect(job.options == JobOptions() && job.dueAt == nil && job.expiresAt == nil && job.parent == nil)
        },
        StoreCase("An enqueue of nothing answers nothing") { scene async throws in
            #expect(try await scene.store.enqueue([], atomically: false).isEmpty)
            #expect(try await scene.store.enqueue([], atomically: true).isEmpty)
            #expect(try await scene.store.count(JobFilter(), upTo: 10) == JobCount(0, isExact: true))
        },
        StoreCase("Ten thousand jobs in one call are all accepted, in order") { scene async throws in
            let jobs = (0..<10_000).map { NewJob(name: "work", payload: Array(String($0).utf8)) }
            let ids = try await scene.accept(jobs)
            #expect(Set(ids).count == 10_000)
            #expect(ids == ids.sorted(), "ids sort by the time of their making")
            let session = try await scene.session()
            let taken = try await scene.take(session, 10_000)
            #expect(taken.map(\.id) == ids)
            #expect(taken.map(\.payload) == jobs.map(\.payload))
        },
        StoreCase("Ten thousand jobs in one atomic call are accepted, one more is refused") { scene async throws in
            let jobs = [NewJob](repeating: NewJob(name: "work"), count: Limits.atomicBatch + 1)
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.enqueue(jobs, atomically: true)
            }
            #expect(error?.code == .invalid)
            #expect(try await scene.store.count(JobFilter(), upTo: 1).count == 0)
            let answers = try await scene.store.enqueue(Array(jobs.dropLast()), atomically: true)
            #expect(Set(answers.compactMap(\.id)).count == Limits.atomicBatch)
            #expect(try await scene.queue().count(.pending) == Limits.atomicBatch)
        },
        StoreCase("Each job of a batch stands for itself") { scene async throws in
            let answers = try await scene.store.enqueue(
                [NewJob(name: "one"), NewJob(name: "not a name"), NewJob(name: "three")], atomically: false)
            try #require(answers.count == 3)
            guard case .accepted = answers[0], case .refused(let error) = answers[1], case .accepted = answers[2] else {
                Issue.record("\(answers)")
                return
            }
            #expect(error.code == .invalid && error.field == "name")
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 2)
        },
        StoreCase("An atomic batch with one bad job writes nothing") { scene async throws in
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.enqueue(
                    [NewJob(name: "one", unique: UniqueKey("k")), NewJob(name: "not a name")], atomically: true)
            }
            #expect(error?.code == .invalid && error?.field == "name")
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 0)
            // The key was not taken either.
            _ = try await scene.accept(NewJob(name: "one", unique: UniqueKey("k")))
        },
        StoreCase("A duplicate does not make an atomic batch fail") { scene async throws in
            let first = try await scene.accept(NewJob(name: "work", unique: UniqueKey("k")))
            let answers = try await scene.store.enqueue(
                [NewJob(name: "work", unique: UniqueKey("k")), NewJob(name: "work")], atomically: true)
            try #require(answers.count == 2)
            #expect(answers[0] == .duplicate(of: first))
            guard case .accepted = answers[1] else {
                Issue.record("\(answers[1])")
                return
            }
        },
        StoreCase("An enqueue that is sent again with its id is answered as a duplicate") { scene async throws in
            let id = JobID.make(at: scene.time.now())
            #expect(try await scene.offer(NewJob(id: id, name: "work", payload: [1])) == .accepted(id))
            #expect(try await scene.offer(NewJob(id: id, name: "work", payload: [2])) == .duplicate(of: id))
            #expect(try await scene.job(id).payload == [1])
            let other = JobID.make(at: scene.time.now())
            let twice = NewJob(id: other, name: "work")
            #expect(
                try await scene.store.enqueue([twice, twice], atomically: false)
                    == [.accepted(other), .duplicate(of: other)])
            #expect(try await scene.queue().totals.enqueued == 2)
        },
        StoreCase("The same id twice in an atomic batch is one job") { scene async throws in
            let id = JobID.make(at: scene.time.now())
            let twice = NewJob(id: id, name: "work")
            #expect(
                try await scene.store.enqueue([twice, twice], atomically: true) == [.accepted(id), .duplicate(of: id)])
        },
        StoreCase("Each bad value is refused with the field it stands in") { scene async throws in
            let long = String(repeating: "x", count: 257)
            let manyTags = Dictionary(uniqueKeysWithValues: (0...Limits.tags).map { ("t\($0)", "v") })
            let manyHeaders = Dictionary(uniqueKeysWithValues: (0...Limits.headers).map { ("h\($0)", "v") })
            let bad: [(NewJob, String)] = [
                (NewJob(name: ""), "name"),
                (NewJob(name: "a b"), "name"),
                (NewJob(name: JobName(String(repeating: "n", count: 129))), "name"),
                (NewJob(name: "work", queue: "a\nb"), "queue"),
                (NewJob(name: "work", queue: ""), "queue"),
                (NewJob(name: "work", payload: [UInt8](repeating: 0, count: Limits.payloadBytes + 1)), "payload"),
                (NewJob(name: "work", due: .after(.seconds(-1))), "delay"),
                (NewJob(name: "work", due: .after(Limits.horizon + .seconds(1))), "delay"),
                (NewJob(name: "work", expires: .after(.seconds(-1))), "expires"),
                (NewJob(name: "work", unique: UniqueKey("")), "unique_key"),
                (NewJob(name: "work", unique: UniqueKey(long)), "unique_key"),
                (NewJob(name: "work", unique: UniqueKey("a\u{7}")), "unique_key"),
                (NewJob(name: "work", unique: UniqueKey("k", until: .elapsed(.zero))), "unique.ttl"),
                (NewJob(name: "work", options: JobOptions(maxAttempts: 0)), "max_attempts"),
                (NewJob(name: "work", options: JobOptions(maxAttempts: 1_001)), "max_attempts"),
                (NewJob(name: "work", options: JobOptions(timeout: .seconds(-1))), "timeout"),
                (NewJob(name: "work", tags: ["": "v"]), "tags"),
                (NewJob(name: "work", tags: ["k": long]), "tags"),
                (NewJob(name: "work", tags: manyTags), "tags"),
                (NewJob(name: "work", correlationID: long), "correlation_id"),
                (NewJob(name: "work", headers: ["h": String(repeating: "x", count: 4_097)]), "headers"),
                (NewJob(name: "work", headers: manyHeaders), "headers"),
            ]
            let answers = try await scene.store.enqueue(bad.map(\.0), atomically: false)
            try #require(answers.count == bad.count)
            for ((_, field), answer) in zip(bad, answers) {
                guard case .refused(let error) = answer else {
                    Issue.record("\(field) was not refused: \(answer)")
                    continue
                }
                #expect(error.code == .invalid && error.field == field && !error.message.isEmpty)
            }
            #expect(try await scene.store.count(JobFilter(), upTo: 10).count == 0)
        },
        StoreCase("Values as large as they may be are taken") { scene async throws in
            let key = String(repeating: "k", count: Limits.keyBytes)
            let tags = Dictionary(uniqueKeysWithValues: (0..<Limits.tags).map { ("tag\($0)", key) })
            let headers = Dictionary(
                uniqueKeysWithValues: (0..<Limits.headers).map {
                    ("header\($0)", String(repeating: "h", count: Limits.headerBytes))
                })
            let name = String(repeating: "n", count: Limits.nameLength)
            let id = try await scene.accept(
                NewJob(
                    name: JobName(name), queue: QueueName(name),
                    payload: [UInt8](repeating: 7, count: Limits.payloadBytes), due: .after(Limits.horizon),
                    unique: UniqueKey(key), options: JobOptions(maxAttempts: 1_000), tags: tags, correlationID: key,
                    headers: headers))
            let job = try await scene.job(id)
            #expect(job.payload.count == Limits.payloadBytes && job.tags == tags && job.headers == headers)
            #expect(job.unique == UniqueKey(key) && job.correlationID == key && job.state == .delayed)
        },
        StoreCase("A job is pending when it is due now or was due before, and delayed when it is due later") {
            scene async throws in
            let now = scene.time.now()
            let ids = try await scene.accept([
                NewJob(name: "work"), NewJob(name: "work", due: .after(.zero)),
                NewJob(name: "work", due: .at(now - .seconds(5))), NewJob(name: "work", due: .at(now)),
                NewJob(name: "work", due: .after(.milliseconds(1))), NewJob(name: "work", due: .at(now + .seconds(9))),
            ])
            #expect(
                try await scene.states(ids) == [.pending, .pending, .pending, .pending, .delayed, .delayed])
            #expect(try await scene.job(ids[5]).dueAt == now + .seconds(9))
        },
        StoreCase("A queue takes as many waiting jobs as its settings allow, then says that it is full") {
            scene async throws in
            try await scene.store.changeQueue("small", .settings(QueueSettings(maxWaiting: 2)))
            let job = NewJob(name: "work", queue: "small")
            let answers = try await scene.store.enqueue(
                [job, NewJob(name: "work", queue: "small", due: .after(.seconds(9))), job, NewJob(name: "work")],
                atomically: false)
            try #require(answers.count == 4)
            #expect(answers[0].id != nil && answers[1].id != nil && answers[3].id != nil)
            guard case .refused(let error) = answers[2] else {
                Issue.record("\(answers[2])")
                return
            }
            #expect(error.code == .queueFull)
            // A job that runs no longer waits.
            let session = try await scene.session()
            _ = try await scene.takeOne(session, from: "small")
            _ = try await scene.accept(job)
        },
        StoreCase("Where a queue does not say how many may wait, the store's defaults do") { scene async throws in
            try await scene.store.setDefaults(QueueSettings(maxWaiting: 1))
            try await scene.store.changeQueue("large", .settings(QueueSettings(maxWaiting: 3)))
            _ = try await scene.accept(NewJob(name: "work"))
            guard case .refused(let error) = try await scene.offer(NewJob(name: "work")) else {
                Issue.record("the second job was taken")
                return
            }
            #expect(error.code == .queueFull)
            _ = try await scene.accept([NewJob](repeating: NewJob(name: "work", queue: "large"), count: 3))
        },
        StoreCase("An atomic batch that does not fit whole is refused whole") { scene async throws in
            try await scene.store.changeQueue("small", .settings(QueueSettings(maxWaiting: 2)))
            let job = NewJob(name: "work", queue: "small")
            let error = await scene.error { () throws(StoreError) in
                _ = try await scene.store.enqueue([job, job, job], atomically: true)
            }
            #expect(error?.code == .queueFull)
            #expect(try await scene.queue("small").waiting == 0)
            _ = try await scene.store.enqueue([job, job], atomically: true)
            #expect(try await scene.queue("small").waiting == 2)
        },
        StoreCase("Callers that enqueue at once lose nothing and get ids of their own") { scene async throws in
            let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for caller in 0..<8 {
                    group.addTask {
                        var ids: [JobID] = []
                        for batch in 0..<25 {
                            let jobs = (0..<4).map { NewJob(name: "work", payload: [UInt8(caller), UInt8(batch), $0]) }
                            ids += try await scene.accept(jobs)
                        }
                        return ids
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(ids).count == 800)
            #expect(try await scene.queue().count(.pending) == 800)
            #expect(try await scene.queue().totals.enqueued == 800)
        },
        StoreCase("An enqueue whose caller is cancelled has written all of it or none, as it answers") {
            scene async throws in
            let jobs = [NewJob](repeating: NewJob(name: "work"), count: 500)
            let call = Task { try await scene.store.enqueue(jobs, atomically: true) }
            call.cancel()
            let result = await call.result
            let count = try await scene.store.count(JobFilter(), upTo: 1_000).count
            switch result {
            case .success(let answers): #expect(answers.count == 500 && count == 500)
            case .failure(let error as StoreError) where error.code == .outcomeUnknown:
                #expect([0, 500].contains(count))
            case .failure: #expect(count == 0)
            }
        },
    ]
}
