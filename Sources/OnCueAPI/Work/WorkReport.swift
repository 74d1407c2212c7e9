package import OnCue

/// How a run ended, in a worker's words: it says what happened, and the server works out what follows.
///
/// * `id`, `token`: the job, as it was claimed.
/// * `outcome`: `completed`; `failed` (tried again with backoff as long as there are attempts, else to the dead letters);
///   `retry` (the same, asked for); `snooze` (later, without using up the attempt: `retry_in` is required); `release` (back
///   to its place unrun); `cancelled`.
/// * `output` (any JSON, kept as it stands) or `output_base64`: with `completed`, at most 1 MiB.
/// * `error`, `category` (`temporary`, `permanent`, `timeout`, `system`, `rate_limit`), `permanent` (true: to the dead
///   letters at once), `retry_in` (wins over the backoff), `uses_attempt` (default true): with `failed` and `retry`.
/// * `started_at`, `duration`: of the run, for the history of failed attempts. Default: just now.
/// * `reason`: with `cancelled`.
/// * `follow_ups`: jobs as they are submitted. They exist if and only if the outcome is taken.
package struct WorkReport: Sendable {
    private enum Ending {
        case completed(output: [UInt8]?)
        case failed(error: String, category: FailureCategory, wait: Duration?, counts: Bool)
        case snoozed(Duration)
        case released
        case cancelled(reason: String?)
    }

    package var job: WorkJob
    private var ending: Ending
    private var followUps: [NewJob]
    private var startedAt: Timestamp?
    private var duration: Duration?

    package init(_ fields: JSONFields) throws(ValidationError) {
        job = try WorkJob(fields)
        startedAt = try fields.moment("started_at")
        duration = try fields.duration("duration").map { max(.zero, $0) }
        ending = try Self.ending(fields)
        followUps = []
        for (index, element) in (try fields.elements("follow_ups", "a list of jobs") ?? []).enumerated() {
            do throws(ValidationError) {
                let job = try SubmitObject.decode(fields.bytes, in: element.range)
                try job.validate()
                followUps.append(job)
            } catch {
                throw ValidationError(
                    field: "\(fields.prefixed("follow_ups"))[\(index)].\(error.field)", message: error.message)
            }
        }
    }

    private static let words = "completed, failed, retry, snooze, release or cancelled"

    private static func ending(_ fields: JSONFields) throws(ValidationError) -> Ending {
        switch try fields.required("outcome", fields.text("outcome")) {
        case "completed": return .completed(output: try checked(fields.value("output"), fields))
        case "failed": return try failure(fields, error: "failed; its worker did not say why")
        case "retry": return try failure(fields, error: "asked to be run again")
        case "snooze": return .snoozed(try fields.required("retry_in", fields.duration("retry_in")))
        case "release", "released": return .released
        case "cancelled": return .cancelled(reason: try fields.text("reason"))
        default: throw fields.wrongType("outcome", words)
        }
    }

    private static func checked(_ output: [UInt8]?, _ fields: JSONFields) throws(ValidationError) -> [UInt8]? {
        guard let output, output.count > Limits.payloadBytes else { return output }
        throw ValidationError(
            field: fields.prefixed("output"),
            message: "may have \(Limits.payloadBytes) bytes, this has \(output.count)")
    }

    private static func failure(_ fields: JSONFields, error: String) throws(ValidationError) -> Ending {
        let isPermanent = try fields.bool("permanent") ?? false
        let category = try fields.category("category")
        return .failed(
            error: try fields.text("error") ?? error, category: isPermanent ? .permanent : category ?? .temporary,
            wait: try fields.duration("retry_in"), counts: try fields.bool("uses_attempt") ?? true)
    }

    // MARK: What is written

    /// What follows from it.
    ///
    /// - Parameters:
    ///   - now: the store's clock.
    ///   - spread: from -1 to 1, the place in the band of the backoff's jitter.
    package func settlement(
        of leased: LeasedJob, _ terms: WorkTerms, now: Timestamp, spread: Double
    ) -> Settlement {
        var settlement = ended(leased, terms, now: now, spread: spread)
        settlement.followUps = followUps.map { new in
            var new = new
            new.parent = new.parent ?? leased.id
            new.correlationID = new.correlationID ?? leased.details?.correlationID
            for name in ["traceparent", "tracestate"] where new.headers[name] == nil {
                new.headers[name] = leased.details?.headers[name]
            }
            return new
        }
        return settlement
    }

    private func ended(_ leased: LeasedJob, _ terms: WorkTerms, now: Timestamp, spread: Double) -> Settlement {
        switch ending {
        case .completed(let output):
            return Settlement(leased, .completed(output: output), keep: terms.keep(in: .completed))
        case .snoozed(let wait):
            return Settlement(leased, .snooze(max(.zero, min(wait, Limits.horizon))))
        case .released: return Settlement(leased, .released)
        case .cancelled(let reason):
            return Settlement(
                leased, .cancelled(reason: reason.map { Limits.clipped($0, to: Limits.messageBytes) }),
                keep: terms.keep(in: .cancelled))
        case .failed(let error, let category, let wait, let counts):
            let time = duration ?? startedAt.map { max(.zero, now - $0) } ?? .zero
            let failure = Settlement.Failure(
                category: category, error: Limits.clipped(error, to: Limits.errorBytes),
                startedAt: startedAt ?? now - time, duration: time)
            switch RetryDecision.after(
                attempt: leased.attempt, of: terms.options.maxAttempts, category: category, requested: wait,
                counts: counts, backoff: terms.options.backoff, spread: spread)
            {
            case .retry(let after, let counts):
                return Settlement(leased, .retry(after: after, counts: counts), failure: failure)
            case .bury(let reason):
                return Settlement(leased, .dead(reason), failure: failure, keep: terms.keep(in: .dead))
            }
        }
    }
}

/// The reports of one call: a `sequence`, which counts a session's calls from 1 on, and up to 1,000 `results`. The same
/// sequence again gets the same answers and writes nothing. With `claim` the call claims as well, without waiting.
package struct WorkReports: Sendable {
    package var sequence: Int64
    package var reports: [WorkReport]
    package var claim: WorkClaim?

    package static let most = 1_000

    package init(_ fields: JSONFields) throws(ValidationError) {
        sequence = try fields.required("sequence", WorkSequence.read(fields, "sequence", from: 1))
        let objects = try fields.objects("results")
        guard objects.count <= Self.most else {
            throw ValidationError(
                field: "results", message: "may have \(Self.most) at most, these are \(objects.count)")
        }
        reports = try objects.map { object throws(ValidationError) in try WorkReport(object) }
        claim = fields["claim"] == nil ? nil : try WorkClaim(fields.object("claim", "an object"))
    }
}

extension WorkReport {
    /// The answer to one: the job's `id`, whether the outcome was `applied`, and if so the `status` that the job is in now:
    /// `cancelled` for one that had been told to stop.
    package static func write(_ answer: SettleAnswer, to job: WorkJob, to json: inout JSONWriter) {
        json.object { json in
            json.field("id", job.id.description)
            switch answer {
            case .applied(let state):
                json.field("applied", true)
                json.field("status", state.name)
            case .leaseLost: json.field("applied", false)
            }
        }
    }
}
