#if Server
    import OnCue
    import Synchronization

    /// The settings of queues as they were a moment ago: job objects say how many attempts a job has, and that may stand with
    /// its queue.
    final class SettingsCache: Sendable {
        /// How old an answer may be.
        static let staleness: Duration = .seconds(2)

        private struct Loaded {
            var queues: [QueueName: QueueSettings]
            var order: [QueueName]
            var defaults: QueueSettings
            var at: ContinuousClock.Instant
        }

        private struct State {
            var loaded: Loaded?
            var isLoading = false
        }

        private let store: any JobStore
        private let state = Mutex(State())

        init(_ store: any JobStore) {
            self.store = store
        }

        /// What holds for a job as far as its queue decides: the queue's settings, then the store's defaults.
        func settings(for job: JobRecord) async throws(StoreError) -> QueueSettings {
            // What the job says itself is stronger.
            if job.options.maxAttempts != nil { return QueueSettings() }
            return try await settings(of: job.queue)
        }

        func settings(of queue: QueueName) async throws(StoreError) -> QueueSettings {
            Self.settings(of: queue, in: try await current())
        }

        /// What is set for a queue, and for the store, each by itself.
        func places(of queue: QueueName) async throws(StoreError) -> (queue: QueueSettings, defaults: QueueSettings) {
            let loaded = try await current()
            return (loaded?.queues[queue] ?? QueueSettings(), loaded?.defaults ?? QueueSettings())
        }

        /// The queues that there are, in the order in which they are to be served; `default` in any case.
        func servedQueues() async throws(StoreError) -> [QueueName] {
            let names = try await current()?.order ?? []
            return names.contains(.default) ? names : names + [.default]
        }

        private func current() async throws(StoreError) -> Loaded? {
            let now = ContinuousClock.now
            let (known, loads) = state.withLock { state -> (Loaded?, Bool) in
                if let loaded = state.loaded, now - loaded.at < Self.staleness || state.isLoading {
                    return (loaded, false)
                }
                state.isLoading = true
                return (state.loaded, true)
            }
            guard loads || known == nil else { return known }
            do throws(StoreError) {
                let queues = try await store.queues()
                let fresh = Loaded(
                    queues: Dictionary(queues.map { ($0.name, $0.settings) }) { $1 }, order: queues.map(\.name),
                    defaults: try await store.defaults(), at: now)
                state.withLock { state in
                    state.loaded = fresh
                    state.isLoading = false
                }
                return fresh
            } catch {
                state.withLock { $0.isLoading = false }
                throw error
            }
        }

        /// The next look reads the store: for settings that this server has changed itself.
        func forget() {
            state.withLock { $0.loaded = nil }
        }

        private static func settings(of queue: QueueName, in loaded: Loaded?) -> QueueSettings {
            guard let loaded else { return QueueSettings() }
            var settings = loaded.queues[queue] ?? QueueSettings()
            settings.maxAttempts = settings.maxAttempts ?? loaded.defaults.maxAttempts
            return settings
        }
    }
#endif
