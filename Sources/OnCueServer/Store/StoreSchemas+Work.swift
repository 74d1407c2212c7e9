#if Server
    import OnCue
    import OnCueAPI

    // MARK: - Sessions

    extension ProcessIdentity: Described {
        static var schema: Schema {
            .openObject([
                .required("host", .text), .required("boot", .text), .required("namespace", .text),
                .required("pid", .integer), .required("started", .text),
            ])
        }
    }

    extension SessionOpening: Described {
        static var schema: Schema {
            .openObject([
                .required("worker", .text), .required("process", ProcessIdentity.schema),
                .required("lease", .exactSpan), .optional("names", .array(of: .text)),
                .optional("queues", .array(of: .text)), .required("concurrency", .count),
            ])
        }
    }

    extension SessionInfo: Described {
        static var schema: Schema {
            .exact(
                "Session", "A worker's session as others see it.",
                [
                    .required("id", .text), .required("worker", .text), .required("process", ProcessIdentity.schema),
                    .required("lease", .exactSpan), .required("names", .array(of: .text)),
                    .required("queues", .array(of: .text)), .required("concurrency", .integer),
                    .required("standing", .word("open", "closed", "fenced")), .required("renewals", .integer),
                    .required("opened_at", .exactMoment), .required("renewed_at", .exactMoment),
                    .required("held", .count),
                ])
        }
    }

    extension SessionNews: Described {
        static var schema: Schema {
            .openObject([
                .required(
                    "cancellations",
                    .array(
                        of: .openObject([
                            .required("job", .uuid), .optional("reason", .text), .required("taken_away", .boolean),
                        ]))),
                .required("held", .count), .required("quiet", .boolean), .required("stop", .boolean),
            ])
        }
    }

    extension FenceRequest: Described {
        static var schema: Schema {
            .openObject([
                .required("session", .text), .optional("renewals", .integer, "Left out: in any case."),
                .required("error", .text),
            ])
        }
    }

    extension InstructRequest: Described {
        static var schema: Schema {
            .openObject([.required("session", .text), .required("quiet", .boolean), .required("stop", .boolean)])
        }
    }

    // MARK: - Claims

    extension ClaimCall: Described {
        static let claim: [Schema.Field] = [
            .required("session", .text),
            .optional(
                "queues", .array(of: .openObject([.required("name", .text), .optional("limit", .count)])),
                "In the order in which they are served."),
            .optional("names", .map(of: .count), "How many of each may be taken. Left out: any name."),
            .required("limit", .count), .optional("floor", .count), .optional("suspects", .count),
            .optional("wait", .exactSpan),
        ]

        static var schema: Schema {
            .openObject(claim + [.optional("ticket", .text, "Names this claim for interrupt.")])
        }
    }

    extension LeasedJob: Described {
        static var schema: Schema {
            .exact(
                "LeasedJob", "A job that a session holds.",
                [
                    .required("id", .uuid), .required("name", .text), .required("queue", .text),
                    .required("priority", .integer(0...4)), .required("payload", .base64),
                    .required("attempt", .count), .required("lost_workers", .count),
                    .required("created_at", .exactMoment), .required("session", .text),
                    .required("delivery", .integer), .required("place", .integer),
                    .optional(
                        "details",
                        .openObject([
                            .optional("content_type", .text), .optional("options", JobOptions.schema),
                            .optional("tags", .texts), .optional("correlation_id", .text),
                            .optional("headers", .texts), .optional("unique", UniqueKey.schema),
                            .optional("expires_at", .exactMoment), .optional("parent", .uuid),
                            .required("has_memory", .boolean),
                        ])),
                ])
        }
    }

    extension HeldRequest: Described {
        static var schema: Schema {
            .openObject([.required("session", .text), .optional("known", .array(of: .uuid))])
        }
    }

    // MARK: - Outcomes

    extension Settlement: Described {
        static var schema: Schema {
            .exact(
                "Settlement", "The end of one attempt.",
                [
                    .required("job", LeasedJob.schema),
                    .required(
                        "outcome",
                        .openObject([
                            .required(
                                "kind", .word("completed", "retry", "snooze", "released", "cancelled", "dead")),
                            .optional("output", .base64), .optional("span", .exactSpan, "With retry and snooze."),
                            .optional("counts", .boolean, "With retry."),
                            .optional("reason", .text, "With cancelled and dead."),
                        ])),
                    .optional(
                        "failure",
                        .openObject([
                            .required("category", .word(FailureCategory.allCases.map(\.rawValue))),
                            .required("error", .text), .required("started_at", .exactMoment),
                            .required("duration", .exactSpan),
                        ])),
                    .optional("follow_ups", .array(of: NewJob.schema)),
                    .optional(
                        "keep",
                        .openObject([
                            .required("kind", .word("policy", "at_least", "nothing")),
                            .optional("span", .exactSpan, "With at_least."),
                        ])),
                ])
        }
    }

    extension SettleBatch: Described {
        static var schema: Schema {
            .exact(
                "SettleBatch", "Outcomes of one session, with a number that makes sending them again safe.",
                [
                    .required("session", .text), .required("sequence", .integer),
                    .optional("items", .array(of: Settlement.schema)),
                ])
        }
    }

    extension SettleAnswer: Described {
        static var schema: Schema {
            .openObject([.optional("applied", .states), .optional("lease_lost", .boolean)])
        }
    }

    extension ExchangeRequest: Described {
        static var schema: Schema {
            .openObject([
                .optional("settle", SettleBatch.schema), .optional("claim", .openObject(ClaimCall.claim)),
            ])
        }
    }

    extension ExchangeAnswer: Described {
        static var schema: Schema {
            .openObject([
                .required("settled", .array(of: SettleAnswer.schema)),
                .required("claimed", .array(of: LeasedJob.schema)),
            ])
        }
    }

    extension JobNote: Described {
        static var schema: Schema {
            .openObject([
                .required("job", LeasedJob.schema), .required("kind", .word("progress", "checkpoint", "effect")),
                .optional("progress", .exactNumber), .optional("message", .text), .optional("checkpoint", .base64),
                .optional("key", .text, "With effect."), .optional("result", .base64, "With effect."),
            ])
        }
    }
#endif
