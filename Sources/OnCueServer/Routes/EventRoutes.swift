#if Server
    import HTTPTypes
    import NIOCore
    import OnCue

    extension Route {
        static func events(_ context: RouteContext) -> [Route] {
            let routes = EventRoutes(context: context)
            return [
                Route(
                    .get, "/api/v1/events", .read,
                    "Follow what happens, as server-sent events; Last-Event-ID goes on where a stream broke off.",
                    doc: RouteDoc(
                        details:
                            "The first event is `connected`. `gap` says that some were left out: the log no longer "
                            + "has them, or the reader was too slow. The filter of a stream about one job shows the job "
                            + "with each event.",
                        parameters: [
                            .query("job_id", .text, "One job; * means all. Also as `job`."),
                            .query("queue", .text, "One queue."),
                            .query("type", .text, "Jobs of this name, in which * stands for any text. Also as `name`."),
                            .after, .lastEventID,
                        ],
                        .events(
                            .anyOf(.event, .jobEvent, .streamNote), "A stream that goes on until either side ends it.")),
                    isLong: true, handler: { try await routes.stream($0, job: nil) }),
                Route(
                    .get, "/api/v1/jobs/{id}/events", .read, "Follow what happens to one job, as server-sent events.",
                    doc: RouteDoc(
                        parameters: [.after, .lastEventID],
                        .events(
                            .anyOf(.jobEvent, .event, .streamNote),
                            "A stream; once the job is deleted, its event stands alone.")),
                    isLong: true, handler: { try await routes.stream($0, job: try $0.jobID()) }),
                Route(
                    .get, "/api/v1/events/log", .read,
                    "Read a page of the event log, waiting for the first if asked to.",
                    doc: RouteDoc(
                        parameters: [
                            .query(
                                "after", .text, "A cursor, or `start` for all that is kept. Default: the log's end."),
                            .query("limit", .integer(1...1_000), "Default 100."),
                            .query("wait", .duration, "How long to wait when there is none. Default 0s, at most 5m."),
                        ], .ok(.eventPage, "A page.")),
                    isLong: true,
                    handler: { try await routes.page($0) }),
            ]
        }
    }

    struct EventRoutes: Sendable {
        let context: RouteContext

        func stream(_ request: APIRequest, job: JobID?) async throws -> APIResponse {
            var filter = try filter(request.query)
            filter.job = job ?? filter.job
            if let job, try await context.jobs.job(job) == nil { throw APIError.notFound("job not found") }
            let given = request.header(.lastEventID) ?? request.query["after"]
            let resume = try given.map { text throws(ValidationError) in try Self.cursor(text, "Last-Event-ID") }
            let seat = try await context.events.join(filter)
            return APIResponse(
                status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
                body: .stream { out in
                    try await follow(seat.stream, after: resume, out)
                    // Held up to here, also when nothing could be written.
                    withExtendedLifetime(seat) {}
                })
        }

        private func follow(_ stream: EventStream, after resume: EventCursor?, _ out: any ResponseStream) async throws {
            let start = stream.start
            try await out.write(EventText.connected(at: resume ?? start))
            // What happened up to the place from which on the stream gets everything.
            var last = resume ?? start
            if let resume { last = try await replay(after: resume, upTo: start, stream.filter, out) }
            while let delivery = await stream.next() {
                var buffer = delivery.hasGap ? EventText.gap : ByteBuffer()
                for item in delivery.items where item.event.cursor > last {
                    buffer.writeImmutableBuffer(try await text(of: item, for: stream.filter))
                    last = item.event.cursor
                }
                if buffer.readableBytes == 0 { buffer = EventText.keepalive }
                try await out.write(buffer)
            }
        }

        /// Writes what the log still has between two places.
        ///
        /// - Returns: the last place that was looked at.
        private func replay(
            after resume: EventCursor, upTo end: EventCursor, _ filter: EventFilter, _ out: any ResponseStream
        ) async throws -> EventCursor {
            var cursor = resume
            while cursor < end {
                let page = try await context.store.events(after: cursor, limit: 500, wait: .zero)
                if page.hasGap { try await out.write(EventText.gap) }
                var buffer = ByteBuffer()
                for event in page.events where filter.matches(event) {
                    let item = EventStream.Item(event: event, text: EventText.event(event))
                    buffer.writeImmutableBuffer(try await text(of: item, for: filter))
                }
                if buffer.readableBytes > 0 { try await out.write(buffer) }
                guard page.next > cursor else { break }
                cursor = page.next
            }
            return cursor
        }

        /// A stream about one job shows the job with each event, as it stands by then.
        private func text(of item: EventStream.Item, for filter: EventFilter) async throws -> ByteBuffer {
            guard filter.job != nil, let id = item.event.job, let job = try await context.jobs.job(id) else {
                return item.text
            }
            return EventText.event(item.event, job: job, settings: try await context.settings.settings(for: job))
        }

        private func filter(_ query: RequestQuery) throws(ValidationError) -> EventFilter {
            var filter = EventFilter(queue: query["queue"].map { QueueName($0) }, name: query["name"] ?? query["type"])
            // GopherQueue's clients say * for all.
            if let text = query["job_id"] ?? query["job"], text != "*" {
                guard let id = JobID(text) else { throw ValidationError(field: "job_id", message: "is no job id") }
                filter.job = id
            }
            return filter
        }

        private static func cursor(_ text: String, _ field: String) throws(ValidationError) -> EventCursor {
            guard let cursor = EventCursor(text) else {
                throw ValidationError(field: field, message: "is none that this log has given out")
            }
            return cursor
        }

        func page(_ request: APIRequest) async throws -> APIResponse {
            let query = request.query
            let limit = try query.integer("limit") ?? 100
            guard (1...1_000).contains(limit) else {
                throw ValidationError(field: "limit", message: "takes a number from 1 to 1000, this is \(limit)")
            }
            let wait = min(max(try query.duration("wait") ?? .zero, .zero), context.limits.wait)
            let after = query["after"]
            guard let after else {
                let latest = try await context.store.latestEvent()
                return Self.answer(EventPage(events: [], next: latest))
            }
            let cursor = after == "start" ? EventCursor.start : try Self.cursor(after, "after")
            return Self.answer(try await context.store.events(after: cursor, limit: limit, wait: wait))
        }

        private static func answer(_ page: EventPage) -> APIResponse {
            .json { json in
                json.object { json in
                    json.field("count", page.events.count)
                    json.array("events") { json in
                        for event in page.events { JobJSON.write(event, to: &json) }
                    }
                    json.field("next_cursor", page.next.description)
                    if page.hasGap { json.field("gap", true) }
                }
            }
        }
    }
#endif
