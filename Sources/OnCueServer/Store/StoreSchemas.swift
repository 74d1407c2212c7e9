#if Server
    import OnCue
    import OnCueAPI

    /// What can say how its exact form looks.
    protocol Described {
        static var schema: Schema { get }
    }

    extension Schema {
        static let exactMoment = Schema.integer.about("Microseconds since 1970.")
        static let exactSpan = Schema.integer.about("Nanoseconds.")
        /// What JSON has no number for is a text.
        static let exactNumber = Schema.anyOf(.number, .word("nan", "inf", "-inf"))
        static let texts = Schema.map(of: .text)
        static let states = Schema.word(JobState.allCases.map(\.name))

        static func exact(_ name: String, _ about: String, _ fields: [Field]) -> Schema {
            .component("Exact\(name)", .openObject(fields).about(about))
        }
    }

    // MARK: - Requests and answers of any kind

    extension Nothing: Described {
        static var schema: Schema { .openObject([]) }
    }

    extension Single: Described where Value: Described {
        static var schema: Schema { .openObject([.required("value", Value.schema)]) }
    }

    extension Items: Described where Value: Described {
        static var schema: Schema { .openObject([.required("items", .array(of: Value.schema))]) }
    }

    extension Optional: Described where Wrapped: Described {
        static var schema: Schema { .nullable(Wrapped.schema) }
    }

    extension String: Described { static var schema: Schema { .text } }
    extension Bool: Described { static var schema: Schema { .boolean } }
    extension Int: Described { static var schema: Schema { .integer } }
    extension Int64: Described { static var schema: Schema { .integer } }
    extension Timestamp: Described { static var schema: Schema { .exactMoment } }
    extension JobID: Described { static var schema: Schema { .uuid } }
    extension SessionID: Described { static var schema: Schema { .text } }
    extension QueueName: Described { static var schema: Schema { .text } }
    extension EventCursor: Described { static var schema: Schema { .text(pattern: "^[0-9]+-[0-9]+$") } }

    extension StoreError: Described {
        static var schema: Schema {
            .exact(
                "StoreError", "What the store could not do, in its own words.",
                [
                    .required("code", .text(pattern: "^[a-z][a-z_]*$")), .required("message", .text),
                    .optional("field", .text),
                ])
        }
    }

    // MARK: - Jobs

    extension Backoff: Described {
        static var schema: Schema {
            .exact(
                "Backoff", "How long to wait before the next attempt.",
                [
                    .required("strategy", .word(Strategy.allCases.map(\.rawValue))), .required("initial", .exactSpan),
                    .required("max", .exactSpan), .required("multiplier", .exactNumber),
                    .required("jitter", .exactNumber),
                ])
        }
    }

    extension JobOptions: Described {
        static var schema: Schema {
            .exact(
                "JobOptions", "What is set on a job itself.",
                [
                    .optional("queue", .text), .optional("priority", .integer(0...4)),
                    .optional("max_attempts", .integer), .optional("backoff", Backoff.schema),
                    .optional("timeout", .exactSpan), .optional("soft_timeout", .exactSpan),
                    .optional("retention", .exactSpan),
                ])
        }
    }

    extension UniqueKey: Described {
        static var schema: Schema {
            .exact(
                "UniqueKey", "A key of which one job exists.",
                [
                    .required("key", .text), .required("until", .word("finished", "started", "elapsed")),
                    .optional("span", .exactSpan, "With elapsed."),
                ])
        }
    }

    extension NewJob.Due: Described {
        static var schema: Schema {
            .exact(
                "Due", "When.",
                [
                    .required("kind", .word("now", "after", "at")), .optional("span", .exactSpan, "With after."),
                    .optional("moment", .exactMoment, "With at."),
                ])
        }
    }

    extension NewJob: Described {
        static var schema: Schema {
            .exact(
                "NewJob", "A job to take in.",
                [
                    .optional("id", .uuid), .required("name", .text), .optional("queue", .text),
                    .optional("priority", .integer(0...4)), .optional("payload", .base64),
                    .optional("content_type", .text), .optional("due", Due.schema), .optional("expires", Due.schema),
                    .optional("unique", UniqueKey.schema), .optional("options", JobOptions.schema),
                    .optional("tags", .texts), .optional("correlation_id", .text), .optional("headers", .texts),
                    .optional("parent", .uuid),
                ])
        }
    }

    extension JobRecord: Described {
        static var schema: Schema {
            .exact(
                "Job", "A job, whole.",
                [
                    .required("id", .uuid), .required("name", .text), .required("queue", .text),
                    .required("priority", .integer(0...4)), .required("state", .states), .required("payload", .base64),
                    .optional("content_type", .text), .optional("tags", .texts), .optional("correlation_id", .text),
                    .optional("headers", .texts), .optional("unique", UniqueKey.schema),
                    .optional("options", JobOptions.schema), .optional("parent", .uuid), .required("attempt", .count),
                    .required("lost_workers", .count), .required("created_at", .exactMoment),
                    .required("updated_at", .exactMoment), .optional("due_at", .exactMoment),
                    .optional("expires_at", .exactMoment), .optional("started_at", .exactMoment),
                    .optional("finished_at", .exactMoment), .optional("progress", .exactNumber),
                    .optional("progress_message", .text), .optional("output", .base64), .optional("last_error", .text),
                    .optional("last_error_category", .word(FailureCategory.allCases.map(\.rawValue))),
                    .optional("dead_reason", .word(DeadReason.allCases.map(\.rawValue))),
                    .optional("cancel_reason", .text), .required("cancel_requested", .boolean),
                    .optional("session", .text), .optional("worker", .text),
                ])
        }
    }

    extension AttemptRecord: Described {
        static var schema: Schema {
            .exact(
                "Attempt", "An attempt that failed.",
                [
                    .required("attempt", .count), .required("started_at", .exactMoment),
                    .required("duration", .exactSpan), .required("worker", .text),
                    .required("category", .word(FailureCategory.allCases.map(\.rawValue))), .required("error", .text),
                ])
        }
    }

    extension JobMemory: Described {
        static var schema: Schema {
            .openObject([.optional("checkpoint", .base64), .optional("effects", .map(of: .base64))])
        }
    }

    extension JobFilter: Described {
        static var schema: Schema {
            .exact(
                "Filter", "Which jobs; everything that is set has to hold.",
                [
                    .optional("states", .array(of: .states)), .optional("queue", .text), .optional("name", .text),
                    .optional("tags", .map(of: .nullable(.text))), .optional("correlation_id", .text),
                    .optional("created_from", .exactMoment), .optional("created_before", .exactMoment),
                ])
        }
    }

    extension JobPage: Described {
        static var schema: Schema {
            .openObject([.required("jobs", .array(of: JobRecord.schema)), .optional("next_cursor", .text)])
        }
    }

    extension JobCount: Described {
        static var schema: Schema { .openObject([.required("count", .count), .required("exact", .boolean)]) }
    }

    extension EnqueueAnswer: Described {
        static var schema: Schema {
            .openObject([
                .optional("accepted", .uuid), .optional("duplicate_of", .uuid),
                .optional("refused", StoreError.schema),
            ])
        }
    }

    extension JobChange: Described {
        static var schema: Schema {
            .openObject([
                .required("kind", .word("cancel", "retry", "delete", "edit")), .optional("reason", .text),
                .optional("force", .boolean, "With cancel, which needs it."),
                .optional("reset_attempts", .boolean, "With retry, which needs it."), .optional("payload", .base64),
                .optional("priority", .integer(0...4)), .optional("due", NewJob.Due.schema),
            ])
        }
    }

    extension ChangeAnswer: Described {
        static var schema: Schema {
            .openObject([
                .required("kind", .word("done", "requested", "not_found", "refused")), .optional("state", .states),
            ])
        }
    }

    // MARK: - Queues

    extension QueueSettings: Described {
        static var schema: Schema {
            let bound = Schema.openObject([.required("age", .exactSpan), .required("count", .integer)])
            return .exact(
                "QueueSettings", "What is set for a queue.",
                [
                    .optional("order", .integer), .optional("max_attempts", .integer),
                    .optional("backoff", Backoff.schema), .optional("timeout", .exactSpan),
                    .optional("soft_timeout", .exactSpan),
                    .optional(
                        "retention",
                        .openObject([
                            .required("completed", bound), .required("cancelled", bound), .required("dead", bound),
                        ])),
                    .optional("max_waiting", .integer),
                ])
        }
    }

    extension QueueInfo: Described {
        static var schema: Schema {
            let totals = ["enqueued", "completed", "dead", "cancelled", "retried"]
            return .exact(
                "Queue", "A queue with its settings and counts.",
                [
                    .required("name", .text), .required("paused", .boolean),
                    .required("settings", QueueSettings.schema), .required("counts", .map(of: .integer)),
                    .required("totals", .openObject(totals.map { .required($0, .integer) })),
                    .optional("oldest_pending_since", .exactMoment),
                ])
        }
    }

    extension QueueChangeRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("queue", .text),
                .required(
                    "change",
                    .openObject([
                        .required("kind", .word("pause", "resume", "settings")),
                        .optional("settings", QueueSettings.schema, "With settings."),
                    ])),
            ])
        }
    }

    extension PurgeRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("queue", .text), .optional("states", .array(of: .states)), .required("limit", .count),
            ])
        }
    }
#endif
