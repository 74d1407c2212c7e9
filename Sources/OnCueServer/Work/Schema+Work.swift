#if Server
    import OnCue

    // What workers send and get.
    extension Schema {
        // MARK: Sessions

        static let workerOpening = Schema.component(
            "WorkerOpening",
            .openObject([
                .required("names", .array(of: .text), "The jobs that it can run, by their names."),
                .optional("queues", .array(of: .text), "Those that it serves, in this order. Left out: every one."),
                .optional("worker", .text, "For people, a name as jobs have them. Default: host-pid."),
                .optional(
                    "lease", .duration,
                    "How long it may stay silent before its jobs go to others: 2s to 1d. Default 30s."),
                .optional("concurrency", .integer(1...10_000), "Jobs that it runs at once. Default 1."),
                .optional("host", .text, "For people, as are pid and version."),
                .optional("pid", .count),
                .optional("version", .text),
            ]))

        static let workerSession = Schema.component(
            "WorkerSession", "A session that was opened.",
            [
                .required("id", .text, "What the worker names it by."),
                .required("worker", .text),
                .required("lease", .duration),
                .required("renew_every", .duration, "How often to renew it."),
                .required("names", .array(of: .text)),
                .required("queues", .array(of: .text)),
                .required("concurrency", .count),
            ])

        static let workerNews = Schema.component(
            "WorkerNews", "What a worker has to know of what others did.",
            [
                .required("held", .count, "Jobs that the session holds."),
                .required("quiet", .boolean, "Claim no more."),
                .required("stop", .boolean, "Finish what runs and end."),
                .required(
                    "cancel",
                    .array(
                        of: .object([
                            .required("id", .uuid),
                            .optional("reason", .text),
                            .required("taken_away", .boolean, "Its outcome will not be taken any more."),
                        ])), "Jobs that are to stop."),
            ])

        // MARK: Claims

        static let workerClaim = Schema.component("WorkerClaim", .openObject(claimFields))

        private static let claimFields: [Field] = [
            .optional("limit", .integer(1...1_000), "Jobs to take at most. Default 1."),
            .optional("wait", .duration, "How long to wait for the first: at most 60s. Default 0s."),
            .optional(
                "names", .anyOf(.array(of: .text), .map(of: .nullable(.count))),
                "Which, or how many of each (null: any number). Default: those of the session."),
            .optional(
                "queues",
                .array(
                    of: .anyOf(.text, .openObject([.required("name", .text), .optional("limit", .count)]))),
                "Which, in this order. Default: those of the session."),
            .optional(
                "suspects", .count,
                "How many that have lost a worker before. Default: one, as long as the session holds none."),
            .optional(
                "settled", .count,
                "The sequence of the last settlement that was answered, 0 before the first: with it a job that has no "
                    + "attempts left is buried at once, else with the next settlement."),
        ]

        static let claimedJob = Schema.component(
            "ClaimedJob", "A job that the session holds.",
            [
                .required("id", .uuid),
                .required("token", .text, "Goes back with the outcome and with notes."),
                .required("name", .text),
                .required("queue", .text),
                .required("priority", .priority),
                .required("attempt", .count, "1 is the first."),
                .required("max_attempts", .count),
                .required("created_at", .moment),
                .optional("content_type", .text),
                .optional("payload", .any, "As it was submitted, byte for byte."),
                .optional("payload_base64", .base64, "Where it is not JSON."),
                .optional("timeout", .duration, "How long the worker is to let it run."),
                .optional("timeout_ms", .count),
                .optional("soft_timeout", .duration),
                .optional("soft_timeout_ms", .count),
                .optional("lost_workers", .count, "How many workers were lost while they held it."),
                .optional("expires_at", .moment),
                .optional("tags", .map(of: .text)),
                .optional("headers", .map(of: .text)),
                .optional("correlation_id", .text),
                .optional("unique_key", .text),
                .optional("parent", .uuid),
                .optional("has_memory", .boolean, "An earlier attempt has saved something."),
            ])

        static let claimed = Schema.component(
            "Claimed", "What was claimed.",
            [
                .required("count", .count),
                .required("jobs", .array(of: .claimedJob)),
                .required("quiet", .boolean, "Claim no more until a renewal says otherwise."),
                .required("stop", .boolean),
            ])

        static let heldJobs = Schema.component(
            "HeldJobs", "What a session holds.",
            [.required("count", .count), .required("jobs", .array(of: .claimedJob))])

        // MARK: Outcomes

        static let settlement = Schema.component(
            "Settlement",
            .openObject([
                .required(
                    "sequence", .integer(1...1 << 42),
                    "Counts the session's settlements from 1 on. The same again gets the same answers and writes nothing."
                ),
                .optional("results", .array(of: .jobOutcome), "At most 1,000."),
                .optional("claim", .workerClaim, "Claims in the same call, without waiting."),
            ]))

        private static let jobOutcome = Schema.component(
            "JobOutcome",
            .openObject([
                .required("id", .uuid),
                .required("token", .text),
                .required(
                    "outcome", .word("completed", "failed", "retry", "snooze", "release", "cancelled"),
                    "`failed` and `retry`: again with backoff as long as there are attempts. `snooze`: later, without using "
                        + "up the attempt. `release`: back to its place, unrun."),
                .optional("output", .any, "With completed, kept as it stands, at most 1 MiB."),
                .optional("output_base64", .base64),
                .optional("error", .text, "With failed and retry, as are the next four."),
                .optional("category", .errorCategory),
                .optional("permanent", .boolean, "To the dead letters at once."),
                .optional("retry_in", .duration, "Wins over the backoff. With snooze it has to be there."),
                .optional("uses_attempt", .boolean, "Default true."),
                .optional("started_at", .moment, "Of the run, for the history of failures."),
                .optional("duration", .duration),
                .optional("reason", .text, "With cancelled."),
                .optional(
                    "follow_ups", .array(of: .submission), "Jobs that exist if and only if the outcome is taken."),
            ]))

        static let settled = Schema.component(
            "Settled", "What became of each, in the order of the results; and what was claimed.",
            [
                .required(
                    "results",
                    .array(
                        of: .object([
                            .required("id", .uuid),
                            .required("applied", .boolean, "False: the session no longer held the job."),
                            .optional("status", .status, "The state that it is in now."),
                        ]))),
                .optional("count", .count),
                .optional("jobs", .array(of: .claimedJob)),
                .optional("quiet", .boolean),
                .optional("stop", .boolean),
            ])

        // MARK: Notes

        static let jobNotes = Schema.component(
            "JobNotes",
            .openObject([
                .optional(
                    "notes",
                    .array(
                        of: .openObject([
                            .required("id", .uuid),
                            .required("token", .text),
                            .optional("progress", .number, "From 0 to 1."),
                            .optional("message", .text),
                            .optional("checkpoint", .any, "Kept as it stands; replaces the last one."),
                            .optional("checkpoint_base64", .base64),
                            .optional("effect", .text, "The key of what is not to be done again."),
                            .optional("result", .any, "Of the effect; the first one stays."),
                            .optional("result_base64", .base64),
                        ])), "At most 1,000.")
            ]))

        static let noted = Schema.component(
            "Noted", "Whether each was taken; false where the session no longer holds the job.",
            [
                .required(
                    "results", .array(of: .object([.required("id", .uuid), .required("taken", .boolean)])))
            ])

        static let jobMemory = Schema.component(
            "JobMemory", "What earlier attempts have saved.",
            [
                .optional("checkpoint", .any),
                .optional("checkpoint_base64", .base64),
                .required(
                    "effects",
                    .array(
                        of: .object([
                            .required("key", .text), .optional("result", .any), .optional("result_base64", .base64),
                        ]))),
            ])
    }
#endif
