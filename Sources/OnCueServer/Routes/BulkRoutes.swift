#if Server
    import HTTPTypes
    import OnCue

    // Many jobs at once, and dead letters.
    extension Route {
        static func bulk(_ context: RouteContext) -> [Route] {
            let routes = BulkRoutes(context: context)
            return [
                Route(
                    .post, "/api/v1/jobs/bulk", .operate,
                    "Cancel, retry, delete or edit the jobs that a filter or a list of ids means; dry_run only counts.",
                    doc: RouteDoc(
                        details: "Where the filter names no states, those are meant in which the action makes sense.",
                        body: .bulkChange,
                        .ok(.anyOf(.bulkResult, .bulkResultByID), "What came of it; of each id when ids were given.")),
                    isLong: true, handler: { try await routes.change($0) }),
                Route(
                    .get, "/api/v1/dead", .read, "List dead letters, page by page.",
                    doc: RouteDoc(parameters: RouteDoc.Parameter.filter + [.cursor, .limit], .ok(.jobList, "A page.")),
                    handler: { try await routes.listDead($0) }),
                Route(
                    .get, "/api/v1/dead/errors", .read, "Group dead letters by job name and error.",
                    doc: RouteDoc(
                        parameters: RouteDoc.Parameter.filter, .ok(.errorGroups, "The groups, the largest first.")),
                    handler: { try await routes.groupDead($0) }),
                Route(
                    .post, "/api/v1/dead/replay", .operate, "Run dead letters again; dry_run only counts.",
                    doc: RouteDoc(body: .deadReplay, .ok(.bulkResult, "What came of it.")),
                    isLong: true, handler: { try await routes.replayDead($0) }),
                Route(
                    .post, "/api/v1/dead/purge", .operate, "Remove dead letters; dry_run only counts.",
                    doc: RouteDoc(body: .deadPurge, .ok(.bulkResult, "What came of it.")), isLong: true,
                    handler: { try await routes.purgeDead($0) }),
            ]
        }
    }

    struct BulkRoutes: Sendable {
        let context: RouteContext

        /// What every bulk action may be told.
        private struct Order {
            var filter: JobFilter
            var everything: Bool
            var dryRun: Bool
            var limit: Int

            init(_ fields: JSONFields) throws(ValidationError) {
                filter = fields["filter"] == nil ? JobFilter() : try JobFilter(try fields.object("filter", "an object"))
                everything = try fields.bool("everything") ?? false
                dryRun = try fields.bool("dry_run") ?? false
                limit = try fields.integer("limit") ?? JobClient.bulkLimit
                guard (1...JobClient.bulkLimit).contains(limit) else {
                    throw ValidationError(field: "limit", message: "takes a number from 1 to \(JobClient.bulkLimit)")
                }
            }
        }

        func change(_ request: APIRequest) async throws -> APIResponse {
            let fields = try request.fields()
            let change = try Self.change(fields)
            if let ids = try Self.ids(fields) {
                return try await self.change(ids, change, dryRun: try fields.bool("dry_run") ?? false)
            }
            let order = try Order(fields)
            let result = try await context.jobs.change(
                where: order.filter, change, everything: order.everything, dryRun: order.dryRun, limit: order.limit)
            return Self.answer(result, dryRun: order.dryRun)
        }

        private static func change(_ fields: JSONFields) throws(ValidationError) -> JobChange {
            switch try fields.text("action") {
            case "cancel": .cancel(reason: try fields.text("reason"), force: try fields.bool("force") ?? false)
            case "retry": .retry(resetAttempts: try fields.bool("reset_attempts") ?? false)
            case "delete": .delete
            case "edit":
                .edit(try SubmitObject.edit(try fields.object("edit", "an object such as {\"priority\": \"high\"}")))
            default: throw ValidationError(field: "action", message: "takes cancel, retry, delete or edit")
            }
        }

        private static func ids(_ fields: JSONFields) throws(ValidationError) -> [JobID]? {
            guard let texts = try fields.list("ids") else { return nil }
            guard fields["filter"] == nil else {
                throw ValidationError(field: "ids", message: "give either ids or a filter")
            }
            guard (1...1_000).contains(texts.count) else {
                throw ValidationError(field: "ids", message: "takes 1 to 1000 ids, these are \(texts.count)")
            }
            var ids: [JobID] = []
            for text in texts {
                guard let id = JobID(text) else {
                    throw ValidationError(field: "ids", message: "'\(text.prefix(64))' is no job id")
                }
                ids.append(id)
            }
            return ids
        }

        /// Jobs by their ids: the answer says what became of each.
        private func change(_ ids: [JobID], _ change: JobChange, dryRun: Bool) async throws -> APIResponse {
            if dryRun {
                let found = try await context.jobs.jobs(ids).count { $0 != nil }
                return Self.answer(BulkResult(matched: JobCount(found, isExact: true)), dryRun: true)
            }
            let answers = try await context.jobs.change(ids, change)
            return .json { json in
                json.object { json in
                    json.field("matched", answers.count { $0 != .notFound })
                    json.field("done", answers.count { if case .done = $0 { true } else { false } })
                    json.field("requested", answers.count { $0 == .requested })
                    json.field("refused", answers.count { if case .refused = $0 { true } else { false } })
                    json.array("results") { json in
                        for (id, answer) in zip(ids, answers) { Self.write(answer, id, to: &json) }
                    }
                }
            }
        }

        private static func write(_ answer: ChangeAnswer, _ id: JobID, to json: inout JSONWriter) {
            json.object { json in
                json.field("id", id.description)
                switch answer {
                case .done(let state):
                    json.field("result", "done")
                    json.field(ifPresent: "state", state.map { JobJSON.stateName($0) })
                case .requested: json.field("result", "requested")
                case .notFound: json.field("result", "not_found")
                case .refused(let state):
                    json.field("result", "refused")
                    json.field("state", JobJSON.stateName(state))
                }
            }
        }

        // MARK: Dead letters

        func listDead(_ request: APIRequest) async throws -> APIResponse {
            let query = request.query
            let page = try await context.jobs.deadLetters(
                try JobFilter(query), after: query["cursor"], limit: try query.integer("limit") ?? 100)
            return .json { JobJSON.write(page, to: &$0) }
        }

        /// Looks at 10,000 dead letters at most.
        func groupDead(_ request: APIRequest) async throws -> APIResponse {
            let filter = try JobFilter(request.query)
            var groups = ErrorGroups()
            var cursor: String?
            repeat {
                let page = try await context.jobs.deadLetters(filter, after: cursor, limit: 500)
                for job in page.jobs { groups.add(job) }
                cursor = page.nextCursor
            } while cursor != nil && groups.count < 10_000
            return .json { groups.write(isComplete: cursor == nil, to: &$0) }
        }

        func replayDead(_ request: APIRequest) async throws -> APIResponse {
            let fields = try request.fields()
            let order = try Order(fields)
            let result = try await context.jobs.replayDeadLetters(
                order.filter, resetAttempts: try fields.bool("reset_attempts") ?? false, everything: order.everything,
                dryRun: order.dryRun, limit: order.limit)
            return Self.answer(result, dryRun: order.dryRun)
        }

        func purgeDead(_ request: APIRequest) async throws -> APIResponse {
            var order = try Order(try request.fields())
            order.filter.states = []
            guard order.everything || !order.filter.isEmpty else {
                throw ValidationError(
                    field: "filter", message: "says which dead letters are meant; to mean all, say so (everything)")
            }
            order.filter.states = [.dead]
            let result = try await context.jobs.change(
                where: order.filter, .delete, everything: order.everything, dryRun: order.dryRun, limit: order.limit)
            return Self.answer(result, dryRun: order.dryRun)
        }

        private static func answer(_ result: BulkResult, dryRun: Bool) -> APIResponse {
            .json { json in
                json.object { json in
                    json.field("dry_run", dryRun)
                    JobJSON.writeFields(of: result, to: &json)
                }
            }
        }
    }
#endif
