#if Server
    import OnCue

    // Jobs as the API shows them and takes them.
    extension Schema {
        /// What every refusal under `/api` is.
        public static let error = Schema.component(
            "Error", "A refusal.",
            [
                .required(
                    "error",
                    .object([
                        .required("code", .text(pattern: "^[a-z][a-z_]*$"), "For programs."),
                        .required("message", .text, "For people: what is wrong and what would help."),
                        .optional("field", .text, "The value that is at fault, as in jobs[3].payload."),
                        .optional("store", StoreError.schema),
                    ]))
            ])

        // MARK: Words

        /// A state in the words of GopherQueue's clients.
        static let state = Schema.component(
            "State",
            .word(
                "pending", "scheduled", "running", "retrying", "delayed", "completed", "failed", "dead_letter",
                "cancelled"
            )
            .about("The state; `pending` is also a job that waits for others. `scheduled` and `failed` do not occur."))

        /// The same in our own words.
        static let status = Schema.component(
            "Status", .word(JobState.allCases.map(\.name)).about("The state by its own name."))

        static let errorCategory = Schema.component("ErrorCategory", .word(FailureCategory.allCases.map(\.rawValue)))
        static let deadReason = Schema.component("DeadReason", .word(DeadReason.allCases.map(\.rawValue)))
        static let priority = Schema.integer(0...4).about("0 (critical) first, 4 (bulk) last.")

        static let backoff = Schema.component(
            "Backoff", "The waits between attempts.",
            [
                .required("strategy", .word(Backoff.Strategy.allCases.map(\.rawValue))),
                .required("initial_delay", .duration),
                .required("max_delay", .duration),
                .required("multiplier", .number),
                .required("jitter", .number, "The part of a wait that is chance, 0 to 1."),
            ])

        // MARK: Jobs

        static let jobFields: [Field] = [
            .required("id", .uuid),
            .required("type", .text, "The job's name."),
            .required("queue", .text),
            .required("state", .state),
            .required("status", .status),
            .required("priority", .priority),
            .required("attempt", .count, "How often it was started, as far as that counts."),
            .required("max_attempts", .integer(1...1_000)),
            .optional("progress", .number, "0 to 1; left out at 0."),
            .optional("progress_message", .text),
            .optional("tags", .map(of: .text)),
            .optional("correlation_id", .text),
            .optional("unique_key", .text, "Also an idempotency key."),
            .required("created_at", .moment),
            .required("updated_at", .moment),
            .optional("scheduled_at", .moment, "When it is due."),
            .optional("expires_at", .moment),
            .optional("started_at", .moment, "When the last run began."),
            .optional("completed_at", .moment, "When it came to its end, whichever."),
            .optional("last_error", .text),
            .optional("error_category", .errorCategory),
            .optional("dead_reason", .deadReason),
            .optional("cancel_reason", .text),
            .optional("cancel_requested", .boolean, "There when a running job was told to stop."),
            .optional("lost_workers", .count, "Workers that died while they ran it."),
            .optional("worker", .text),
            .optional("parent", .uuid),
            .optional("headers", .map(of: .text)),
            .optional("timeout", .duration),
            .optional("soft_timeout", .duration),
            .optional("retention", .duration),
            .optional("backoff", .backoff),
            .optional("content_type", .text),
            .optional("payload", .any, "Byte for byte as it was submitted, when it is JSON."),
            .optional("payload_base64", .base64, "When it is not."),
            .optional("output", .base64),
        ]

        /// A job.
        public static let job = Schema.component("Job", "A job; what has no value is left out.", jobFields)

        static let jobList = Schema.component(
            "JobList", "A page of jobs.",
            [
                .required("count", .count, "Jobs on this page."),
                .required("jobs", .array(of: .job)),
                .optional("next_cursor", .text, "There when there is another page."),
                .optional("total", .count, "Jobs that fit, as far as count_up_to let them be counted."),
                .optional("total_is_exact", .boolean),
            ])

        static let jobResult = Schema.component(
            "JobResult", "What the last run came to.",
            [
                .required("job_id", .uuid),
                .required("success", .boolean),
                .optional("output", .base64),
                .optional("error", .text),
                .optional("error_category", .errorCategory),
                .required("duration", .count, "Nanoseconds."),
                .required("completed_at", .moment),
            ])

        static let waitResult = Schema.component(
            "WaitResult", "A job's end, or where it stands when the time is over.",
            [
                .required("id", .uuid),
                .required("state", .state),
                .required("status", .status),
                .required("completed", .boolean, "It has come to an end, whichever."),
                .optional("success", .boolean, "There when it was completed."),
                .optional("timed_out", .boolean, "There when the time was over first."),
                .optional("result", .jobResult),
            ])

        static let attemptList = Schema.component(
            "AttemptList", "Failed attempts, oldest first.",
            [
                .required("count", .count),
                .required(
                    "attempts",
                    .array(
                        of: .component(
                            "Attempt", "A failed attempt.",
                            [
                                .required("attempt", .count),
                                .required("started_at", .moment),
                                .required("duration_ms", .number),
                                .required("worker", .text),
                                .required("error_category", .errorCategory),
                                .required("error", .text),
                            ]))),
            ])

        static let explanation = Schema.component(
            "Explanation", "Why a job is where it is.",
            [
                .required("id", .uuid),
                .required("status", .status),
                .required(
                    "reasons",
                    .array(
                        of: .object([
                            .required("kind", .text(pattern: "^[a-z_]+$"), "For programs."),
                            .required("summary", .text, "For people."),
                            .optional("cure", .text, "What would help."),
                        ]))),
            ])

        static let batchResult = Schema.component(
            "BatchResult", "What became of each job, in its place.",
            [
                .required("total", .count),
                .required("accepted", .count),
                .required("rejected", .count),
                .required(
                    "results",
                    .array(
                        of: .object([
                            .required("index", .count),
                            .required("success", .boolean),
                            .optional("duplicate", .boolean, "There when this job was there already."),
                            .optional("job", .job),
                            .optional("error", .text, "Why it was not taken."),
                            .optional("code", .text(pattern: "^[a-z][a-z_]*$")),
                            .optional("field", .text),
                        ]))),
            ])
    }

    // MARK: - As they are sent

    extension Schema {
        static let givenBackoff = Schema.anyOf(
            .text.about("As in exponential:1s:1h:2."),
            .openObject([
                .optional("strategy", .word(Backoff.Strategy.allCases.map(\.rawValue))),
                .optional("initial_delay", .duration),
                .optional("max_delay", .duration),
                .optional("multiplier", .number),
                .optional("jitter", .number),
            ]))

        private static let givenPriority = Schema.anyOf(
            .priority, .word(JobPriority.allCases.map(\.name)))

        private static let submissionFields: [Field] = [
            .optional("type", .text, "The job's name; or as `name`. One of the two has to be there."),
            .optional("name", .text),
            .optional("payload", .any, "Kept byte for byte as it stands here."),
            .optional("payload_base64", .base64, "Instead of `payload`, for what is not JSON."),
            .optional("content_type", .text, "What the payload is; JSON when it is not said."),
            .optional("id", .uuid, "An id of one's own."),
            .optional("queue", .text, "Default: `default`."),
            .optional("priority", givenPriority),
            .optional("delay", .duration),
            .optional("scheduled_at", .moment, "Instead of `delay`."),
            .optional("expires", .duration, "It is not started any more after that time."),
            .optional("expires_at", .moment, "Instead of `expires`."),
            .optional("max_attempts", .integer(1...1_000)),
            .optional("backoff", givenBackoff),
            .optional("timeout", .duration),
            .optional("soft_timeout", .duration),
            .optional("retention", .duration, "How long it is kept after its end."),
            .optional(
                "idempotency_key", .text, "Unique within the queue for 24 h; also as the header Idempotency-Key."),
            .optional(
                "unique",
                .anyOf(
                    .text,
                    .openObject([
                        .required("key", .text),
                        .optional("ttl", .duration),
                        .optional("until", .word("finished", "started")),
                    ])),
                "A key that one job of the queue at most may have at a time."),
            .optional("correlation_id", .text),
            .optional("tags", .map(of: .text)),
            .optional("headers", .map(of: .text)),
            .optional("parent", .uuid),
        ]

        /// A job as a request hands it in.
        static let submission = Schema.component(
            "Submission", .openObject(submissionFields).about("A job to be run. Fields that are not known are ignored.")
        )

        static let batch = Schema.component(
            "Batch",
            .openObject([
                .required("jobs", .array(of: .submission), "1 to 1,000."),
                .optional("atomic", .boolean, "All or none. Default false."),
            ]))

        static let edit = Schema.component(
            "Edit",
            .openObject([
                .optional("payload", .any),
                .optional("payload_base64", .base64),
                .optional("priority", givenPriority),
                .optional("delay", .duration),
                .optional("scheduled_at", .moment),
            ]).about("What is to change; at least one."))

        static let filter = Schema.component(
            "Filter",
            .openObject([
                .optional("state", .anyOf(.text, .array(of: .text)), "One or several; also as `states` or `status`."),
                .optional("queue", .text),
                .optional("type", .text, "The job's name, in which * stands for any text; also as `name`."),
                .optional("tags", .map(of: .nullable(.text)), "Null: any value."),
                .optional("correlation_id", .text),
                .optional("created_after", .moment),
                .optional("created_before", .moment),
            ]).about("Jobs; what is said has to hold together."))

        static let search = Schema.component(
            "Search",
            .openObject([
                .optional("filter", .filter, "Its fields may also stand here themselves."),
                .optional("order", .word("newest", "oldest")),
                .optional("cursor", .text),
                .optional("limit", .integer(Limits.page)),
                .optional("payload", .boolean, "Whether to show payloads and outputs. Default false."),
                .optional("count_up_to", .count, "Also count what fits, up to this number."),
            ]))

        static let cancellation = Schema.component(
            "Cancellation",
            .openObject([
                .optional("reason", .text),
                .optional(
                    "force", .boolean, "Give a running job up at once. Default false: its handler is told to stop."),
            ]))

        static let retrying = Schema.component(
            "Retry",
            .openObject([.optional("reset_attempts", .boolean, "Count attempts from the start. Default false.")]))
    }
#endif
