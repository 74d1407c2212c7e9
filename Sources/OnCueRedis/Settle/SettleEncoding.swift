#if Redis
    import NIOCore
    import OnCue
    import RedisWire

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

    extension RawWriter {
        mutating func write(id: JobID) {
            write(integer: id.high)
            write(integer: id.low)
        }
    }

    extension RedisArguments {
        mutating func append(_ entry: StreamPosition) {
            let length = RawWriter.digits(of: entry.milliseconds) + 1 + RawWriter.digits(of: entry.sequence)
            append(length: length) { writer in
                writer.write(decimal: entry.milliseconds)
                writer.write(UInt8(ascii: "-"))
                writer.write(decimal: entry.sequence)
            }
        }
    }
#endif
