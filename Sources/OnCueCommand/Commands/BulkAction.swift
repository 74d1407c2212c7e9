import OnCue

/// One change to jobs that are named by ids or meant by a filter: counted, agreed to, done page by page.
struct BulkAction {
    /// `cancel`, `delete`: what is done.
    var verb: String
    /// `cancelled`, `deleted`: what is then true of a job.
    var participle: String
    var change: JobChange
    var options: BulkOptions
    var context: CommandContext

    /// Does it to the jobs with these ids, or to those that the filter means.
    ///
    /// - Parameters:
    ///   - states: what `--state` said; part of the filter.
    ///   - always: only jobs in these states, whatever was said; nothing is chosen by them alone.
    func run(
        _ ids: [JobID], filter: FilterOptions, states: Set<JobState>, always: Set<JobState> = []
    ) async throws {
        try await context.withStore { store in
            let jobs = JobClient(store)
            var wanted = filter.filter(states: states, now: try await store.now())
            guard ids.isEmpty else {
                guard wanted.isEmpty, !options.all else {
                    throw CommandError.usage("name ids or say which jobs are meant, not both")
                }
                return try await run(ids, onlyIn: always, on: jobs)
            }
            guard options.all || !wanted.isEmpty else {
                throw CommandError.usage(
                    "which jobs are to be \(participle)?",
                    hint:
                        "Name their ids, or choose with --queue, --name, --tag, --correlation-id, --since or --until; "
                        + "--all means every one.")
            }
            if !always.isEmpty { wanted.states = always }
            try await run(wanted, on: jobs)
        }
    }

    // MARK: By id

    private func run(_ ids: [JobID], onlyIn states: Set<JobState>, on jobs: JobClient) async throws {
        let output = context.output
        if !states.isEmpty {
            for case let job? in try await jobs.jobs(ids) where !states.contains(job.state) {
                throw CommandError(.refused, "job \(job.id) is \(job.state.name); nothing was done")
            }
        }
        if options.dryRun {
            let found = try await jobs.jobs(ids).filter { $0 != nil }.count
            return report(matched: JobCount(found, isExact: true), isDryRun: true)
        }
        let answers = try await jobs.change(ids, change)
        var worst = ExitStatus.success
        var json = JSONWriter()
        for (id, answer) in zip(ids, answers) {
            let (word, sentence, status) = describe(answer)
            if worst == .success || status == .refused { worst = status == .success ? worst : status }
            if output.isJSON {
                json.object { json in
                    json.field("id", id.description)
                    json.field("answer", word)
                    json.field("message", sentence)
                }
            } else if status == .success {
                output.line("\(id)  \(sentence)")
            } else {
                Output.complain("Error: \(id) \(sentence)")
            }
        }
        if output.isJSON { output.json { $0.array { $0.raw(json.bytes) } } }
        if worst != .success { throw CommandError.silent(worst) }
    }

    private func describe(_ answer: ChangeAnswer) -> (word: String, sentence: String, status: ExitStatus) {
        switch answer {
        case .done(let state):
            (
                "done",
                state.map { $0.name == participle ? participle : "\(participle), now \($0.name)" } ?? participle,
                .success
            )
        case .requested: ("requested", "runs and was told to stop", .success)
        case .notFound: ("not_found", "does not exist", .notFound)
        case .refused(let state): ("refused", "is \(state.name) and cannot be \(participle)", .refused)
        }
    }

    // MARK: By filter

    private func run(_ filter: JobFilter, on jobs: JobClient) async throws {
        guard options.limit > 0 else { throw CommandError.usage("--limit has to be above zero") }
        let counted = try await jobs.change(
            where: filter, change, everything: options.all, dryRun: true, limit: options.limit)
        if options.dryRun { return report(matched: counted.matched, isDryRun: true) }
        if counted.matched.count == 0 { return report(matched: counted.matched, isDryRun: false) }
        try Question.agree(
            "\(verb.prefix(1).uppercased() + verb.dropFirst()) \(Wording.count(counted.matched))?",
            isAgreed: options.yes, output: context.output)
        let bar = ProgressBar(
            "\(verb)", total: counted.matched.isExact ? counted.matched.count : nil, output: context.output)
        defer { bar.finish() }
        let result = try await jobs.change(
            where: filter, change, everything: options.all, limit: options.limit, onProgress: { bar.update($0) })
        bar.finish()
        report(result)
    }

    private func report(matched: JobCount, isDryRun: Bool) {
        if context.output.isJSON {
            return context.output.json { JobJSON.write(BulkResult(matched: matched), to: &$0) }
        }
        context.output.line(
            isDryRun ? "\(Wording.count(matched)) would be \(participle)" : "No job is meant; nothing was done")
    }

    private func report(_ result: BulkResult) {
        if context.output.isJSON {
            return context.output.json { JobJSON.write(result, to: &$0) }
        }
        var text = "\(Wording.count(result.done, "job")) \(participle)"
        if result.requested > 0 { text += ", \(result.requested) told to stop" }
        if result.refused > 0 { text += ", \(result.refused) refused because their state had changed" }
        context.output.line(text)
        if result.hasMore { context.output.note("There are more; run the command again to go on.") }
    }
}

/// Asks before something that cannot be undone.
enum Question {
    static func agree(_ question: String, isAgreed: Bool, output: Output) throws {
        if isAgreed { return }
        guard output.terminal.canAsk else {
            throw CommandError.usage("\(question) Say --yes to agree; stdin is no terminal to ask on.")
        }
        Output.write("\(question) [y/N] ", to: 2)
        let answer = readLine()?.lowercased() ?? ""
        guard ["y", "yes"].contains(answer) else { throw CommandError(.refused, "nothing was done") }
    }
}
