import ArgumentParser
import OnCue

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Enqueue a job, or many from a file.",
        usage: """
            oncue submit <name> [<payload>] [<options>]
            oncue submit --batch <file>
            """,
        discussion: """
            oncue submit email.receipt '{"orderID": 1}' --priority high --delay 5m
            oncue submit report @report.json --unique report-2026-11 --attempts 3
            echo '{"n": 1}' | oncue submit count - --wait 30s
            oncue submit --batch jobs.ndjson > ids.txt

            The id alone goes to stdout: when it is printed, the job is safe in the store. With --wait the job's \
            output goes there, byte for byte, and the exit status says how the job ended: 0 completed, 7 dead or \
            cancelled, 6 not yet.

            The payload is JSON unless --content-type says otherwise: text, @file, or - for stdin; {} when left out. \
            Its bytes are stored as they stand.

            --batch takes one JSON object a line: {"name": "email.receipt", "payload": {…}, "priority": "high", \
            "delay": "5m", "tags": {"tenant": "acme"}, …} ("type" means "name"). Ids are printed in the order of the \
            lines; a line that is not taken is reported on stderr with its number, and the exit status is 4.
            """)

    @Argument(help: "The name of the job, such as email.receipt.", transform: ArgumentValue.jobName)
    var name: JobName?

    @Argument(help: "The payload: text, @file, or - for stdin.")
    var payload: String?

    @Option(
        name: .customLong("content-type"), help: ArgumentHelp("What the payload is, if not JSON.", valueName: "type"))
    var contentType: String?

    @Option(help: ArgumentHelp("The queue. (default: default)", valueName: "name"), transform: ArgumentValue.queue)
    var queue: QueueName?

    @Option(
        help: ArgumentHelp("critical, high, normal, low or bulk, or 0 to 4. (default: normal)", valueName: "level"),
        transform: ArgumentValue.priority)
    var priority: JobPriority?

    @Option(help: ArgumentHelp("Due so long from now.", valueName: "duration"), transform: ArgumentValue.duration)
    var delay: Duration?

    @Option(
        help: ArgumentHelp("Due at this time, as in 2026-11-21T09:30:00Z.", valueName: "time"),
        transform: ArgumentValue.time)
    var at: Timestamp?

    @Option(help: ArgumentHelp("Not to be started after this: a span from now, or a time.", valueName: "time"))
    var expires: String?

    @Option(help: ArgumentHelp("Runs in all, the first included. (default: 5)", valueName: "count"))
    var attempts: Int?

    @Option(
        help: ArgumentHelp(
            "constant:10s, linear:1s:5m or exponential:1s:1h:2. (default: exponential:1s:1h:2)", valueName: "backoff"),
        transform: ArgumentValue.backoff)
    var backoff: Backoff?

    @Option(
        help: ArgumentHelp("A run is stopped after this and counts as failed. (default: none)", valueName: "duration"),
        transform: ArgumentValue.duration)
    var timeout: Duration?

    @Option(
        name: .customLong("soft-timeout"),
        help: ArgumentHelp("A run is told after this that its time is nearly up.", valueName: "duration"),
        transform: ArgumentValue.duration)
    var softTimeout: Duration?

    @Option(
        help: ArgumentHelp(
            "At most one job of the queue with this key, until it has finished or for the time given.",
            valueName: "key[:ttl]"))
    var unique: String?

    @Option(
        name: .customLong("unique-until"),
        help: ArgumentHelp("finished, or started: when the key is free again. (default: finished)", valueName: "moment")
    )
    var uniqueUntil: UniqueArgument.Until?

    @Option(help: ArgumentHelp("A tag to search by; may be given several times.", valueName: "key=value"))
    var tag: [String] = []

    @Option(help: ArgumentHelp("Something for the handler to see; may be given several times.", valueName: "key=value"))
    var header: [String] = []

    @Option(name: .customLong("correlation-id"), help: ArgumentHelp("An id of yours to search by.", valueName: "id"))
    var correlationID: String?

    @Option(
        help: ArgumentHelp(
            "How long the finished job is kept; 0s: not at all. (default: as its queue)", valueName: "duration"),
        transform: ArgumentValue.duration)
    var retention: Duration?

    @Option(
        help: ArgumentHelp("An id of your own (a UUID): sent again, the job is not enqueued twice.", valueName: "uuid"),
        transform: ArgumentValue.jobID)
    var id: JobID?

    @Option(
        help: ArgumentHelp(
            "Wait for the end of the job, without limit or so long, and print its output.", valueName: "[duration]"))
    var wait: WaitTime?

    @Option(
        help: ArgumentHelp("Enqueue what this file holds, one JSON object a line; - for stdin.", valueName: "file"),
        completion: .file())
    var batch: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if batch != nil {
            guard name == nil, payload == nil else {
                throw ArgumentParser.ValidationError("with --batch the names and payloads stand in the file")
            }
            guard wait == nil else { throw ArgumentParser.ValidationError("--batch cannot --wait") }
        } else if name == nil {
            throw ArgumentParser.ValidationError(
                "say the name of the job, as in: oncue submit echo '{\"hello\":\"world\"}'")
        }
        if delay != nil, at != nil { throw ArgumentParser.ValidationError("give --delay or --at, not both") }
    }

    func run() async throws {
        let context = try await CommandContext(global)
        if let batch {
            let submission = BatchSubmission(source: batch, context: context)
            // A file that is not there is no reason to make a store.
            try LineReader.check(path: batch)
            return try await context.withStore(.create) { try await submission.run(on: JobClient($0)) }
        }
        let job = try newJob()
        try await context.withStore(.create) { store in
            try await submit(job, to: JobClient(store), context: context)
        }
    }

    /// The job that the options describe; nothing is read or written but the payload.
    func newJob() throws -> NewJob {
        guard let name else { throw CommandError.usage("say the name of the job") }
        var job = NewJob(name: name, queue: queue ?? .default, priority: priority ?? .normal)
        job.id = id
        job.payload = try PayloadArgument(text: payload, contentType: contentType).read()
        job.contentType = contentType
        job.due = at.map { .at($0) } ?? delay.map { .after($0) } ?? .now
        job.expires = try expires.map(Self.expiry)
        job.unique = try unique.map { try UniqueArgument.key($0, until: uniqueUntil) }
        job.options = JobOptions(
            maxAttempts: attempts, backoff: backoff, timeout: timeout, softTimeout: softTimeout, retention: retention)
        job.tags = try PairArgument.pairs(tag, option: "--tag")
        job.headers = try PairArgument.pairs(header, option: "--header")
        job.correlationID = correlationID
        try job.validate()
        return job
    }

    private static func expiry(_ text: String) throws -> NewJob.Due {
        if let time = Timestamp(text) { return .at(time) }
        if let span = try? Duration(parsing: text), span > .zero { return .after(span) }
        throw CommandError.usage(
            "--expires takes a span such as 1h30m or a time such as 2026-11-21T09:30:00Z, this is '\(text.prefix(64))'")
    }

    private func submit(_ job: NewJob, to jobs: JobClient, context: CommandContext) async throws {
        let output = context.output
        let enqueued = try await jobs.enqueue(job)
        if enqueued.isDuplicate {
            output.note("\(enqueued.id) was there already; nothing was enqueued")
        }
        guard let wait else {
            guard output.isJSON else { return output.line(enqueued.id.description) }
            let answer = enqueued.isDuplicate ? EnqueueAnswer.duplicate(of: enqueued.id) : .accepted(enqueued.id)
            return output.json { JobJSON.write(answer, to: &$0) }
        }
        let limit: Duration
        switch wait {
        case .unlimited: limit = Limits.horizon
        case .upTo(let time): limit = time
        }
        let result = try await jobs.result(of: enqueued.id, timeout: limit)
        try Self.report(result, waited: limit, output: output)
    }

    /// Prints what waiting came to; throws unless the job has completed.
    static func report(_ result: JobResult, waited: Duration, output: Output) throws {
        let job = result.job
        if output.isJSON {
            output.json { JobJSON.write(job, to: &$0) }
        } else if job.state == .completed {
            if let bytes = job.output, !bytes.isEmpty {
                output.bytes(bytes)
                if bytes.last != UInt8(ascii: "\n") { output.line("") }
            } else {
                output.note("\(job.id) completed without an output")
            }
        }
        switch result {
        case .timedOut:
            throw CommandError(
                .timedOut, "job \(job.id) is still \(job.state.name) after \(waited.text)",
                hint: "'oncue jobs why \(job.id)' says why.")
        case .finished where job.state == .completed:
            return
        case .finished:
            let reason = (job.state == .dead ? job.lastError : job.cancelReason).map { ": \($0.printable)" } ?? ""
            throw CommandError(.jobFailed, "job \(job.id) is \(job.state.name)\(reason)")
        }
    }
}

extension UniqueArgument.Until: ExpressibleByArgument {}
