import OnCue

/// Jobs as text and as JSON.
struct JobView {
    var output: Output
    var now: Timestamp

    // MARK: Lists

    func list(_ page: JobPage) {
        if output.isJSON { return output.json { JobJSON.write(page, to: &$0) } }
        guard !page.jobs.isEmpty else { return output.note("No jobs.") }
        var table = Table(
            .left("ID"), .left("STATE"), .text("NAME", atLeast: 10), .text("QUEUE"), .left("PRIORITY"),
            .right("ATTEMPT"),
            .left("ENQUEUED"), .text("NOTE", atLeast: 6))
        for job in page.jobs {
            table.append(
                Table.Cell(job.id.description), Table.Cell(job.state.name, job.state.colour),
                Table.Cell(job.name.rawValue), Table.Cell(job.queue.rawValue),
                Table.Cell(job.priority.name, job.priority == .normal ? .faint : nil), "\(job.attempt)",
                Table.Cell(Wording.relative(job.createdAt, to: now)), Table.Cell(note(job), .faint))
        }
        output.table(table)
        more(page)
    }

    func listDead(_ page: JobPage) {
        if output.isJSON { return output.json { JobJSON.write(page, to: &$0) } }
        guard !page.jobs.isEmpty else { return output.note("No dead letters.") }
        var table = Table(
            .left("ID"), .text("NAME", atLeast: 10), .text("QUEUE"), .right("ATTEMPTS"), .left("DIED"),
            .left("BECAUSE"),
            .text("LAST ERROR", atLeast: 12))
        for job in page.jobs {
            table.append(
                Table.Cell(job.id.description), Table.Cell(job.name.rawValue), Table.Cell(job.queue.rawValue),
                "\(job.attempt)", Table.Cell(job.finishedAt.map { Wording.relative($0, to: now) } ?? "-"),
                Table.Cell(job.deadReason?.rawValue ?? "-"), Table.Cell(job.lastError ?? "", .red))
        }
        output.table(table)
        more(page)
    }

    private func more(_ page: JobPage) {
        if let cursor = page.nextCursor { output.note("There are more: --cursor \(cursor)") }
    }

    /// What matters most about a job in a few words.
    private func note(_ job: JobRecord) -> String {
        switch job.state {
        case .delayed, .retrying:
            let due = job.dueAt.map { Wording.relative($0, to: now) } ?? ""
            return job.lastError.map { "\(due): \($0)" } ?? due
        case .running:
            if job.isCancelRequested { return "told to stop" }
            guard let progress = job.progress else { return job.worker.map { "on \($0)" } ?? "" }
            return "\(Int(progress * 100)) %" + (job.progressMessage.map { " \($0)" } ?? "")
        case .dead: return job.lastError ?? job.deadReason?.rawValue ?? ""
        case .cancelled: return job.cancelReason ?? ""
        case .pending, .blocked, .completed: return ""
        }
    }

    // MARK: One job

    func show(_ job: JobRecord, attempts: [AttemptRecord], queue: QueueSettings) {
        if output.isJSON {
            // One object: the job's own fields, and its attempts beside them.
            var json = JSONWriter()
            JobJSON.write(job, settings: queue, to: &json)
            var text = json.bytes
            text.removeLast()
            var list = JSONWriter()
            list.array { json in
                for attempt in attempts { JobJSON.write(attempt, to: &json) }
            }
            output.bytes(text + Array(",\"attempts\":".utf8) + list.bytes + Array("}\n".utf8))
            return
        }
        output.line("\(output.colour(job.id.description, .bold))  \(output.colour(job.state.name, job.state.colour))")
        for (name, value) in rows(job, queue: queue) { row(name, value) }
        block("payload", job.payload)
        if let bytes = job.output { block("output", bytes) }
        guard !attempts.isEmpty else { return }
        output.line("\nAttempts that failed")
        var table = Table(
            .right("ATTEMPT"), .left("STARTED"), .right("TOOK"), .left("KIND"), .text("WORKER"),
            .text("ERROR", atLeast: 12))
        for attempt in attempts {
            table.append(
                "\(attempt.attempt)", Table.Cell(attempt.startedAt.description),
                Table.Cell(Wording.rough(attempt.duration)), Table.Cell(attempt.category.rawValue),
                Table.Cell(attempt.worker), Table.Cell(attempt.error, .red))
        }
        output.table(table)
    }

    private func rows(_ job: JobRecord, queue: QueueSettings) -> [(String, String)] {
        let resolved = ResolvedOptions(job: job.options, queue: queue.jobOptions)
        var rows = [
            ("name", job.name.rawValue), ("queue", job.queue.rawValue), ("priority", job.priority.name),
            ("attempt", "\(job.attempt) of \(resolved.maxAttempts)"),
        ]
        func add(_ name: String, _ value: String?) {
            if let value { rows.append((name, value)) }
        }
        func add(_ name: String, _ time: Timestamp?) {
            if let time { rows.append((name, "\(time)  (\(Wording.relative(time, to: now)))")) }
        }
        add("enqueued", job.createdAt)
        if !job.state.isFinal, job.state != .running { add("due", job.dueAt) }
        add("expires", job.expiresAt)
        add("started", job.startedAt)
        add("finished", job.finishedAt)
        if let progress = job.progress {
            add("progress", "\(Int(progress * 100)) %" + (job.progressMessage.map { "  \($0)" } ?? ""))
        }
        add("worker", job.worker)
        if job.lostWorkers > 0 { add("lost workers", "\(job.lostWorkers)") }
        add("timeout", job.options.timeout.map(\.text))
        add("soft timeout", job.options.softTimeout.map(\.text))
        add("kept for", job.options.retention.map(\.text))
        add("unique key", job.unique?.key)
        if !job.tags.isEmpty { add("tags", pairs(job.tags)) }
        add("correlation id", job.correlationID)
        if !job.headers.isEmpty { add("headers", pairs(job.headers)) }
        add("made by", job.parent?.description)
        add("content type", job.contentType)
        add("dead because", job.deadReason?.rawValue)
        add("cancelled", job.cancelReason)
        if job.isCancelRequested { add("told to stop", "yes") }
        add("last error", job.lastError)
        return rows
    }

    private func pairs(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private func row(_ name: String, _ value: String) {
        output.line("  \(name + String(repeating: " ", count: max(0, 15 - name.count))) \(value.printable)")
    }

    private static let shownBytes = 4_096

    /// Bytes as text, if they are some; the whole of them stands in `--json`.
    private func block(_ name: String, _ bytes: [UInt8]) {
        guard let text = String(validating: bytes.prefix(Self.shownBytes), as: UTF8.self) else {
            return row(name, "\(Wording.bytes(Int64(bytes.count))) that are no text; see --json")
        }
        let isCut = bytes.count > Self.shownBytes
        row(name, text + (isCut ? " … (\(Wording.bytes(Int64(bytes.count))) in all; see --json)" : ""))
    }
}
