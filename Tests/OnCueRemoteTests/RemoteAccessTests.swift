#if Server
    import OnCue
    import OnCueRemote
    import OnCueServer
    import OnCueTesting
    import Testing

    /// What a key may do through a store that is elsewhere.
    @Suite struct RemoteAccessTests {
        /// A store for each of the roles, over one server with keys.
        private func served(
            _ body: (_ store: (AccessRole) -> RemoteStore, _ memory: MemoryStore) async throws -> Void
        ) async throws {
            let memory = MemoryStore()
            var stores: [AccessRole: RemoteStore] = [:]
            var texts: [AccessRole: String] = [:]
            for role in AccessRole.allCases {
                texts[role] = try await KeyRing(memory).create(role, name: role.rawValue, by: "test").text
            }
            let served = try await ServedStore(memory)
            for (role, text) in texts { stores[role] = try RemoteStore(url: served.url, apiKey: text) }
            let nobody = try RemoteStore(url: served.url)
            // What is refused says why, and never names the key.
            let error = await refusal { _ = try await nobody.queues() }
            #expect(error?.code == .unsupported && error?.message.contains("API key") == true)
            // There is one of each role.
            try await body({ stores[$0] ?? nobody }, memory)
            for store in stores.values { await store.close() }
            await nobody.close()
            try await served.shutDown()
            await memory.close()
        }

        private func refusal(_ call: () async throws -> Void) async -> StoreError? {
            do {
                try await call()
                return nil
            } catch {
                return error as? StoreError
            }
        }

        @Test func aProducerSubmitsWaitsAndCancelsItsOwn() async throws {
            try await served { store, memory in
                let producer = store(.producer)
                let own = try #require(
                    try await producer.enqueue([NewJob(name: "a")], atomically: true).first?.id)
                let foreign = try #require(try await memory.enqueue([NewJob(name: "a")], atomically: true).first?.id)
                #expect(try await producer.outcome(of: own, wait: .milliseconds(1))?.state == .pending)
                let cancel = JobChange.cancel(reason: nil, force: false)
                // All of them or none.
                for ids in [[foreign], [own, foreign]] {
                    let error = await refusal {
                        _ = try await producer.change(ids, cancel)
                    }
                    #expect(error?.code == .unsupported && error?.message.contains("producer") == true)
                }
                #expect(try await memory.find([own]).first??.state == .pending)
                #expect(try await producer.change([own], cancel) == [.done(.cancelled)])
                let others = [
                    await refusal { _ = try await producer.change([own], .delete) },
                    await refusal { _ = try await producer.openSession(.test) },
                    await refusal { try await producer.changeQueue(.default, .pause) },
                ]
                #expect(others.map { $0?.code } == [.unsupported, .unsupported, .unsupported])
            }
        }

        @Test func aWorkerDoesItsUpkeepWithinTheSettings() async throws {
            let time = ManualTime()
            let memory = MemoryStore(time: time)
            let text = try await KeyRing(memory, time: time).create(.worker, by: "test").text
            let chief = try await KeyRing(memory, time: time).create(.operator, by: "test").text
            let served = try await ServedStore(memory)
            let worker = try RemoteStore(url: served.url, apiKey: text)
            let operating = try RemoteStore(url: served.url, apiKey: chief)

            let session = try await worker.openSession(.test)
            let id = try #require(try await memory.enqueue([NewJob(name: "a")], atomically: true).first?.id)
            let jobs = try await worker.claim(
                ClaimRequest(session: session, queues: [.init(.default)], limit: 1))
            _ = try await worker.settle(
                SettleBatch(session: session, sequence: 1, items: jobs.map { Settlement($0, .completed(output: nil)) }))
            time.advance(by: .seconds(60))
            let everything = MaintenanceRequest(
                prunes: [.init(queue: .default, state: .completed, before: time.now(), keep: 0)],
                eventsBefore: time.now(), eventsKeep: 0, sessionsBefore: time.now())
            let cursor = EventCursor.start
            #expect(try await worker.maintain(everything).pruned == 0)
            #expect(try await memory.find([id]).first??.state == .completed)
            #expect(try await memory.events(after: cursor, limit: 10, wait: .zero).events.count > 0)
            #expect(try await operating.maintain(everything).pruned > 0)
            #expect(try await memory.find([id]) == [nil])

            // A session that fell silent is fenced by whoever saw it; whatever it does, by an operator only.
            let error = await refusal {
                _ = try await worker.fence(session, ifRenewals: nil, error: "gone")
            }
            #expect(error?.code == .unsupported)
            #expect(try await worker.fence(session, ifRenewals: 5, error: "gone") == nil)
            #expect(try await worker.fence(session, ifRenewals: 0, error: "gone") == 0)
            let other = try await worker.openSession(.test)
            #expect(try await operating.fence(other, ifRenewals: nil, error: "gone") == 0)
            for store in [worker, operating] { await store.close() }
            try await served.shutDown()
            await memory.close()
        }

        @Test func whatAKeyChangesStandsInTheAuditLog() async throws {
            try await served { store, memory in
                try await store(.operator).changeQueue("mail", .pause)
                _ = try await store(.viewer).queues()
                _ = try await store(.admin).putDocument([1, 2, 3], at: "k", in: "c", expecting: .nothing)
                let entries = try await memory.audit(after: nil, limit: 100).entries.map(\.action)
                #expect(entries.map(\.action) == ["store.put-document", "store.change-queue"])
                #expect(entries.map(\.target) == ["c k", "mail"] && entries.map(\.role) == ["admin", "operator"])
                #expect(entries.allSatisfy { $0.outcome == "200" })
                #expect(try await store(.admin).audit(after: nil, limit: 100).entries.map(\.action) == entries)
                let error = await refusal {
                    _ = try await store(.operator).audit(after: nil, limit: 100)
                }
                #expect(error?.code == .unsupported)
            }
        }
    }
#endif
