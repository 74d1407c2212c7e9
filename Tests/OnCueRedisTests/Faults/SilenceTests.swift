#if Redis
    import OnCue
    import RedisTestServers
    import RedisWire
    import Testing

    @testable import OnCueRedis

    /// Nobody is fenced for a silence that Redis may have been the reason of.
    @Suite struct SilenceTests {
        private func with(
            callTimeout: Duration = .seconds(30), _ body: (RedisServer, RedisStore, SessionID) async throws -> Void
        ) async throws {
            let server = try await RedisServer.start()
            var setting = OutageScene.Setting(server)
            setting.callTimeout = callTimeout
            let store = try await setting.open()
            let result: Result<Void, any Error>
            do {
                let session = try await store.openSession(
                    SessionOpening(
                        worker: "silent", process: .current, lease: .seconds(2), names: [], queues: [], concurrency: 1))
                result = .success(try await body(server, store, session))
            } catch {
                result = .failure(error)
            }
            await store.close()
            await server.stop()
            try result.get()
        }

        /// A call that takes longer than a second.
        private func waitsForRedis(_ server: RedisServer, _ store: RedisStore) async throws {
            server.freeze()
            // The signal goes by way of a shell.
            try await Task.sleep(for: .milliseconds(300))
            let start = ContinuousClock.now
            async let slow = store.now()
            try await Task.sleep(for: .milliseconds(1_300))
            server.thaw()
            _ = try await slow
            #expect(.now - start > .seconds(1))
        }

        @Test("Who has waited for Redis himself leaves the others time to come back, and then fences who does not")
        func leavesTime() async throws {
            try await with { server, store, session in
                try await waitsForRedis(server, store)
                #expect(try await store.fence(session, ifRenewals: 0, error: "gone") == nil)
                #expect(try await store.sessions().map(\.standing) == [.open])
                // Where the lease is long a moment without answers says nothing.
                let patient = try await store.openSession(
                    SessionOpening(
                        worker: "patient", process: .current, lease: .seconds(30), names: [], queues: [], concurrency: 1
                    ))
                #expect(try await store.fence(patient, ifRenewals: 0, error: "gone") == 0)
                try await eventually("it is fenced", within: .seconds(20)) {
                    try await store.fence(session, ifRenewals: 0, error: "gone") != nil
                }
            }
        }

        @Test("Whoever insists is not kept from it")
        func insists() async throws {
            try await with { server, store, session in
                try await waitsForRedis(server, store)
                #expect(try await store.fence(session, ifRenewals: nil, error: "gone") == 0)
            }
        }

        @Test("Upkeep says that nothing can be written, also when it has nothing to write")
        func saysWhatIsReadOnly() async throws {
            try await with(callTimeout: .seconds(5)) { server, store, _ in
                try await server.command("REPLICAOF", "127.0.0.1", "1")
                let error = await #expect(throws: StoreError.self) {
                    try await store.maintain(
                        MaintenanceRequest(
                            eventsBefore: .init(microseconds: 0), eventsKeep: 10, sessionsBefore: .init(microseconds: 0)
                        ))
                }
                // The latter where the deadline comes while it is being tried again.
                #expect(error?.code == .readOnly || error?.code == .timedOut)
            }
        }
    }
#endif
