#if Server
    import OnCue

    // Parameters that several routes have.
    extension RouteDoc.Parameter {
        static let cursor = query("cursor", .text, "The `next_cursor` of the page before.")
        static let limit = query("limit", .integer(Limits.page), "How many on a page. Default 100.")
        static let after = query("after", .text, "As Last-Event-ID, for clients that cannot set it.")

        static let lastEventID = header(
            "Last-Event-ID", .text, "The id of the last event seen: the stream goes on after it.")
        static let idempotencyKey = header(
            "Idempotency-Key", .text, "The same as the field `idempotency_key`; unique within the queue for 24 h.")
        static let traceparent = header(
            "traceparent", .text, "W3C trace context: goes on in the job, unless its headers have one.")
        static let tracestate = header("tracestate", .text, "Goes with traceparent.")

        /// Which jobs.
        static let filter: [RouteDoc.Parameter] = [
            query(
                "state", .text, "A state by either name; several times or with commas for several. Also as `status`.",
                isRepeated: true),
            query("queue", .text, "One queue."),
            query("type", .text, "The job's name, in which * stands for any text. Also as `name`."),
            query("tag", .text, "key:value, or a key alone; several times for several.", isRepeated: true),
            query("correlation_id", .text, "Jobs with this correlation id."),
            query("created_after", .moment, "Jobs made then or later."),
            query("created_before", .moment, "Jobs made before."),
        ]
    }
#endif
