#if Server
    import OnCue

    // Keys, the audit log, events, health.
    extension Schema {
        // MARK: Keys

        private static let keyFields: [Field] = [
            .required("id", .text),
            .optional("key", .text, "The key itself: only in the answer that makes it."),
            .optional("name", .text),
            .required("role", .role),
            .required("standing", .word("active", "expired", "revoked")),
            .required("created_at", .moment),
            .required("created_by", .text),
            .optional("expires_at", .moment),
            .optional("revoked_at", .moment),
            .optional("rate", .text, "Requests on each server, as in 600/m."),
        ]

        static let role = Schema.component("Role", .word(AccessRole.allCases.map(\.rawValue)))
        static let key = Schema.component("Key", "An API key, without the key itself.", keyFields)

        static let keyList = Schema.component(
            "KeyList", "All keys.", [.required("count", .count), .required("keys", .array(of: .key))])

        static let newKey = Schema.component(
            "NewKey",
            .openObject([
                .required("role", .role),
                .optional("name", .text),
                .optional("expires", .duration, "For how long it is good. Default: for ever."),
                .optional("rate", .text, "Requests on each server, as in 10/s, 600/m or 5000/h. Default: no bound."),
            ]))

        static let auditPage = Schema.component(
            "AuditPage", "Who changed what, newest first.",
            [
                .required("count", .count),
                .required(
                    "entries",
                    .array(
                        of: .component(
                            "AuditEntry", "What somebody did.",
                            [
                                .required("at", .moment),
                                .required("principal", .text, "The key's id, or anonymous."),
                                .optional("role", .text),
                                .required("action", .text, "As in jobs.cancel."),
                                .optional("target", .text),
                                .required("outcome", .text, "The status of the answer."),
                                .optional("request_id", .text),
                            ]))),
                .optional("next_cursor", .text),
            ])

        // MARK: Events

        private static let eventName = Schema.word(JobEvent.Kind.allCases.map(\.name))

        /// An event as the log and the stream of all show it.
        static let event = Schema.component(
            "Event", "Something that happened to a job or a queue.",
            [
                .required("cursor", .text, "The place in the log to go on after."),
                .required("event", eventName),
                .required("at", .moment),
                .required("queue", .text),
                .optional("id", .uuid, "The job's."),
                .optional("type", .text, "The job's name."),
                .optional("attempt", .count),
                .optional("state", .state),
                .optional("status", .status),
            ])

        /// An event of a stream about one job: with the job as it stands by then.
        static let jobEvent = Schema.component(
            "JobEvent", "Something that happened to the job, and the job as it stands by then.",
            [.required("cursor", .text), .required("event", eventName), .required("at", .moment)] + jobFields)

        /// Where a stream begins (`connected`), or events are missing (`gap`).
        static let streamNote = Schema.component(
            "StreamNote", "The data of the events `connected` and `gap`.", [.required("status", .text)])

        static let eventPage = Schema.component(
            "EventPage", "A page of the event log, oldest first.",
            [
                .required("count", .count),
                .required("events", .array(of: .event)),
                .required("next_cursor", .text, "Where to go on."),
                .optional("gap", .boolean, "There when the log no longer has some that came before."),
            ])

        // MARK: Health

        static let health = Schema.component(
            "Health", "How the server and its store are.",
            [
                .required("healthy", .boolean),
                .required(
                    "components",
                    .object([
                        .required(
                            "store",
                            .object([
                                .required("healthy", .boolean),
                                .optional("message", .text),
                                .required("latency", .count, "Nanoseconds."),
                            ])),
                        .required("scheduler", .object([.required("healthy", .boolean)])),
                        .required(
                            "workers",
                            .object([
                                .required("healthy", .boolean),
                                .required("message", .text, "Slots that are busy, of how many."),
                            ])),
                    ])),
                .required("timestamp", .moment),
            ])

        static let ready = Schema.component("Ready", "Whether it takes requests.", [.required("ready", .boolean)])
        static let live = Schema.component("Live", "Whether it makes progress.", [.required("alive", .boolean)])

        static let info = Schema.component(
            "Info", "What this is.",
            [
                .required("name", .text),
                .required("version", .text, "Of the API."),
                .required("endpoints", .map(of: .text)),
                .required("features", .array(of: .text)),
            ])
    }
#endif
