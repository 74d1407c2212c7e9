#if Redis
    import NIOCore
    import OnCue

    extension Settlement {
        /// What came of a job, as ``Scripts/settle`` reads it.
        ///
        /// `o` the outcome, `n` the name, `c` whether a retry counts, `a` microseconds to wait, `out` the output, `dr` and `cr`
        /// the reasons, `k` what is kept, `f` the attempt as the history keeps it with `le` and `lc` of it, `fu` the follow-ups.
        ///
        /// - Parameter token: names the follow-up at an index, where it is for another queue.
        func packed(worker: String, token: (Int) -> String) -> MessagePack {
            var map: [String: MessagePack] = ["n": .text(job.name.rawValue)]
            switch outcome {
            case .completed(let output):
                map["o"] = .text("completed")
                map["out"] = output.map(MessagePack.bytes)
            case .retry(let wait, let counts):
                map["o"] = .text("retry")
                map["a"] = .microseconds(max(.zero, wait))
                map["c"] = .bool(counts)
            case .snooze(let wait):
                map["o"] = .text("snooze")
                map["a"] = .microseconds(max(.zero, wait))
            case .released: map["o"] = .text("release")
            case .cancelled(let reason):
                map["o"] = .text("cancel")
                map["cr"] = reason.map { .text(Limits.clipped($0, to: Limits.messageBytes)) }
            case .dead(let reason):
                map["o"] = .text("dead")
                map["dr"] = .text(reason.rawValue)
            }
            switch keep {
            case .policy: map["k"] = .text("p")
            case .nothing: map["k"] = .text("n")
            case .atLeast(let time): map["k"] = .microseconds(max(.zero, time))
            }
            if let failure {
                let error = Limits.clipped(failure.error, to: Limits.errorBytes)
                map["le"] = .text(error)
                map["lc"] = .text(failure.category.rawValue)
                map["f"] = .bytes(
                    AttemptRecord(
                        attempt: job.attempt, startedAt: failure.startedAt, duration: failure.duration, worker: worker,
                        category: failure.category, error: error
                    ).encoded())
            }
            if !followUps.isEmpty {
                map["fu"] = .array(
                    followUps.enumerated().map { index, new in
                        new.packed(from: job.queue, token: { token(index) })
                    })
            }
            return .map(map)
        }
    }

    extension NewJob {
        /// A follow-up: `m` its mark, `b` its body, `r` what is special about it; for another queue `q`, its name, and `t`, a token.
        fileprivate func packed(from source: QueueName, token: () -> String) -> MessagePack {
            let nonce = UInt32.random(in: 0..<1 << UInt32(JobBody.nonceBits))
            var mark = ByteBuffer()
            mark.write(mark: self, nonce: nonce)
            var body = ByteBuffer()
            body.write(body: self, nonce: nonce)
            var map: [String: MessagePack] = [
                "m": .bytes(Array(mark.readableBytesView)), "b": .bytes(Array(body.readableBytesView)),
            ]
            map["r"] = special
            if queue != source {
                map["q"] = .text(queue.rawValue)
                map["t"] = .text(token())
            }
            return .map(map)
        }
    }

    extension ByteBuffer {
        mutating func write(id: JobID) {
            writeInteger(id.high)
            writeInteger(id.low)
        }

        /// One event of a job, as the log packs it.
        mutating func write(event job: LeasedJob) {
            write(id: job.id)
            writeInteger(UInt32(clamping: job.attempt))
            writeInteger(UInt8(truncatingIfNeeded: job.name.rawValue.utf8.count))
            writeString(job.name.rawValue)
        }

        /// The record of a job that was plain while it ran, without the stamp that the script puts in front.
        mutating func write(recordOf job: LeasedJob, _ token: EntryPlace.PlainToken) {
            // A map of five.
            writeInteger(0x85, as: UInt8.self)
            writeFact(.level, Int64(job.priority.rawValue))
            writeFact(.attempt, Int64(job.attempt))
            writeFact(.delivery, job.delivery)
            writeFact(.lostWorkers, 0)
            writeFact(.created, job.createdAt.microseconds)
            let extra = job.details.map(JobExtra.init) ?? JobExtra()
            write(
                bodyNamed: job.name, nonce: StoreMadeID(job.id)?.nonce ?? 0,
                packedExtra: extra == JobExtra() ? [] : extra.encoded(), payload: job.payload)
        }

        private mutating func writeFact(_ key: JobFacts.Key, _ value: Int64) {
            writeInteger(0xa0 | UInt8(truncatingIfNeeded: key.rawValue.utf8.count))
            writeString(key.rawValue)
            switch value {
            case 0...0x7f: writeInteger(UInt8(truncatingIfNeeded: value))
            case 0...0xffff_ffff:
                writeInteger(0xce, as: UInt8.self)
                writeInteger(UInt32(truncatingIfNeeded: value))
            default:
                writeInteger(0xd3, as: UInt8.self)
                writeInteger(value)
            }
        }
    }

    extension JobExtra {
        init(_ details: LeasedJob.Details) {
            self.init()
            contentType = details.contentType
            options = details.options
            options.queue = nil
            options.priority = nil
            tags = details.tags
            correlationID = details.correlationID
            headers = details.headers
            unique = details.unique
            parent = details.parent
        }
    }
#endif
