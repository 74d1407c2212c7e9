#if Server
    import OnCue

    /// Dead letters by what went wrong: the job's name, the reason, and the first line of the error with its numbers and ids
    /// made alike.
    struct ErrorGroups {
        private struct Kind: Hashable {
            var name: JobName
            var reason: DeadReason?
            var error: String
        }

        private struct Group {
            var count = 0
            var newest: JobRecord
            var oldest: Timestamp
        }

        private var groups: [Kind: Group] = [:]
        private(set) var count = 0

        mutating func add(_ job: JobRecord) {
            count += 1
            let kind = Kind(name: job.name, reason: job.deadReason, error: Self.pattern(job.lastError ?? ""))
            let moment = job.finishedAt ?? job.updatedAt
            var group = groups[kind] ?? Group(newest: job, oldest: moment)
            group.count += 1
            group.oldest = min(group.oldest, moment)
            if moment > group.newest.finishedAt ?? group.newest.updatedAt { group.newest = job }
            groups[kind] = group
        }

        /// The first line, cut at 200 bytes, each run of digits as `#`.
        static func pattern(_ error: String) -> String {
            let line = error.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            var pattern = ""
            var isNumber = false
            for character in Limits.clipped(line, to: 200) {
                let isDigit = character.isASCII && character.isNumber
                if !isDigit { pattern.append(character) } else if !isNumber { pattern.append("#") }
                isNumber = isDigit
            }
            return pattern
        }

        func write(isComplete: Bool, to json: inout JSONWriter) {
            json.object { json in
                json.field("count", count)
                json.field("complete", isComplete)
                json.array("groups") { json in
                    for (kind, group) in groups.sorted(by: { $0.value.count > $1.value.count }) {
                        json.object { json in
                            json.field("type", kind.name.rawValue)
                            json.field(ifPresent: "dead_reason", kind.reason?.rawValue)
                            json.field("error", kind.error)
                            json.field("count", group.count)
                            json.field("oldest_at", group.oldest)
                            json.field("newest_at", group.newest.finishedAt ?? group.newest.updatedAt)
                            json.field("example", group.newest.id.description)
                        }
                    }
                }
            }
        }
    }
#endif
