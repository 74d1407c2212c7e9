#if Server
    import OnCue
    import OnCueAPI

    // MARK: - Calls about jobs

    extension EnqueueRequest: Described {
        static var schema: Schema {
            .openObject([.required("atomically", .boolean), .optional("jobs", .array(of: NewJob.schema))])
        }
    }

    extension SearchRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("filter", JobFilter.schema), .required("order", .word("newest", "oldest")),
                .optional("cursor", .text), .required("limit", .integer(1...1_000)),
            ])
        }
    }

    extension CountRequest: Described {
        static var schema: Schema { .openObject([.required("filter", JobFilter.schema), .required("bound", .count)]) }
    }

    extension OutcomeRequest: Described {
        static var schema: Schema { .openObject([.required("job", .uuid), .optional("wait", .exactSpan)]) }
    }

    extension ChangeRequest: Described {
        static var schema: Schema {
            .openObject([.optional("jobs", .array(of: .uuid)), .required("change", JobChange.schema)])
        }
    }

    // MARK: - Events

    extension EventsRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("after", EventCursor.schema), .required("limit", .count), .optional("wait", .exactSpan),
            ])
        }
    }

    extension EventPage: Described {
        static var schema: Schema {
            .openObject([
                .required(
                    "events",
                    .array(
                        of: .openObject([
                            .required("cursor", EventCursor.schema), .required("at", .exactMoment),
                            .required("kind", .word(JobEvent.Kind.allCases.map(\.name))), .required("queue", .text),
                            .optional("job", .uuid), .optional("name", .text), .required("attempt", .count),
                        ]))),
                .required("next", EventCursor.schema), .required("gap", .boolean),
            ])
        }
    }

    // MARK: - Documents and audit

    extension StoredDocument: Described {
        static var schema: Schema {
            .openObject([
                .required("key", .text), .required("value", .base64), .required("version", .integer),
                .required("updated_at", .exactMoment),
            ])
        }

        /// What has to stand under a key for a write to happen.
        fileprivate static var expectation: Schema {
            .openObject([
                .required("kind", .word("anything", "nothing", "version")),
                .optional("version", .integer, "With version."),
            ])
        }
    }

    extension DocumentsRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("collection", .text), .optional("after", .text), .required("limit", .integer(1...1_000)),
            ])
        }
    }

    extension PutDocumentRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("collection", .text), .required("key", .text),
                .required("expecting", StoredDocument.expectation), .required("value", .base64),
            ])
        }
    }

    extension RemoveDocumentRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("collection", .text), .required("key", .text),
                .required("expecting", StoredDocument.expectation),
            ])
        }
    }

    extension AuditedAction: Described {
        static var schema: Schema {
            .openObject([
                .required("principal", .text), .optional("role", .text), .required("action", .text),
                .optional("target", .text), .required("outcome", .text), .optional("request_id", .text),
            ])
        }
    }

    extension AuditRequest: Described {
        static var schema: Schema {
            .openObject([.optional("cursor", .text), .required("limit", .integer(1...1_000))])
        }
    }

    extension AuditPage: Described {
        static var schema: Schema {
            .openObject([
                .required(
                    "entries",
                    .array(
                        of: .openObject([
                            .required("cursor", .text), .required("at", .exactMoment),
                            .required("action", AuditedAction.schema),
                        ]))),
                .optional("next_cursor", .text),
            ])
        }
    }

    // MARK: - Upkeep

    extension MaintenanceRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("limit", .count),
                .optional(
                    "prunes",
                    .array(
                        of: .openObject([
                            .required("queue", .text), .required("state", .states),
                            .required("before", .exactMoment), .required("keep", .count),
                        ]))),
                .required("events_before", .exactMoment), .required("events_keep", .count),
                .required("sessions_before", .exactMoment),
            ])
        }
    }

    extension MaintenanceReport: Described {
        static var schema: Schema {
            .openObject([
                .required("promoted", .count), .required("expired", .count), .required("pruned", .count),
                .required("more", .boolean),
            ])
        }
    }

    extension StoreInfo: Described {
        static var schema: Schema {
            .openObject([
                .required("kind", .text), .required("location", .text), .required("engine_version", .text),
                .required("schema_version", .integer), .required("durability", .text),
                .optional("size_in_bytes", .integer),
            ])
        }
    }

    extension StoreFinding: Described {
        static var schema: Schema {
            .openObject([
                .required("severity", .word("fine", "warning", "problem")), .required("subject", .text),
                .required("message", .text), .optional("cure", .text),
            ])
        }
    }

    extension RepairRequest: Described {
        static var schema: Schema { .openObject([.required("dry_run", .boolean)]) }
    }
#endif
