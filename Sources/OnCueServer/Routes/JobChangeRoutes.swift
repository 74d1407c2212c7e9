#if Server
    import HTTPTypes
    import OnCue

    // Doing something to one job.
    extension Route {
        static func jobChanges(_ context: RouteContext) -> [Route] {
            let routes = JobChangeRoutes(context: context)
            return [
                Route(
                    .post, "/api/v1/jobs/{id}/cancel", .cancel,
                    "Cancel a job: a waiting one never runs, a running one is told to stop, or is given up with force.",
                    doc: RouteDoc(
                        body: .cancellation, needsBody: false, .ok(.job, "The job, cancelled or told to stop."),
                        .refused(.conflict, "It has ended already: `conflict`.")),
                    handler: { try await routes.cancel($0) }),
                Route(
                    .post, "/api/v1/jobs/{id}/retry", .operate, "Run a dead, cancelled, retrying or delayed job now.",
                    doc: RouteDoc(
                        body: .retrying, needsBody: false, .ok(.job, "The job, which waits again."),
                        .refused(.conflict, "Its state does not allow it: `conflict`.")),
                    handler: { try await routes.retry($0) }),
                Route(
                    .patch, "/api/v1/jobs/{id}", .operate,
                    "Change the payload, the priority or the time of a job that waits.",
                    doc: RouteDoc(
                        body: .edit, .ok(.job, "The job as it is now."),
                        .refused(.conflict, "It runs or has ended: `conflict`.")),
                    handler: { try await routes.edit($0) }),
                Route(
                    .delete, "/api/v1/jobs/{id}", .operate, "Remove a job and all that is kept of it.",
                    doc: RouteDoc(.noContent),
                    handler: { try await routes.delete($0) }),
            ]
        }
    }

    struct JobChangeRoutes: Sendable {
        let context: RouteContext

        func cancel(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            let fields = try request.fields()
            let reason = try fields.text("reason").flatMap { $0.isEmpty ? nil : $0 }
            return try await change(
                id, .cancel(reason: reason, force: try fields.bool("force") ?? false),
                refusal: "job cannot be cancelled")
        }

        func retry(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            let resets = try request.fields().bool("reset_attempts") ?? false
            return try await change(id, .retry(resetAttempts: resets), refusal: "job cannot be retried")
        }

        func edit(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            let edit = try SubmitObject.edit(try request.fields())
            if let payload = edit.payload, payload.count > Limits.payloadBytes {
                throw ValidationError(
                    field: "payload", message: "may have \(Limits.payloadBytes) bytes, this has \(payload.count)")
            }
            return try await change(id, .edit(edit), refusal: "job cannot be edited")
        }

        func delete(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            guard try await context.store.change([id], .delete).first != .notFound else {
                throw APIError.notFound("job not found")
            }
            return .noContent
        }

        private func change(_ id: JobID, _ change: JobChange, refusal: String) async throws -> APIResponse {
            switch try await context.store.change([id], change).first {
            case .done, .requested: break
            case .notFound, nil: throw APIError.notFound("job not found")
            case .refused(let state):
                throw APIError(.conflict, "conflict", "\(refusal): it is \(JobJSON.stateName(state))")
            }
            guard let job = try await context.jobs.job(id) else { throw APIError.notFound("job not found") }
            let settings = try await context.settings.settings(for: job)
            return .json { JobJSON.write(job, settings: settings, to: &$0) }
        }
    }
#endif
