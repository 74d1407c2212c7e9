#if Server
    import HTTPTypes
    import OnCue

    // Workers as operators see them, and figures.
    extension Route {
        static func workers(_ context: RouteContext) -> [Route] {
            let routes = WorkerRoutes(context: context)
            return [
                Route(
                    .get, "/api/v1/workers", .read, "List workers with what they serve and hold.",
                    doc: RouteDoc(
                        parameters: [
                            .query("ended", .boolean, "Also those whose session has ended. Default false."),
                            .query("jobs", .boolean, "Whether to show the jobs that they hold. Default true."),
                        ], .ok(.workerList, "The workers.")),
                    handler: { try await routes.list($0) }),
                Route(
                    .post, "/api/v1/workers/{session}/quiet", .operate, "Ask a worker to claim no more.",
                    doc: RouteDoc(.ok(.instruction, "It is asked.")),
                    handler: { try await routes.instruct($0, stop: false) }),
                Route(
                    .post, "/api/v1/workers/{session}/stop", .operate, "Ask a worker to finish what it runs and end.",
                    doc: RouteDoc(.ok(.instruction, "It is asked.")),
                    handler: { try await routes.instruct($0, stop: true) }),
                Route(
                    .post, "/api/v1/workers/prune", .operate,
                    "End the sessions of workers whose process is gone, and give their jobs back.",
                    doc: RouteDoc(.ok(.pruned, "What was ended.")),
                    handler: { try await routes.prune($0) }),
                Route(
                    .get, "/api/v1/stats", .read, "The store in numbers.",
                    doc: RouteDoc(.ok(.stats, "The figures.")),
                    handler: { try await routes.stats($0) }),
            ]
        }
    }

    struct WorkerRoutes: Sendable {
        let context: RouteContext

        func list(_ request: APIRequest) async throws -> APIResponse {
            let showsEnded = try request.query.bool("ended") ?? false
            let workers = try await context.jobs.workers(includingJobs: try request.query.bool("jobs") ?? true)
                .filter { showsEnded || $0.session.standing == .open }
            return .json { json in
                json.object { json in
                    json.field("count", workers.count)
                    json.array("workers") { json in
                        for worker in workers { JobJSON.write(worker, to: &json) }
                    }
                }
            }
        }

        func instruct(_ request: APIRequest, stop: Bool) async throws -> APIResponse {
            let session = SessionID(rawValue: request.parameter("session"))
            try await context.store.instruct(session, quiet: true, stop: stop)
            return .json { json in
                json.object { json in
                    json.field("id", session.rawValue)
                    json.field("quiet", true)
                    json.field("stop", stop)
                }
            }
        }

        func prune(_ request: APIRequest) async throws -> APIResponse {
            let pruned = try await context.jobs.pruneWorkers()
            return .json { json in
                json.object { json in
                    json.field("pruned", pruned.sessions)
                    json.field("jobs_returned", pruned.jobs)
                }
            }
        }

        func stats(_ request: APIRequest) async throws -> APIResponse {
            let queues = try await context.jobs.queues()
            let workers = try await context.jobs.workers(includingJobs: false)
            let info = try await context.store.info()
            let now = try await context.store.now()
            return .json { JobJSON.writeStats(queues: queues, workers: workers, info: info, now: now, to: &$0) }
        }
    }
#endif
