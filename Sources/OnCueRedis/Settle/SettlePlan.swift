#if Redis
    import NIOCore
    import OnCue
    import RedisWire

    /// Which outcomes of a batch go into which script.
    struct SettlePlan {
        /// Outcomes in one script at most.
        static let chunkAtMost = 500

        var chunks: [SettleChunk] = []

        /// Outcomes of jobs that were claimed by another session are in no chunk.
        init(_ batch: SettleBatch) {
            var open: [QueueName: Int] = [:]
            var counts: [QueueName: Int] = [:]
            var last: (name: QueueName, chunk: Int)?
            for (place, item) in batch.items.enumerated() where item.job.session == batch.session {
                let name = item.job.queue
                var index = last?.name == name ? last?.chunk : open[name]
                if let found = index, chunks[found].items.count >= Self.chunkAtMost { index = nil }
                let chunk: Int
                if let index {
                    chunk = index
                } else {
                    chunk = chunks.count
                    chunks.append(SettleChunk(queueName: name, number: counts[name, default: 0]))
                    counts[name, default: 0] += 1
                    open[name] = chunk
                }
                chunks[chunk].items.append(place)
                last = (name, chunk)
            }
            for index in chunks.indices { chunks[index].sort(batch) }
        }
    }

    /// Plain jobs that were completed, whose level, count and what is kept of them are the same: in the order of their
    /// entries, and never none.
    private struct PlainRun {
        let isKept: Bool
        var jobs: [(place: Int, token: EntryPlace.PlainToken)]

        func fits(_ token: EntryPlace.PlainToken, isKept: Bool) -> Bool {
            jobs[0].token.level == token.level && jobs[0].token.count == token.count && self.isKept == isKept
        }
    }

    /// Outcomes of one queue that are written together.
    struct SettleChunk {
        let queueName: QueueName
        /// Which of the batch in this queue, from 0: the same whenever the batch is sent.
        let number: Int
        /// Places in the batch.
        var items: [Int] = []
        /// Those of jobs that were completed and nothing else, first; then the others.
        private var runs: [PlainRun] = []
        private var others: [(place: Int, token: EntryPlace.PlainToken?)] = []
        /// Nil: there is no such queue.
        var queue: Queue?
        /// The place of its command among those that were sent.
        var command: Int?

        init(queueName: QueueName, number: Int) {
            self.queueName = queueName
            self.number = number
        }

        /// Payloads up to this many bytes are sent again, to be kept, rather than looked up by the script.
        private static let payloadSentAgain = 4_096

        mutating func sort(_ batch: SettleBatch) {
            var plain: [(place: Int, token: EntryPlace.PlainToken)] = []
            for place in items {
                let item = batch.items[place]
                let token = EntryPlace.token(of: item.job)
                if let token, Self.isPlain(item, token) {
                    plain.append((place, token))
                } else {
                    others.append((place, token))
                }
            }
            if !plain.isEmpty, !others.isEmpty {
                // Of two outcomes of one job the first has to be taken, whichever kind it is.
                let jobs = Set(others.map { batch.items[$0.place].job.id })
                let moved = plain.filter { jobs.contains(batch.items[$0.place].job.id) }
                plain.removeAll { jobs.contains(batch.items[$0.place].job.id) }
                others += moved.map { ($0.place, $0.token) }
                others.sort { $0.place < $1.place }
            }
            for (place, token) in plain {
                let isKept = batch.items[place].keep != .nothing
                if let index = runs.firstIndex(where: { $0.fits(token, isKept: isKept) }) {
                    runs[index].jobs.append((place, token))
                } else {
                    runs.append(PlainRun(isKept: isKept, jobs: [(place, token)]))
                }
            }
            for index in runs.indices { runs[index].jobs.sort { $0.token.entry < $1.token.entry } }
        }

        private static func isPlain(_ item: Settlement, _ token: EntryPlace.PlainToken) -> Bool {
            guard item.outcome == .completed(output: nil), item.failure == nil, item.followUps.isEmpty else {
                return false
            }
            switch item.keep {
            // A bundle knows by the position when a job was enqueued.
            case .policy: return item.job.payload.count <= payloadSentAgain && item.job.createdAt == token.entry.moment
            case .nothing: return true
            case .atLeast: return false
            }
        }

        // MARK: - Arguments

        /// The arguments of ``Scripts/settle``.
        func write(_ batch: SettleBatch, worker: String, into arguments: inout RedisArguments) {
            arguments.append(batch.session.rawValue)
            arguments.append(batch.sequence)
            arguments.append(number)
            arguments.append(runs.count)
            arguments.append(others.count)
            var events = ByteBuffer()
            var name: JobName?
            for run in runs {
                for (place, _) in run.jobs { events.write(event: batch.items[place].job, after: &name) }
            }
            arguments.append(events)
            arguments.append(worker)
            writeRanges(into: &arguments)
            for run in runs {
                arguments.append(run.jobs[0].token.level.rawValue)
                arguments.append(run.jobs[0].token.count.rawValue)
                arguments.append(run.isKept ? 1 : 0)
                arguments.append(run.jobs.count)
                for (_, token) in run.jobs { arguments.append(token.entry) }
                arguments.append(length: 16 * run.jobs.count) { writer in
                    for (place, _) in run.jobs { writer.write(id: batch.items[place].job.id) }
                }
                guard run.isKept else { continue }
                let bundles = JobBundle.bundles(of: run.jobs.lazy.map { ($0.token.id, batch.items[$0.place].job) })
                arguments.append(bundles.count)
                for bundle in bundles { bundle.write(into: &arguments) }
            }
            for (place, token) in others {
                let item = batch.items[place]
                writeToken(item.job, token, into: &arguments)
                var writer = MessagePackWriter()
                writer.write(item.packed(worker: worker, token: { self.token(batch, place, $0) }))
                arguments.append(writer.bytes)
            }
        }

        /// Of each level that entries are known of, the first and the last: one look tells who holds them.
        private func writeRanges(into arguments: inout RedisArguments) {
            var ranges: [JobPriority: ClosedRange<StreamPosition>] = [:]
            for token in runs.flatMap({ [$0.jobs[0].token, $0.jobs[$0.jobs.count - 1].token] })
                + others.compactMap({ $0.token })
            {
                guard let range = ranges[token.level] else {
                    ranges[token.level] = token.entry...token.entry
                    continue
                }
                if !range.contains(token.entry) {
                    ranges[token.level] =
                        min(range.lowerBound, token.entry)...max(range.upperBound, token.entry)
                }
            }
            arguments.append(ranges.count)
            for (level, range) in ranges {
                arguments.append(level.rawValue)
                arguments.append(range.lowerBound.description)
                arguments.append(range.upperBound.description)
            }
        }

        private func writeToken(
            _ job: LeasedJob, _ token: EntryPlace.PlainToken?, into arguments: inout RedisArguments
        ) {
            arguments.append((token?.level ?? job.priority).rawValue)
            if let entry = token?.entry { arguments.append(entry) } else { arguments.append("") }
            arguments.append(token?.count.rawValue ?? job.delivery)
            arguments.append(length: 16) { $0.write(id: job.id) }
        }

        // MARK: - Follow-ups for other queues

        /// Tells one such follow-up from every other; the same whenever the batch is sent.
        private func token(_ batch: SettleBatch, _ place: Int, _ followUp: Int) -> String {
            "\(batch.session):\(batch.sequence):\(place):\(followUp)"
        }

        func tokensOfOthers(_ batch: SettleBatch) -> [String] {
            others.flatMap { other in
                let item = batch.items[other.place]
                return item.followUps.indices.filter { item.followUps[$0].queue != item.job.queue }.map {
                    token(batch, other.place, $0)
                }
            }
        }

        // MARK: - Answers

        func read(_ reply: RESPToken, into answers: inout [SettleAnswer]) throws(StoreError) {
            guard let parts = reply.elements.map(Array.init), let word = parts.first?.text else {
                throw .unreadable("a settlement")
            }
            switch word {
            case "late":
                throw StoreError(
                    .conflict, "this batch of the session came after its batch \(parts.last?.text ?? "")")
            case "ok", "again":
                let places = runs.flatMap { $0.jobs.map(\.place) } + others.map(\.place)
                guard let letters = parts.last?.array, letters.count == places.count else {
                    throw .unreadable("a settlement")
                }
                for (place, letter) in zip(places, letters) {
                    let state = JobState(rawValue: Int(letter) - Int(UInt8(ascii: "0")))
                    answers[place] = state.map(SettleAnswer.applied) ?? .leaseLost
                }
            default: break
            }
        }
    }
#endif
