#if Redis
    import Logging
    import NIOCore
    import OnCue
    import RedisWire

    /// An entry that a session may run, and where it stands.
    struct ClaimCandidate: Sendable {
        var queue: Queue
        var level: JobPriority
        var entry: ClaimedEntry
        /// Whether it counts as one that lost a worker already.
        var isSuspect: Bool
    }

    /// What became of a candidate.
    enum ClaimStart: Sendable {
        /// `lostWorkers` of the job may say more than the candidate did.
        case running(LeasedJob)
        /// It went back: one too many that lost a worker.
        case tooMany
        /// There is nothing to run.
        case gone
        /// It cannot be read.
        case damaged
    }

    extension StoreCore {
        private static let startsACall = 1_000

        /// Starts the candidates: those that have a record by a script, the plain ones are started by having been read.
        ///
        /// - Parameters:
        ///   - suspects: how many more may be started that turn out to have lost a worker.
        ///   - mayHaveRecord: of a plain entry, whether its job can have got a record.
        func start(
            _ candidates: [ClaimCandidate], for session: SessionID, worker: String, suspects: Int,
            before: [RedisCommand],
            mayHaveRecord: (ClaimCandidate) -> Bool
        ) async throws(StoreError) -> [ClaimStart] {
            var results = candidates.map { candidate -> ClaimStart in
                candidate.entry.plainJob(candidate.level, in: candidate.queue, for: session).map(ClaimStart.running)
                    ?? .damaged
            }
            var asked: [(indices: ArraySlice<Int>, queue: Queue)] = []
            let withRecords = candidates.indices.filter {
                candidates[$0].entry.isRecord || mayHaveRecord(candidates[$0])
            }
            for (queue, wanted) in Dictionary(grouping: withRecords, by: { candidates[$0].queue }) {
                for start in stride(from: 0, to: wanted.count, by: Self.startsACall) {
                    asked.append((wanted[start..<min(start + Self.startsACall, wanted.count)], queue))
                }
            }
            var commands = before
            for (number, one) in asked.enumerated() {
                let starts = one.indices.map { candidates[$0] }
                // Several calls cannot share the room: the first has it.
                commands.append(
                    startCommand(starts, one.queue, for: session, worker: worker, suspects: number == 0 ? suspects : 0))
            }
            if let now = options.time?.now() { commands += stamps(candidates, session, now) }
            guard !commands.isEmpty else { return results }
            let answers = try await send(commands)
            for (one, answer) in zip(asked, answers.dropFirst(before.count)) {
                guard let tokens = answer.elements.map(Array.init), tokens.count == one.indices.count else {
                    throw .unreadable("the start of jobs")
                }
                for (index, token) in zip(one.indices, tokens) {
                    if let result = Self.read(token, candidates[index], session) { results[index] = result }
                }
            }
            return results
        }

        private func startCommand(
            _ candidates: [ClaimCandidate], _ queue: Queue, for session: SessionID, worker: String, suspects: Int
        ) -> RedisCommand {
            command(Scripts.start, on: queue, session: session, isSafeToRepeat: true) { arguments in
                arguments.append(session.rawValue)
                arguments.append(worker)
                arguments.append(suspects)
                for candidate in candidates {
                    arguments.append(candidate.level.rawValue)
                    arguments.append(candidate.entry.position.description)
                    arguments.append(candidate.entry.count.rawValue)
                    arguments.append(candidate.entry.id(in: queue, candidate.level)?.storedBytes ?? [])
                    switch (candidate.entry.isRecord, candidate.isSuspect) {
                    case (true, true): arguments.append("R")
                    case (true, false): arguments.append("r")
                    case (false, true): arguments.append("D")
                    case (false, false): arguments.append("d")
                    }
                }
            }
        }

        /// Nil: a plain job, as it was read.
        private static func read(
            _ token: RESPToken, _ candidate: ClaimCandidate, _ session: SessionID
        ) -> ClaimStart? {
            guard let bytes = token.bytes, let first = bytes.readableBytesView.first else { return .gone }
            switch first {
            case UInt8(ascii: "p"): return nil
            case UInt8(ascii: "s"): return .tooMany
            default: break
            }
            guard let id = candidate.entry.id(in: candidate.queue, candidate.level),
                let record = StoredRecord(Array(bytes.readableBytesView.dropFirst())),
                let job = LeasedJob(
                    id, record, hasMemory: first == UInt8(ascii: "1"), in: candidate.queue, for: session)
            else { return .damaged }
            return .running(job)
        }

        /// When plain jobs were started says the server's own clock, unless a test brings one.
        private func stamps(_ candidates: [ClaimCandidate], _ session: SessionID, _ now: Timestamp) -> [RedisCommand] {
            struct Level: Hashable {
                var queue: Queue
                var level: JobPriority
            }
            let plain = candidates.filter { !$0.entry.isRecord }
            return Dictionary(grouping: plain) { Level(queue: $0.queue, level: $0.level) }.map { place, candidates in
                stampCommand(candidates.map(\.entry.position), place.queue, place.level, of: session, at: now)
            }
        }

        func reportDamaged(_ entry: ClaimedEntry, _ queue: Queue?) {
            logger.error(
                "A job cannot be read and is passed over.",
                metadata: ["queue": "\(queue?.name.rawValue ?? "")", "entry": "\(entry.position)"])
        }

        /// Writes into the log that plain jobs were started. The claim's answer does not wait for it: a connection keeps the
        /// order, so it stands before what comes of them.
        func logStarts(_ jobs: [LeasedJob], in queues: [QueueName: Queue]) async {
            var starts: [LoggedStarts] = []
            for job in jobs where job.place == EntryPlace.plain.rawValue {
                // They come queue by queue, as they were read.
                if starts.last?.queue != job.queue { starts.append(LoggedStarts(queue: job.queue)) }
                starts[starts.count - 1].add(job)
            }
            let commands = starts.compactMap { starts in
                queues[starts.queue].map { queue in
                    command(Scripts.begin, on: queue) { arguments in
                        arguments.append(starts.count)
                        arguments.append(starts.bytes)
                    }
                }
            }
            guard !commands.isEmpty else { return }
            let write: @Sendable () async -> Void = { [self] in
                for case .failure(let error) in await sendEach(commands) where error.code != .closed {
                    logger.warning("The log of events misses starts of jobs.", metadata: ["error": "\(error)"])
                }
            }
            if #available(macOS 26, *) {
                // Runs up to where the commands are handed to the connection, before anything else can be.
                Task.immediate { await write() }
            } else {
                await write()
            }
        }
    }

    /// The starts of a queue's plain jobs, as the log keeps them.
    private struct LoggedStarts {
        let queue: QueueName
        private(set) var count = 0
        private(set) var bytes = ByteBuffer()
        private var lastName: JobName?

        init(queue: QueueName) { self.queue = queue }

        mutating func add(_ job: LeasedJob) {
            count += 1
            bytes.write(event: job, after: &lastName)
        }
    }
#endif
