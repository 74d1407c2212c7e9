#if Redis
    import NIOCore
    public import OnCue
    import RedisWire

    extension RedisStore {
        /// Effects that one job may store.
        private static let effectsAtMost = 1_000
        /// Notes, and bytes of them, in one script at most.
        private static let notesAtMost = 1_000
        private static let noteBytesAtMost = 8 << 20

        public func record(_ notes: [JobNote]) async throws(StoreError) -> [Bool] {
            guard try !core.isNothing(notes) else { return [] }
            try await check(notes)
            var answers = [Bool](repeating: false, count: notes.count)
            for part in NotePart.split(notes, atMost: Self.notesAtMost, bytes: Self.noteBytesAtMost) {
                guard let queue = try await core.registry.queue(part.queue) else { continue }
                let worker: String
                do throws(StoreError) {
                    worker = try await core.sessions.worker(of: part.session)
                } catch {
                    guard error.code == .fenced else { throw error }
                    continue
                }
                // Said again, only an event of progress stands twice.
                let command = core.command(Scripts.note, on: queue, session: part.session, isSafeToRepeat: true) {
                    part.write(notes, worker: worker, into: &$0)
                }
                let reply = try await core.sendDurably([command])[0].get()
                guard let letters = reply.array, letters.count == part.places.count else { throw .unreadable("notes") }
                for (place, letter) in zip(part.places, letters) { answers[place] = letter == UInt8(ascii: "1") }
            }
            return answers
        }

        public func memory(of job: JobID) async throws(StoreError) -> JobMemory {
            let answer = try await core.inQueue(of: job) { queue, place in
                core.command(Scripts.memory, on: queue, isSafeToRepeat: true) { arguments in
                    arguments.append(job.storedBytes)
                    arguments.append(place.level)
                    arguments.append(place.entry)
                }
            }
            guard let answer else { throw StoreError(.notFound, "there is no job '\(job)'") }
            var memory = JobMemory()
            for (key, value) in try answer.bytePairs("what a job saved") {
                if key == [0] {
                    memory.checkpoint = value
                } else {
                    memory.effects[String(decoding: key, as: UTF8.self)] = value
                }
            }
            return memory
        }

        public func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] {
            let answer = try await core.inQueue(of: job) { queue, _ in
                var command = RedisCommand("HGET", key: queue.keys[.history])
                command.append(job.storedBytes)
                command.isSafeToRepeat = true
                return command
            }
            guard let bytes = answer?.array else { return [] }
            guard let attempts = AttemptHistory.read(bytes) else {
                throw StoreError(.corrupt, "the history of job '\(job)' is damaged")
            }
            return attempts
        }

        // MARK: - Rules

        private func check(_ notes: [JobNote]) async throws(StoreError) {
            var effects: [JobID: (queue: QueueName, keys: Set<String>)] = [:]
            for note in notes {
                switch note.content {
                case .progress(let share, _):
                    guard share >= 0, share <= 1 else {
                        throw StoreError(.invalid, "takes a number from 0 to 1, this is \(share)", field: "progress")
                    }
                case .checkpoint(let bytes): try checkSize(bytes, field: "checkpoint")
                case .effect(let key, let result):
                    do throws(ValidationError) {
                        try Limits.checkKey(key, field: "effect")
                    } catch {
                        throw StoreError(error)
                    }
                    try checkSize(result, field: "effect")
                    effects[note.job.id, default: (note.job.queue, [])].keys.insert(key)
                }
            }
            // Only who holds a job adds effects to it, so what is seen now still holds when it is written.
            for (job, (name, keys)) in effects {
                guard let queue = try await core.registry.queue(name) else { continue }
                var command = RedisCommand("HGET", key: queue.keys[.memory])
                command.append(job.storedBytes)
                command.isSafeToRepeat = true
                let stored = Self.effectKeys(try await core.send(command).array ?? [])
                guard stored.union(keys).count <= Self.effectsAtMost else {
                    throw StoreError(.invalid, "a job stores at most \(Self.effectsAtMost) effects", field: "effect")
                }
            }
        }

        private func checkSize(_ bytes: [UInt8], field: String) throws(StoreError) {
            guard bytes.count <= core.options.maxPayload else {
                throw StoreError(
                    .invalid, "may have \(core.options.maxPayload) bytes, this has \(bytes.count)", field: field)
            }
        }

        /// The keys of what a job has saved, as scripts list them: each behind its length. The checkpoint has no text for one.
        private static func effectKeys(_ index: [UInt8]) -> Set<String> {
            var reader = ByteReader(index)
            var keys: Set<String> = []
            while let length = reader.bigEndian(2), let key = reader.text(Int(length)) {
                if key != "\0" { keys.insert(key) }
            }
            return keys
        }
    }

    /// Notes of one session in one queue that are written together, in their order.
    private struct NotePart {
        let queue: QueueName
        let session: SessionID
        /// Places in the call.
        var places: [Int] = []
        private var bytes = 0

        private init(_ job: LeasedJob) {
            queue = job.queue
            session = job.session
        }

        static func split(_ notes: [JobNote], atMost most: Int, bytes mostBytes: Int) -> [NotePart] {
            struct Key: Hashable {
                let queue: QueueName
                let session: SessionID
            }
            var parts: [NotePart] = []
            var open: [Key: Int] = [:]
            for (place, note) in notes.enumerated() {
                let key = Key(queue: note.job.queue, session: note.job.session)
                if let index = open[key], parts[index].places.count >= most || parts[index].bytes >= mostBytes {
                    open[key] = nil
                }
                let index = open[key] ?? parts.count
                if index == parts.count { parts.append(NotePart(note.job)) }
                open[key] = index
                parts[index].places.append(place)
                parts[index].bytes += note.content.size
            }
            return parts
        }

        /// The arguments of ``Scripts/note``.
        func write(_ notes: [JobNote], worker: String, into arguments: inout RedisArguments) {
            arguments.append(session.rawValue)
            arguments.append(worker)
            arguments.append(places.count)
            for place in places {
                let job = notes[place].job
                let token = EntryPlace.token(of: job)
                arguments.append((token?.level ?? job.priority).rawValue)
                arguments.append(token?.entry.description ?? "")
                arguments.append(token?.count.rawValue ?? job.delivery)
                arguments.append(job.id.storedBytes)
                switch notes[place].content {
                case .progress(let share, let message):
                    arguments.append("p")
                    arguments.append("\(share)")
                    arguments.append(message.map { "+" + Limits.clipped($0, to: Limits.messageBytes) } ?? "")
                case .checkpoint(let bytes):
                    arguments.append("c")
                    arguments.append(bytes)
                    arguments.append("")
                case .effect(let key, let result):
                    arguments.append("e")
                    arguments.append(result)
                    arguments.append(key)
                }
            }
        }
    }

    extension JobNote.Content {
        fileprivate var size: Int {
            switch self {
            case .progress(_, let message): message?.utf8.count ?? 0
            case .checkpoint(let bytes): bytes.count
            case .effect(_, let result): result.count
            }
        }
    }
#endif
