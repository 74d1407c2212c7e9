#if Server
    import HTTPTypes
    import OnCue

    extension Route {
        static func health(_ context: RouteContext) -> [Route] {
            let routes = HealthRoutes(context: context)
            return [
                Route(
                    .get, "/health", nil, "Whether the server, its store and its workers are well.",
                    doc: RouteDoc(
                        .ok(.health, "All is well."), .json(.serviceUnavailable, .health, "Something is not.")),
                    handler: { try await routes.health($0) }),
                Route(
                    .get, "/ready", nil, "Whether the server takes requests.",
                    doc: RouteDoc(.ok(.ready, "It does."), .json(.serviceUnavailable, .ready, "It does not for now.")),
                    handler: { try await routes.ready($0) }),
                Route(
                    .get, "/live", nil, "Whether the server makes progress.",
                    doc: RouteDoc(.ok(.live, "It does."), .json(.serviceUnavailable, .live, "It hangs.")),
                    handler: { try await routes.live($0) }),
                Route(
                    .get, "/api/v1", .read, "What this is.", doc: RouteDoc(.ok(.info, "What this is.")),
                    handler: { await routes.info($0) }),
                Route(
                    .get, "/api/v1/", .read, "What this is.", doc: RouteDoc(.ok(.info, "What this is.")),
                    handler: { await routes.info($0) }),
            ]
        }
    }

    struct HealthRoutes: Sendable {
        let context: RouteContext

        func health(_ request: APIRequest) async throws -> APIResponse {
            let pulse = context.pulse.reading
            return .json(pulse.isHealthy ? .ok : .serviceUnavailable) { json in
                json.object { json in
                    json.field("healthy", pulse.isHealthy)
                    json.object("components") { json in
                        json.object("store") { json in
                            json.field("healthy", pulse.isHealthy)
                            json.field(ifPresent: "message", pulse.isHealthy ? nil : "the store does not answer")
                            json.field("latency", pulse.latency.wholeMicroseconds * 1_000)
                        }
                        json.object("scheduler") { $0.field("healthy", pulse.isHealthy) }
                        json.object("workers") { json in
                            json.field("healthy", true)
                            json.field("message", "\(pulse.activeSlots)/\(pulse.slots) active")
                        }
                    }
                    // Not the store's clock: a probe never waits for the store.
                    json.field("timestamp", SystemTime().now())
                }
            }
        }

        func ready(_ request: APIRequest) async throws -> APIResponse {
            let isReady = context.pulse.reading.isHealthy && !context.pulse.isShuttingDown
            return .json(isReady ? .ok : .serviceUnavailable) { json in json.object { $0.field("ready", isReady) } }
        }

        func live(_ request: APIRequest) async throws -> APIResponse {
            let isAlive = context.pulse.reading.isAlive
            return .json(isAlive ? .ok : .serviceUnavailable) { json in json.object { $0.field("alive", isAlive) } }
        }

        func info(_ request: APIRequest) async -> APIResponse {
            .json { json in
                json.object { json in
                    json.field("name", "OnCue API")
                    json.field("version", "1.0.0")
                    json.object("endpoints") { json in
                        json.field("jobs", "/api/v1/jobs")
                        json.field("batch", "/api/v1/jobs/batch")
                        json.field("queues", "/api/v1/queues")
                        json.field("dead", "/api/v1/dead")
                        json.field("workers", "/api/v1/workers")
                        json.field("events", "/api/v1/events")
                        json.field("stats", "/api/v1/stats")
                        json.field("health", "/health")
                        json.field("metrics", "/metrics")
                    }
                    json.array("features") { json in
                        for feature in ["batch", "idempotency", "wait", "events", "search", "bulk", "dead_letters"] {
                            json.string(feature)
                        }
                    }
                }
            }
        }
    }
#endif
