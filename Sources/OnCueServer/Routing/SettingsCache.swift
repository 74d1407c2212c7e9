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
            let now = ContinuousClock.now
            let (known, loads) = state.withLock { state -> (Loaded?, Bool) in
                if let loaded = state.loaded, now - loaded.at < Self.staleness || state.isLoading {
                    return (loaded, false)
                }
                state.isLoading = true
                return (state.loaded, true)
            }
            guard loads || known == nil else { return Self.settings(of: queue, in: known) }
            do throws(StoreError) {
                let fresh = Loaded(
                    queues: Dictionary(try await store.queues().map { ($0.name, $0.settings) }) { $1 },
                    defaults: try await store.defaults(), at: now)
                state.withLock { state in
                    state.loaded = fresh
                    state.isLoading = false
                }
                return Self.settings(of: queue, in: fresh)
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
