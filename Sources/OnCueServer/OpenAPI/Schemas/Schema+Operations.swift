#if Server
    import OnCue

    // Bulk actions, dead letters, queues, workers, figures.
    extension Schema {
        // MARK: Bulk

        private static let orderFields: [Field] = [
            .optional("filter", .filter),
            .optional("everything", .boolean, "Has to be said where a filter says nothing. Default false."),
            .optional("dry_run", .boolean, "Only count. Default false."),
            .optional("limit", .integer(1...JobClient.bulkLimit), "Jobs to change at most."),
        ]

        static let bulkChange = Schema.component(
            "BulkChange",
            .openObject(
                [
                    .required("action", .word("cancel", "retry", "delete", "edit")),
                    .optional("ids", .array(of: .uuid), "1 to 1,000 jobs, instead of a filter."),
                    .optional("reason", .text, "With cancel."),
                    .optional("force", .boolean, "With cancel."),
                    .optional("reset_attempts", .boolean, "With retry."),
                    .optional("edit", .edit, "With edit."),
                ] + orderFields))

        static let deadReplay = Schema.component(
            "DeadReplay",
            .openObject(
                [.optional("reset_attempts", .boolean, "Count attempts from the start. Default false.")] + orderFields))

        static let deadPurge = Schema.component("DeadPurge", .openObject(orderFields))

        private static let bulkResultFields: [Field] = [
            .required("dry_run", .boolean),
            .required("matched", .count, "Jobs that were meant."),
            .required("exact", .boolean, "Whether that is all of them, or as far as was counted."),
            .required("done", .count),
            .required("requested", .count, "Running jobs that were told to stop."),
            .required("refused", .count, "Jobs whose state did not allow it."),
            .required("has_more", .boolean, "Whether the same call would find more."),
        ]

        static let bulkResult = Schema.component("BulkResult", "What came of a filter.", bulkResultFields)

        static let bulkResultByID = Schema.component(
            "BulkResultByID", "What became of each id.",
            [
                .required("matched", .count),
                .required("done", .count),
                .required("requested", .count),
                .required("refused", .count),
                .required(
                    "results",
                    .array(
                        of: .object([
                            .required("id", .uuid),
                            .required("result", .word("done", "requested", "not_found", "refused")),
                            .optional("state", .state),
                        ]))),
            ])

        static let errorGroups = Schema.component(
            "ErrorGroups", "Dead letters by what went wrong.",
            [
                .required("count", .count, "Dead letters looked at, the newest 10,000 at most."),
                .required("complete", .boolean, "Whether these were all."),
                .required(
                    "groups",
                    .array(
                        of: .object([
                            .required("type", .text),
                            .optional("dead_reason", .deadReason),
                            .required("error", .text, "The first line, each number as #."),
                            .required("count", .count),
                            .required("oldest_at", .moment),
                            .required("newest_at", .moment),
                            .required("example", .uuid, "The newest of them."),
                        ]))),
            ])

        // MARK: Queues

        private static let settingsFields: [Field] = [
            .optional("order", .integer, "Queues of a smaller number are served first."),
            .optional("max_attempts", .integer(1...1_000)),
            .optional("backoff", .backoff),
            .optional("timeout", .duration),
            .optional("soft_timeout", .duration),
            .optional("max_waiting", .count, "Jobs that may wait; further ones are refused."),
            .optional(
                "retention",
                .object(
                    ["completed", "cancelled", "dead"].map { state in
                        .optional(
                            state, .object([.required("age", .duration), .required("count", .count)]),
                            "How long and how many are kept.")
                    })),
        ]

        static let settings = Schema.component("Settings", "What is set; what is not is left out.", settingsFields)

        static let settingsChange = Schema.component(
            "SettingsChange",
            .object([
                .optional("order", .nullable(.integer)),
                .optional("max_attempts", .nullable(.integer(1...1_000))),
                .optional("backoff", .nullable(givenBackoff)),
                .optional("timeout", .nullable(.duration)),
                .optional("soft_timeout", .nullable(.duration)),
                .optional("max_waiting", .nullable(.count)),
                .optional(
                    "retention",
                    .nullable(
                        .openObject(
                            ["completed", "cancelled", "dead"].map { state in
                                .optional(
                                    state, .openObject([.optional("age", .duration), .optional("count", .count)]))
                            }))),
            ]).about("Null clears a setting. A name that is no setting is refused."))

        static let queue = Schema.component(
            "Queue", "A queue with its counts and settings.",
            [
                .required("name", .text),
                .required("paused", .boolean),
                .required("pending", .count),
                .required("delayed", .count),
                .required("blocked", .count),
                .required("running", .count),
                .required("retrying", .count),
                .required("completed", .count),
                .required("dead", .count),
                .required("cancelled", .count),
                .required("enqueued_total", .count, "Since the queue exists."),
                .required("completed_total", .count),
                .required("dead_total", .count),
                .required("cancelled_total", .count),
                .required("retried_total", .count),
                .required("oldest_pending_ms", .nullable(.count), "How long the oldest one waits."),
                .required("settings", .settings),
            ])

        static let queueList = Schema.component(
            "QueueList", "All queues.", [.required("count", .count), .required("queues", .array(of: .queue))])

        static let purge = Schema.component(
            "Purge",
            .openObject([
                .optional(
                    "states", .anyOf(.text, .array(of: .text)),
                    "Default: those that wait. Running jobs are never removed."),
                .optional("limit", .integer(1...Int.max)),
            ]))

        static let removed = Schema.component("Removed", "How many.", [.required("removed", .count)])

        // MARK: Workers

        static let workerList = Schema.component(
            "WorkerList", "Workers by their sessions.",
            [
                .required("count", .count),
                .required(
                    "workers",
                    .array(
                        of: .component(
                            "Worker", "A worker's session.",
                            [
                                .required("id", .text, "The session's."),
                                .required("worker", .text),
                                .required("host", .text),
                                .required("pid", .integer),
                                .required("standing", .word("open", "closed", "fenced")),
                                .required("live", .boolean, "Whether it was heard of within its lease."),
                                .required("queues", .array(of: .text)),
                                .required("names", .array(of: .text), "The jobs that it has handlers for."),
                                .required("concurrency", .count),
                                .required("held", .count),
                                .required("lease", .duration),
                                .required("opened_at", .moment),
                                .required("renewed_at", .moment),
                                .required(
                                    "jobs",
                                    .array(
                                        of: .object([
                                            .required("id", .uuid),
                                            .required("type", .text),
                                            .required("queue", .text),
                                            .required("attempt", .count),
                                        ]))),
                            ]))),
            ])

        static let instruction = Schema.component(
            "Instruction", "What the worker was asked to do; it hears of it when it renews its lease.",
            [.required("id", .text), .required("quiet", .boolean), .required("stop", .boolean)])

        static let pruned = Schema.component(
            "Pruned", "What was ended.",
            [.required("pruned", .count, "Sessions."), .required("jobs_returned", .count)])

        // MARK: Figures

        static let stats = Schema.component(
            "Stats", "The store in numbers.",
            [
                .required(
                    "queue",
                    .object(
                        [
                            "pending", "scheduled", "running", "delayed", "retrying", "completed", "failed",
                            "dead_letter",
                            "cancelled", "total_jobs", "storage_bytes",
                        ].map { .required($0, .count) } + [.required("timestamp", .moment)])),
                .required(
                    "workers",
                    .object(
                        [
                            "total_workers", "active_workers", "idle_workers", "queued_jobs", "processed_jobs",
                            "succeeded_jobs", "failed_jobs", "retried_jobs", "sessions",
                        ].map { .required($0, .count) } + [.required("healthy", .boolean)])),
                .required("queues", .array(of: .queue)),
                .required(
                    "store",
                    .object([
                        .required("kind", .text),
                        .required("location", .text),
                        .required("engine_version", .text),
                        .required("schema_version", .count),
                        .required("durability", .text),
                        .optional("size_bytes", .count),
                    ])),
            ])

        /// GopherQueue's figures; durations are nanoseconds.
        static let metrics = Schema.component(
            "Metrics", "The figures of /metrics in JSON.",
            [
                "jobs_enqueued", "jobs_completed", "jobs_failed", "jobs_retried", "avg_processing_time",
                "max_processing_time", "queue_depth", "uptime",
            ].map { .required($0, .count) } + [
                .required("jobs_by_type", .map(of: .count)), .required("timestamp", .moment),
            ])
    }
#endif
