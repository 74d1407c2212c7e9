import ArgumentParser
import OnCue

/// Which jobs are meant: the same options wherever jobs are listed or changed.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Jobs of this queue.", valueName: "queue"), transform: ArgumentValue.queue)
    var queue: QueueName?

    @Option(help: ArgumentHelp("Jobs with this name; * stands for any text, as in 'email.*'.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Jobs with this tag; may be given several times.", valueName: "key[=value]"))
    var tag: [String] = []

    @Option(
        name: .customLong("correlation-id"), help: ArgumentHelp("Jobs with this correlation id.", valueName: "id"))
    var correlationID: String?

    @Option(
        help: ArgumentHelp("Jobs enqueued at this time or later: a time, or a span before now.", valueName: "time"),
        transform: ArgumentValue.moment)
    var since: Moment?

    @Option(
        help: ArgumentHelp("Jobs enqueued before this time: a time, or a span before now.", valueName: "time"),
        transform: ArgumentValue.moment)
    var until: Moment?

    func filter(states: Set<JobState>, now: Timestamp) -> JobFilter {
        var tags: [String: String?] = [:]
        for tag in tag {
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            tags.updateValue(parts.count > 1 ? parts[1] : nil, forKey: parts[0])
        }
        return JobFilter(
            states: states, queue: queue, name: name, tags: tags, correlationID: correlationID,
            createdFrom: since?.timestamp(now: now), createdBefore: until?.timestamp(now: now))
    }
}

/// How a bulk action is agreed to.
struct BulkOptions: ParsableArguments {
    @Flag(help: "Mean every job; needed when nothing else says which.")
    var all = false

    @Flag(name: .customLong("dry-run"), help: "Only say how many jobs are meant.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask. Needed when stdin is no terminal.")
    var yes = false

    @Option(help: ArgumentHelp("Jobs to take on at most.", valueName: "count"))
    var limit = JobClient.bulkLimit
}
