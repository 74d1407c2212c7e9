import OnCue

/// `submit --batch`: jobs from a file, one JSON object a line, in calls of a thousand.
struct BatchSubmission: Sendable {
    /// A path, or `-` for stdin.
    var source: String
    var context: CommandContext

    static let size = 1_000
    /// A line may be this long: a payload at its limit, and options.
    static let lineBytes = 4 * 1_048_576

    func run(on jobs: JobClient) async throws {
        let output = context.output
        var reader = try LineReader(path: source, limit: Self.lineBytes)
        let bar = ProgressBar("submit", total: nil, output: output)
        defer { bar.finish() }
        var accepted = 0
        var refused = 0
        var pending = Pending()

        while let line = try reader.next() {
            guard line.isTooLong || line.bytes.contains(where: { $0 > 0x20 }) else { continue }
            do throws(ValidationError) {
                pending.add(try Self.job(from: line), number: line.number)
            } catch {
                pending.add(error.description, number: line.number)
            }
            // A slow source is not kept waiting for a full batch.
            if pending.count >= Self.size || !reader.hasMoreAtOnce {
                let (taken, left) = try await flush(&pending, on: jobs)
                accepted += taken
                refused += left
                bar.update(accepted + refused)
            }
        }
        let (taken, left) = try await flush(&pending, on: jobs)
        accepted += taken
        refused += left
        bar.finish()
        if refused > 0 {
            Output.complain("Error: \(refused) of \(Wording.count(accepted + refused, "line")) not taken")
            throw CommandError.silent(.refused)
        }
        if output.terminal.showsProgress { output.note("\(Wording.count(accepted, "job")) enqueued") }
    }

    private static func job(from line: LineReader.Line) throws(ValidationError) -> NewJob {
        guard !line.isTooLong else {
            throw ValidationError(field: "line", message: "may have \(lineBytes) bytes")
        }
        return try SubmitObject.decode(line.bytes)
    }

    /// Lines that were read, in their order: each a job, or the reason why it is none.
    private struct Pending {
        var jobs: [NewJob] = []
        var lines: [(number: Int, fault: String?)] = []
        var count: Int { lines.count }

        mutating func add(_ job: NewJob, number: Int) {
            jobs.append(job)
            lines.append((number, nil))
        }

        mutating func add(_ fault: String, number: Int) {
            lines.append((number, fault))
        }
    }

    private func flush(_ pending: inout Pending, on jobs: JobClient) async throws -> (taken: Int, refused: Int) {
        let batch = pending
        pending = Pending()
        guard batch.count > 0 else { return (0, 0) }
        var answers: [EnqueueAnswer]
        do {
            answers = try await jobs.enqueue(batch.jobs)
        } catch {
            let first = batch.lines.first?.number ?? 0
            Output.complain("Error: nothing from line \(first) on was enqueued")
            throw error
        }
        var results = ""
        var faults = ""
        var refused = 0
        answers.reverse()
        for (number, fault) in batch.lines {
            // One answer a job, in order: a line with a fault has none.
            let answer = fault == nil ? answers.popLast() : nil
            switch answer {
            case .accepted(let id): results += entry(number, id: id, isDuplicate: false)
            case .duplicate(let id): results += entry(number, id: id, isDuplicate: true)
            case .refused(let error):
                refused += 1
                report(error.description, number, &results, &faults)
            case nil:
                refused += 1
                report(fault ?? "the store gave no answer", number, &results, &faults)
            }
        }
        Output.write(results, to: 1)
        Output.write(faults, to: 2)
        return (batch.count - refused, refused)
    }

    private func entry(_ number: Int, id: JobID, isDuplicate: Bool) -> String {
        guard context.output.isJSON else { return "\(id)\n" }
        return JobJSON.text { json in
            json.object { json in
                json.field("line", number)
                json.field("id", id.description)
                json.field("duplicate", isDuplicate)
            }
        } + "\n"
    }

    private func report(_ fault: String, _ number: Int, _ results: inout String, _ faults: inout String) {
        if context.output.isJSON {
            results +=
                JobJSON.text { json in
                    json.object { json in
                        json.field("line", number)
                        json.field("error", fault)
                    }
                } + "\n"
        }
        faults += "line \(number): \(fault.printable)\n"
    }
}
