#if Server
    import HTTPTypes
    import Logging
    import OnCue

    /// What the routes work with.
    struct RouteContext: Sendable {
        let store: any JobStore
        let keys: KeyRing
        let jobs: JobClient
        let settings: SettingsCache
        let configuration: JobServer.Configuration
        let logger: Logger
        let waiting: Cancellations
        let events: EventHub
        let pulse: Pulse

        var limits: ServerLimits { configuration.limits }

        /// Whether no further request may wait. Streams wait too, and have a bound of their own.
        var isFullOfWaits: Bool { waiting.count > limits.waits + events.count }

        /// - Throws: 429 for a request that would wait on a server that is full of them.
        func checkRoomToWait(_ time: Duration) throws(APIError) {
            guard time > .zero, isFullOfWaits else { return }
            throw APIError(
                .tooManyRequests, "too_many_waits", "as many requests wait as this server holds; try again",
                headers: [.retryAfter: "1"])
        }

        init(
            store: any JobStore, keys: KeyRing, settings: SettingsCache, configuration: JobServer.Configuration,
            logger: Logger,
            waiting: Cancellations, events: EventHub, pulse: Pulse
        ) {
            self.store = store
            self.keys = keys
            jobs = JobClient(store)
            self.settings = settings
            self.configuration = configuration
            self.logger = logger
            self.waiting = waiting
            self.events = events
            self.pulse = pulse
        }
    }

    extension Route {
        /// The whole table.
        static func all(_ context: RouteContext) -> [Route] {
            let routes =
                jobs(context) + jobChanges(context) + bulk(context) + queues(context) + workers(context)
                + work(context) + events(context) + access(context) + health(context) + metrics(context)
                + store(context)
            return routes + [openAPI(describing: routes)]
        }
    }
#endif
