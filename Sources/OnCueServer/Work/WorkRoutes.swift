#if Server
    import HTTPTypes
    import Logging
    import OnCue
    import OnCueAPI

    // Workers in any language.
    extension Route {
        static func work(_ context: RouteContext) -> [Route] {
            let routes = WorkRoutes(context)
            let gone = RouteDoc.Answer.refused(
                .gone, "The session has ended, and what it held is others' now: `fenced`.")
            return [
                Route(
                    .post, "/api/v1/sessions", .work, "Open a worker's session: all that it runs is held through it.",
                    doc: RouteDoc(body: .workerOpening, .created(.workerSession)),
                    handler: { try await routes.open($0) }),
                Route(
                    .get, "/api/v1/sessions/{session}", .work, "What a renewal would answer, without renewing.",
                    doc: RouteDoc(.ok(.workerNews, "The news."), gone),
                    handler: { try await routes.news($0) }),
                Route(
                    .delete, "/api/v1/sessions/{session}", .work,
                    "End a session and give back what it holds, its attempts unspent.",
                    doc: RouteDoc(.noContent), handler: { try await routes.close($0) }),
                Route(
                    .post, "/api/v1/sessions/{session}/renew", .work,
                    "Say that a session is alive; the answer says which of its jobs are to stop.",
                    doc: RouteDoc(.ok(.workerNews, "The news."), gone),
                    handler: { try await routes.renew($0) }),
                Route(
                    .post, "/api/v1/sessions/{session}/claim", .work, "Take jobs that are due, or wait for one.",
                    doc: RouteDoc(
                        details: "Whoever goes away meanwhile loses nothing: `held` has what was claimed.",
                        body: .workerClaim, needsBody: false, .ok(.claimed, "Jobs, or none in the time."), gone),
                    isLong: true, handler: { try await routes.claim($0) }),
                Route(
                    .get, "/api/v1/sessions/{session}/held", .work,
                    "The jobs that a session holds, as they were claimed.",
                    doc: RouteDoc(
                        parameters: [.query("besides", .text, "Ids of jobs to leave out, with commas between.")],
                        .ok(.heldJobs, "The jobs.")),
                    handler: { try await routes.held($0) }),
                Route(
                    .post, "/api/v1/sessions/{session}/settle", .work, "Say what became of jobs; safe to repeat.",
                    doc: RouteDoc(
                        body: .settlement, .ok(.settled, "What became of each."), gone,
                        .refused(.conflict, "A later settlement of the session was written before: `conflict`.")),
                    handler: { try await routes.settle($0) }),
                Route(
                    .post, "/api/v1/sessions/{session}/notes", .work,
                    "Write progress, checkpoints and the results of effects of jobs that run.",
                    doc: RouteDoc(body: .jobNotes, .ok(.noted, "Whether each was taken.")),
                    handler: { try await routes.record($0) }),
                Route(
                    .get, "/api/v1/jobs/{id}/memory", .read, "What earlier attempts of a job have saved.",
                    doc: RouteDoc(.ok(.jobMemory, "All of it.")),
                    handler: { try await routes.memory($0) }),
            ]
        }
    }

    struct WorkRoutes: Sendable {
        private let context: RouteContext
        private let directory: SessionDirectory
        private let desk: WorkDesk

        init(_ context: RouteContext) {
            self.context = context
            directory = SessionDirectory(context.store)
            desk = WorkDesk(store: context.store, settings: context.settings, directory: directory)
        }

        // MARK: Sessions

        func open(_ request: APIRequest) async throws -> APIResponse {
            let opening = try WorkerOpening(try request.fields())
            let session = try await context.store.openSession(opening.session)
            directory.add(session, opening.session)
            context.logger.info(
                "A worker is here",
                metadata: [
                    "worker": "\(opening.session.worker)", "session": "\(session)",
                    "version": "\(opening.version ?? "-")",
                ])
            return .json(.created) { WorkerOpening.write(opening.session, id: session, to: &$0) }
        }

        func news(_ request: APIRequest) async throws -> APIResponse {
            let news = try await context.store.news(for: session(request))
            return .json { WorkNews.write(news, to: &$0) }
        }

        func renew(_ request: APIRequest) async throws -> APIResponse {
            let news = try await context.store.renew(session(request))
            return .json { WorkNews.write(news, to: &$0) }
        }

        func close(_ request: APIRequest) async throws -> APIResponse {
            let session = session(request)
            try await context.store.closeSession(session)
            directory.remove(session)
            return .noContent
        }

        // MARK: Jobs

        func claim(_ request: APIRequest) async throws -> APIResponse {
            var claim = try WorkClaim(try request.fields())
            claim.wait = min(claim.wait, context.limits.wait)
            try context.checkRoomToWait(claim.wait)
            let claimed = try await desk.claim(claim, by: session(request))
            return .json { json in json.object { Self.write(claimed, to: &$0) } }
        }

        func held(_ request: APIRequest) async throws -> APIResponse {
            var known: Set<JobID> = []
            for text in request.query.list("besides") {
                guard let id = JobID(text) else { throw ValidationError(field: "besides", message: "takes job ids") }
                known.insert(id)
            }
            let handouts = try await desk.held(by: session(request), besides: known)
            let claimed = WorkDesk.Claimed(jobs: handouts.map(\.job), terms: handouts.map(\.terms))
            return .json { json in json.object { Self.writeJobs(claimed, to: &$0) } }
        }

        func settle(_ request: APIRequest) async throws -> APIResponse {
            let reports = try WorkReports(try request.fields())
            let (answers, claimed) = try await desk.settle(reports, of: session(request))
            return .json { json in
                json.object { json in
                    json.array("results") { json in
                        for (report, answer) in zip(reports.reports, answers) {
                            WorkReport.write(answer, to: report.job, to: &json)
                        }
                    }
                    if let claimed { Self.write(claimed, to: &json) }
                }
            }
        }

        func record(_ request: APIRequest) async throws -> APIResponse {
            let notes = try WorkNote.list(try request.fields())
            let taken = try await desk.record(notes, by: session(request))
            return .json { json in
                json.object { json in
                    json.array("results") { json in
                        for (note, isTaken) in zip(notes, taken) {
                            json.object { json in
                                json.field("id", note.job.id.description)
                                json.field("taken", isTaken)
                            }
                        }
                    }
                }
            }
        }

        func memory(_ request: APIRequest) async throws -> APIResponse {
            let memory = try await context.store.memory(of: try request.jobID())
            return .json { WorkMemory.write(memory, to: &$0) }
        }

        // MARK: Pieces

        private func session(_ request: APIRequest) -> SessionID {
            SessionID(rawValue: request.parameter("session"))
        }

        private static func write(_ claimed: WorkDesk.Claimed, to json: inout JSONWriter) {
            writeJobs(claimed, to: &json)
            json.field("quiet", claimed.isQuiet)
            json.field("stop", claimed.isStopping)
        }

        private static func writeJobs(_ claimed: WorkDesk.Claimed, to json: inout JSONWriter) {
            json.field("count", claimed.jobs.count)
            json.array("jobs") { json in
                for (job, terms) in zip(claimed.jobs, claimed.terms) { WorkLease.write(job, terms, to: &json) }
            }
        }
    }
#endif
