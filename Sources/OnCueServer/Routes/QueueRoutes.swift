#if Server
    import HTTPTypes
    import OnCue

    extension Route {
        static func queues(_ context: RouteContext) -> [Route] {
            let routes = QueueRoutes(context: context)
            return [
                Route(
                    .get, "/api/v1/queues", .read, "List the queues with their counts and settings.",
                    doc: RouteDoc(.ok(.queueList, "All queues.")),
                    handler: { try await routes.list($0) }),
                Route(
                    .get, "/api/v1/queues/{queue}", .read, "Show a queue.",
                    doc: RouteDoc(.ok(.queue, "The queue.")),
                    handler: { try await routes.show($0) }),
                Route(
                    .delete, "/api/v1/queues/{queue}", .operate, "Forget a queue that has no jobs left.",
                    doc: RouteDoc(.noContent, .refused(.conflict, "It has jobs: `conflict`.")),
                    handler: { try await routes.remove($0) }),
                Route(
                    .post, "/api/v1/queues/{queue}/pause", .operate, "Start no more jobs of a queue.",
                    doc: RouteDoc(.ok(.queue, "The queue.")),
                    handler: { try await routes.pause($0) }),
                Route(
                    .post, "/api/v1/queues/{queue}/resume", .operate, "Start jobs of a queue again.",
                    doc: RouteDoc(.ok(.queue, "The queue.")),
                    handler: { try await routes.resume($0) }),
                Route(
                    .post, "/api/v1/queues/{queue}/purge", .operate, "Remove waiting or finished jobs of a queue.",
                    doc: RouteDoc(body: .purge, needsBody: false, .ok(.removed, "How many went.")),
                    handler: { try await routes.purge($0) }),
                Route(
                    .get, "/api/v1/queues/{queue}/settings", .read, "Show what is set for a queue.",
                    doc: RouteDoc(.ok(.settings, "The settings.")),
                    handler: { try await routes.settings($0) }),
                Route(
                    .put, "/api/v1/queues/{queue}/settings", .operate, "Replace what is set for a queue.",
                    doc: RouteDoc(body: .settingsChange, .ok(.settings, "The settings from now on.")),
                    handler: { try await routes.set($0, keepsOthers: false) }),
                Route(
                    .patch, "/api/v1/queues/{queue}/settings", .operate,
                    "Change some of what is set for a queue; null clears a setting.",
                    doc: RouteDoc(body: .settingsChange, .ok(.settings, "The settings from now on.")),
                    handler: { try await routes.set($0, keepsOthers: true) }),
                Route(
                    .get, "/api/v1/settings", .read, "Show what holds where a queue says nothing.",
                    doc: RouteDoc(.ok(.settings, "The settings.")),
                    handler: { try await routes.defaults($0) }),
                Route(
                    .put, "/api/v1/settings", .administer, "Replace what holds where a queue says nothing.",
                    doc: RouteDoc(body: .settingsChange, .ok(.settings, "The settings from now on.")),
                    handler: { try await routes.setDefaults($0, keepsOthers: false) }),
                Route(
                    .patch, "/api/v1/settings", .administer,
                    "Change some of what holds where a queue says nothing; null clears a setting.",
                    doc: RouteDoc(body: .settingsChange, .ok(.settings, "The settings from now on.")),
                    handler: { try await routes.setDefaults($0, keepsOthers: true) }),
            ]
        }
    }

    struct QueueRoutes: Sendable {
        let context: RouteContext

        func list(_ request: APIRequest) async throws -> APIResponse {
            let queues = try await context.jobs.queues()
            let now = try await context.store.now()
            return .json { json in
                json.object { json in
                    json.field("count", queues.count)
                    json.array("queues") { json in
                        for queue in queues { JobJSON.write(queue, now: now, to: &json) }
                    }
                }
            }
        }

        func show(_ request: APIRequest) async throws -> APIResponse {
            try await answer(try name(request))
        }

        func remove(_ request: APIRequest) async throws -> APIResponse {
            try await context.jobs.removeQueue(try name(request))
            context.settings.forget()
            return .noContent
        }

        func pause(_ request: APIRequest) async throws -> APIResponse {
            let queue = try name(request)
            try await context.jobs.pause(queue)
            return try await answer(queue)
        }

        func resume(_ request: APIRequest) async throws -> APIResponse {
            let queue = try name(request)
            try await context.jobs.resume(queue)
            return try await answer(queue)
        }

        func purge(_ request: APIRequest) async throws -> APIResponse {
            let queue = try name(request)
            let fields = try request.fields()
            var words = try fields.list("states") ?? []
            if let more = try fields.list("state") { words += more }
            let states = try StateNames.states(words, field: "states")
            let limit = try fields.integer("limit") ?? .max
            guard limit > 0 else { throw ValidationError(field: "limit", message: "has to be above zero") }
            let removed = try await context.jobs.purge(
                queue, states: states.isEmpty ? JobState.waiting : states, limit: limit)
            return .json { json in json.object { $0.field("removed", removed) } }
        }

        // MARK: Settings

        func settings(_ request: APIRequest) async throws -> APIResponse {
            let settings = try await context.jobs.settings(of: try name(request))
            return .json { JobJSON.write(settings, to: &$0) }
        }

        func set(_ request: APIRequest, keepsOthers: Bool) async throws -> APIResponse {
            let queue = try name(request)
            var settings = keepsOthers ? try await context.jobs.settings(of: queue) : QueueSettings()
            try SettingsObject.apply(try request.fields(), to: &settings)
            try await context.jobs.setSettings(settings, of: queue)
            context.settings.forget()
            return .json { JobJSON.write(settings, to: &$0) }
        }

        func defaults(_ request: APIRequest) async throws -> APIResponse {
            let settings = try await context.jobs.defaults()
            return .json { JobJSON.write(settings, to: &$0) }
        }

        func setDefaults(_ request: APIRequest, keepsOthers: Bool) async throws -> APIResponse {
            var settings = keepsOthers ? try await context.jobs.defaults() : QueueSettings()
            try SettingsObject.apply(try request.fields(), to: &settings)
            try await context.jobs.setDefaults(settings)
            context.settings.forget()
            return .json { JobJSON.write(settings, to: &$0) }
        }

        // MARK: Pieces

        private func name(_ request: APIRequest) throws(ValidationError) -> QueueName {
            try QueueName(request.parameter("queue")).validated(field: "queue")
        }

        private func answer(_ name: QueueName) async throws -> APIResponse {
            guard let queue = try await context.jobs.queue(name) else { throw APIError.notFound("queue not found") }
            let now = try await context.store.now()
            return .json { JobJSON.write(queue, now: now, to: &$0) }
        }
    }
#endif
