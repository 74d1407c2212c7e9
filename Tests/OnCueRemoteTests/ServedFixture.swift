#if Server
    import Foundation
    import Logging
    import OnCue
    import OnCueRemote
    import OnCueSQLite
    import OnCueServer
    import OnCueTesting
    import Synchronization

    /// A server on a free port over a store.
    struct ServedStore: Sendable {
        let store: any JobStore
        let server: JobServer
        let url: String
        private let running: Task<Void, any Error>

        init(_ store: any JobStore, configuration: JobServer.Configuration = .init(port: 0)) async throws {
            var logger = Logger(label: "test.server")
            logger.logLevel = .critical
            let server = JobServer(store, configuration: configuration, logger: logger)
            running = Task { try await server.run() }
            self.store = store
            self.server = server
            url = try await server.address().url
        }

        /// Ends the server; the store stays open.
        func shutDown() async throws {
            server.shutDown()
            try await running.value
        }
    }

    /// A memory or SQLite store that cases reach through servers only.
    final class ServedFixture: StoreFixture {
        enum Kind: String, CaseIterable, Sendable {
            case memory, sqlite
        }

        private struct State {
            var memory: MemoryStore?
            var served: [ServedStore] = []
            var opened: [RemoteStore] = []
        }

        private let kind: Kind
        private let folder: URL
        private let state = Mutex(State())

        init(_ kind: Kind) throws {
            self.kind = kind
            folder = FileManager.default.temporaryDirectory.appending(path: "oncue-remote-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        var keepsData: Bool { true }
        var isShared: Bool { true }

        /// After a restart, and for a further process, another server: of SQLite over a store of its own on the file.
        func open(time: any TimeSource) async throws -> any JobStore {
            if try await isRestart() { try await shutDown() }
            let store: any JobStore
            switch kind {
            case .memory:
                store = state.withLock { state in
                    let memory = state.memory ?? MemoryStore(time: time)
                    state.memory = memory
                    return memory
                }
            case .sqlite:
                store = try await SQLiteStore(
                    path: folder.appending(path: "jobs.db").path, options: .init(time: time))
            }
            let served = try await ServedStore(store)
            // Cases wait for hours on a clock of their own: not in slices of seconds.
            let remote = try RemoteStore(url: served.url, options: .init(longestRequest: .seconds(240)))
            state.withLock { state in
                state.served.append(served)
                state.opened.append(remote)
            }
            return remote
        }

        private func isRestart() async throws -> Bool {
            for remote in state.withLock({ $0.opened }) {
                do throws(StoreError) {
                    _ = try await remote.now()
                    return false
                } catch {
                    guard error.code == .closed else { throw error }
                }
            }
            return true
        }

        private func shutDown() async throws {
            let served = state.withLock { state in
                defer { state.served = [] }
                return state.served
            }
            for one in served {
                try await one.shutDown()
                if kind == .sqlite { await one.store.close() }
            }
        }

        func cleanUp() async {
            try? await shutDown()
            await state.withLock { $0.memory }?.close()
            try? FileManager.default.removeItem(at: folder)
        }
    }
#endif
