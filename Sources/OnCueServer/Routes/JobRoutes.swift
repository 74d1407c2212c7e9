#if Server
    import HTTPTypes
    import OnCue

    // Submitting and looking.
    extension Route {
        static func jobs(_ context: RouteContext) -> [Route] {
            let routes = JobRoutes(context: context)
            return [
                Route(
                    .post, "/api/v1/jobs", .submit, "Submit a job.",
                    doc: RouteDoc(
                        details: "An idempotency key makes it safe to send the same job again: the second time answers "
                            + "the first job.",
                        parameters: [.idempotencyKey, .traceparent, .tracestate], body: .submission,
                        .created(.job, "It was taken in."), .ok(.job, "It was there already, under the same key."),
                        .refused(.conflict, "The idempotency key was used for another job: `conflict`.")),
                    handler: { try await routes.submit($0) }),
                Route(
                    .post, "/api/v1/jobs/batch", .submit, "Submit up to 1,000 jobs, one by one or all together.",
                    doc: RouteDoc(
                        details: "Without `atomic` each job is taken or refused for itself, in its place in `results`.",
                        parameters: [.traceparent, .tracestate], body: .batch,
                        .created(.batchResult, "What became of each."),
                        .refused(.conflict, "With `atomic`: one of them cannot be taken: `conflict`.")),
                    handler: { try await routes.submitBatch($0) }),
                Route(
                    .get, "/api/v1/jobs", .read, "List jobs, page by page.",
                    doc: RouteDoc(
                        parameters: RouteDoc.Parameter.filter + [
                            .query("order", .word("newest", "oldest"), "Default newest."), .cursor, .limit,
                            .query("payload", .boolean, "Whether to show payloads and outputs. Default false."),
                        ], .ok(.jobList, "A page.")),
                    handler: { try await routes.list($0) }),
                Route(
                    .post, "/api/v1/jobs/search", .read, "Find jobs by a filter, page by page.",
                    doc: RouteDoc(body: .search, needsBody: false, .ok(.jobList, "A page.")),
                    handler: { try await routes.search($0) }),
                Route(
                    .get, "/api/v1/jobs/{id}", .read, "Show a job.",
                    doc: RouteDoc(
                        parameters: [
                            .query("payload", .boolean, "Whether to show the payload and the output. Default true.")
                        ], .ok(.job, "The job.")),
                    handler: { try await routes.show($0) }),
                Route(
                    .get, "/api/v1/jobs/{id}/result", .read, "Show what a job's last run came to.",
                    doc: RouteDoc(
                        .ok(.jobResult, "The result."),
                        .refused(.notFound, "There is no such job, or no run of it has ended yet: `not_found`.")),
                    handler: { try await routes.result($0) }),
                Route(
                    .post, "/api/v1/jobs/{id}/wait", .submit, "Wait for a job's end.",
                    doc: RouteDoc(
                        details: "Answers at once when the job has ended, else when it does or when the time is over.",
                        body: .openObject([.optional("timeout", .duration, "Default 30s, at most 5m.")]),
                        needsBody: false,
                        .ok(.waitResult, "The job's end, or where it stands.")),
                    isLong: true,
                    handler: { try await routes.wait($0) }),
                Route(
                    .get, "/api/v1/jobs/{id}/wait", .submit, "Wait for a job's end.",
                    doc: RouteDoc(
                        parameters: [.query("timeout", .duration, "Default 30s, at most 5m.")],
                        .ok(.waitResult, "The job's end, or where it stands.")),
                    isLong: true,
                    handler: { try await routes.wait($0) }),
                Route(
                    .get, "/api/v1/jobs/{id}/attempts", .read, "List a job's failed attempts with their errors.",
                    doc: RouteDoc(.ok(.attemptList, "The attempts that are kept.")),
                    handler: { try await routes.attempts($0) }),
                Route(
                    .get, "/api/v1/jobs/{id}/why", .read, "Say in words why a job is where it is.",
                    doc: RouteDoc(.ok(.explanation, "The reasons, the weightiest first.")),
                    handler: { try await routes.why($0) }),
            ]
        }
    }

    struct JobRoutes: Sendable {
        let context: RouteContext

        // MARK: Submit

        func submit(_ request: APIRequest) async throws -> APIResponse {
            let submission = try Submission(request.body, header: request.header(.idempotencyKey), request: request)
            let enqueued = try await context.jobs.enqueue(submission.job)
            guard enqueued.isDuplicate else {
                let record = try await record(of: submission.job, id: enqueued.id)
                return try await answer(.created, record, includesPayload: false)
            }
            return try await answer(.ok, existing(enqueued.id, for: submission), includesPayload: false)
        }

        /// The job that was there already. The same idempotency key for something else is a conflict.
        private func existing(_ id: JobID, for submission: Submission) async throws -> JobRecord {
            guard let job = try await context.jobs.job(id) else { throw Submission.goneError(id) }
            if let conflict = submission.conflict(with: job) { throw conflict }
            return job
        }

        /// The job as it was taken in. What the server has said itself need not be read again.
        private func record(of job: NewJob, id: JobID) async throws(StoreError) -> JobRecord {
            // The moment of an id that someone chose says nothing.
            if job.id != nil, let record = try await context.jobs.job(id) { return record }
            return JobRecord(accepted: job, id: id)
        }

        func submitBatch(_ request: APIRequest) async throws -> APIResponse {
            let fields = try request.fields()
            let isAtomic = try fields.bool("atomic") ?? false
            guard let elements = try fields.elements("jobs", "a list of jobs"), !elements.isEmpty else {
                throw ValidationError(field: "jobs", message: "at least one job is required")
            }
            guard elements.count <= context.limits.batch else {
                throw ValidationError(
                    field: "jobs",
                    message: "maximum \(context.limits.batch) jobs per batch, these are \(elements.count)")
            }
            var batch = BatchOutcome(count: elements.count)
            var submissions: [(index: Int, submission: Submission)] = []
            for (index, element) in elements.enumerated() {
                do throws(ValidationError) {
                    submissions.append(
                        (index, try Submission(fields.bytes, in: element.range, header: nil, request: request)))
                } catch {
                    let error = ValidationError(field: "jobs[\(index)].\(error.field)", message: error.message)
                    guard !isAtomic else { throw error }
                    batch.reject(index, APIError(error))
                }
            }
            let answers = try await context.jobs.enqueue(submissions.map(\.submission.job), atomically: isAtomic)
            try await batch.add(answers, to: submissions, context: context)
            return .json(.created) { batch.write(to: &$0) }
        }

        // MARK: Look

        func show(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            guard let job = try await context.jobs.job(id) else { throw APIError.notFound("job not found") }
            return try await answer(.ok, job, includesPayload: try request.query.bool("payload") ?? true)
        }

        func list(_ request: APIRequest) async throws -> APIResponse {
            let query = request.query
            return try await page(
                try JobFilter(query), order: try JobOrder(word: query["order"]), after: query["cursor"],
                limit: try query.integer("limit"), includesPayload: try query.bool("payload") ?? false)
        }

        func search(_ request: APIRequest) async throws -> APIResponse {
            let fields = try request.fields()
            let filter = fields["filter"] == nil ? fields : try fields.object("filter", "an object")
            return try await page(
                try JobFilter(filter), order: try JobOrder(word: try fields.text("order")),
                after: try fields.text("cursor"), limit: try fields.integer("limit"),
                includesPayload: try fields.bool("payload") ?? false, countUpTo: try fields.integer("count_up_to"))
        }

        private func page(
            _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int?, includesPayload: Bool,
            countUpTo bound: Int? = nil
        ) async throws -> APIResponse {
            let page = try await context.jobs.search(filter, order: order, after: cursor, limit: limit ?? 100)
            let total =
                if let bound { try await context.jobs.count(filter, upTo: max(1, bound)) } else { JobCount?.none }
            var settings: [QueueName: QueueSettings] = [:]
            for job in page.jobs where settings[job.queue] == nil {
                settings[job.queue] = try await context.settings.settings(of: job.queue)
            }
            return .json { json in
                json.object { json in
                    json.field("count", page.jobs.count)
                    json.array("jobs") { json in
                        for job in page.jobs {
                            JobJSON.write(
                                job, settings: settings[job.queue] ?? QueueSettings(), includesPayload: includesPayload,
                                to: &json)
                        }
                    }
                    json.field(ifPresent: "next_cursor", page.nextCursor)
                    if let total {
                        json.field("total", total.count)
                        json.field("total_is_exact", total.isExact)
                    }
                }
            }
        }

        func result(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            let job = try await context.jobs.job(id)
            // A job that has not ended has a result once an attempt has failed.
            guard let job, job.state.isFinal || job.lastError != nil else {
                throw APIError.notFound("result not found")
            }
            return .json { JobJSON.writeResult(of: job, to: &$0) }
        }

        func wait(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            let given = try request.query.duration("timeout") ?? request.fields().duration("timeout")
            let time = min(max(given ?? .seconds(30), .zero), context.limits.wait)
            try context.checkRoomToWait(time)
            let result = try await context.jobs.result(of: id, timeout: time)
            return .json { JobJSON.write(result, to: &$0) }
        }

        func attempts(_ request: APIRequest) async throws -> APIResponse {
            let id = try request.jobID()
            guard try await context.jobs.job(id) != nil else { throw APIError.notFound("job not found") }
            let attempts = try await context.jobs.attempts(of: id)
            return .json { json in
                json.object { json in
                    json.field("count", attempts.count)
                    json.array("attempts") { json in
                        for attempt in attempts { JobJSON.write(attempt, to: &json) }
                    }
                }
            }
        }

        func why(_ request: APIRequest) async throws -> APIResponse {
            let explanation = try await context.jobs.why(try request.jobID())
            guard explanation.state != nil else { throw APIError.notFound(explanation.reasons[0].summary) }
            return .json { JobJSON.write(explanation, to: &$0) }
        }

        private func answer(
            _ status: HTTPResponse.Status, _ job: JobRecord, includesPayload: Bool
        ) async throws -> APIResponse {
            let settings = try await context.settings.settings(for: job)
            return .json(status) {
                JobJSON.write(job, settings: settings, includesPayload: includesPayload, to: &$0)
            }
        }
    }
#endif
