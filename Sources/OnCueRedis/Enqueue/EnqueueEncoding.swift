#if Redis
    import NIOCore
    import OnCue
    import RedisWire

    // What enqueue scripts are given and what they answer.
    extension EnqueueBatch {
        /// The arguments of ``Scripts/enqueuePlain``.
        func writePlain(into arguments: inout RedisArguments) {
            arguments.append("")
            arguments.append(count)
            var scratch = ByteBuffer()
            writeMarks(into: &scratch)
            arguments.append(scratch)
            scratch.clear()
            forEach { _, job in scratch.writeInteger(UInt8(ascii: "0") + UInt8(job.priority.rawValue)) }
            arguments.append(scratch)
            forEach { place, job in
                scratch.clear()
                scratch.write(body: job, nonce: nonce(place))
                arguments.append(scratch)
            }
        }

        /// The arguments of ``Scripts/enqueue``.
        func write(into arguments: inout RedisArguments) {
            arguments.append("")
            arguments.append(isAtomic ? 1 : 0)
            arguments.append(count)
            var scratch = ByteBuffer()
            forEach { place, job in
                scratch.clear()
                scratch.write(mark: job, nonce: nonce(place))
                arguments.append(scratch)
                scratch.clear()
                scratch.write(body: job, nonce: nonce(place))
                arguments.append(scratch)
                if let special = job.special {
                    var writer = MessagePackWriter()
                    writer.write(special)
                    arguments.append(writer.bytes)
                } else {
                    arguments.append("")
                }
            }
        }

        /// One after another, as the log of events keeps them.
        func writeMarks(into buffer: inout ByteBuffer) {
            var name: JobName?
            forEach { place, job in buffer.write(mark: job, nonce: nonce(place), after: &name) }
        }

        func forEach(_ body: (Int, NewJob) -> Void) {
            var place = 0
            for part in parts {
                for index in part.range {
                    body(place, part.call.jobs[index])
                    place += 1
                }
            }
        }

        // MARK: - Answers

        /// The first position tells all ids.
        func plainAnswers(_ reply: RESPToken) throws(StoreError) -> ([EnqueueAnswer], EnqueueOutlook) {
            guard let parts = reply.elements.map(Array.init), parts.count == 4,
                let first = parts[0].array.flatMap({ StreamPosition($0) }),
                let number = parts[1].text.flatMap({ UInt16($0) }), let room = parts[2].integer,
                let isSetBack = parts[3].integer
            else { throw .unreadable("an enqueue") }
            let positions = (0..<UInt64(count)).lazy.map { place -> StreamPosition? in
                StreamPosition(milliseconds: first.milliseconds, sequence: first.sequence + place)
            }
            return (
                try accepted(at: positions, number: number),
                EnqueueOutlook(room: Int(room), isClockSetBack: isSetBack == 1)
            )
        }

        /// - Parameter number: the queue's.
        func accepted(
            at positions: some Sequence<StreamPosition?>, number: UInt16
        ) throws(StoreError) -> [EnqueueAnswer] {
            var answers: [EnqueueAnswer] = []
            answers.reserveCapacity(count)
            var iterator = positions.makeIterator()
            forEach { place, job in
                guard let next = iterator.next(), let position = next,
                    let made = StoreMadeID(
                        position: position, level: job.priority, queue: number, nonce: nonce(place))
                else { return }
                answers.append(.accepted(made.id))
            }
            guard answers.count == count else { throw .unreadable("an enqueue") }
            return answers
        }

        func answers(_ reply: RESPToken, of queue: QueueName) throws(StoreError) -> [EnqueueAnswer] {
            let full = StoreError(
                .queueFull,
                "queue '\(queue)' has as many waiting jobs as it may; let workers catch up or raise max_waiting")
            if reply.text == "F" { throw full }
            guard let parts = reply.elements.map(Array.init), parts.count == 2, let each = parts[1].elements,
                each.count == count
            else { throw .unreadable("an enqueue") }
            var answers: [EnqueueAnswer] = []
            answers.reserveCapacity(count)
            for one in each {
                guard var bytes = one.bytes, let kind = bytes.readInteger(as: UInt8.self) else {
                    throw .unreadable("an enqueue")
                }
                if kind == UInt8(ascii: "F") {
                    answers.append(.refused(full))
                    continue
                }
                guard let high = bytes.readInteger(as: UInt64.self), let low = bytes.readInteger(as: UInt64.self) else {
                    throw .unreadable("an enqueue")
                }
                let id = JobID(high: high, low: low)
                answers.append(kind == UInt8(ascii: "=") ? .duplicate(of: id) : .accepted(id))
            }
            return answers
        }
    }

    // MARK: - One job

    extension NewJob {
        /// Whether an entry says all of it: it needs no record.
        var isPlain: Bool {
            guard id == nil, unique == nil, expires == nil else { return false }
            switch due {
            case .now: return true
            case .after(let wait): return wait <= .zero
            case .at: return false
            }
        }

        /// What an entry does not say, as scripts read it; nil for a plain job.
        var special: MessagePack? {
            guard !isPlain else { return nil }
            var map: [String: MessagePack] = [:]
            if let id { map["i"] = .bytes(id.storedBytes) }
            switch due {
            case .now: break
            case .after(let wait): map["wd"] = .microseconds(wait)
            case .at(let moment): map["wt"] = .microseconds(moment)
            }
            switch expires {
            case nil: break
            // Counted from the write, like the wait.
            case .now: map["xd"] = .integer(0)
            case .after(let time): map["xd"] = .microseconds(time)
            case .at(let moment): map["xt"] = .microseconds(moment)
            }
            if let unique {
                map["k"] = .text(unique.key)
                switch unique.until {
                case .finished: map["ku"] = .text("f")
                case .started: map["ku"] = .text("s")
                case .elapsed(let time):
                    map["ku"] = .text("t")
                    map["kt"] = .microseconds(time)
                }
            }
            return .map(map)
        }
    }

    extension MessagePack {
        /// Lua's numbers are doubles: moments beyond what they tell apart (the year 2255) are that moment.
        private static let greatest: Int64 = 1 << 53

        static func microseconds(_ time: Timestamp) -> MessagePack {
            .integer(min(max(time.microseconds, -greatest), greatest))
        }

        static func microseconds(_ time: Duration) -> MessagePack {
            .integer(min(max(time.wholeMicroseconds, -greatest), greatest))
        }
    }

    extension ByteBuffer {
        /// The bytes of a ``JobBody``, without an array for each job. The name is valid: it has at most 128 bytes.
        mutating func write(body job: NewJob, nonce: UInt32) {
            write(bodyNamed: job.name, nonce: nonce, packedExtra: JobExtra.packed(job) ?? [], payload: job.payload)
        }

        mutating func write(bodyNamed name: JobName, nonce: UInt32, packedExtra: [UInt8], payload: [UInt8]) {
            let length = name.rawValue.utf8.count
            let head = 8 + length + packedExtra.count
            write(atMost: head + payload.count) { writer in
                // The version and, in three bytes, how long all before the payload is.
                writer.write(integer: UInt32(JobBody.version) << 24 | UInt32(truncatingIfNeeded: head))
                writer.write(UInt8(truncatingIfNeeded: length))
                writer.write(name.rawValue)
                writer.write(UInt8(truncatingIfNeeded: nonce >> 16))
                writer.write(integer: UInt16(truncatingIfNeeded: nonce))
                writer.write(packedExtra)
                writer.write(payload)
            }
        }
    }
#endif
