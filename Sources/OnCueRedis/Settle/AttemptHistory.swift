#if Redis
    import OnCue

    /// The failed attempts of a job as they are kept: how many (one byte), then each behind its length (four bytes).
    ///
    /// An attempt is two MessagePack maps: number, begin, end and worker, `a`, `b`, `e` and `w`; error and category, `le` and `lc`.
    enum AttemptHistory {
        /// Nil when the bytes are damaged.
        static func read(_ bytes: [UInt8]) -> [AttemptRecord]? {
            var reader = ByteReader(bytes)
            guard let count = reader.byte() else { return nil }
            var attempts: [AttemptRecord] = []
            for _ in 0..<count {
                guard let length = reader.bigEndian(4), let packed = reader.slice(Int(length)),
                    let attempt = AttemptRecord(packed: packed)
                else { return nil }
                attempts.append(attempt)
            }
            return attempts
        }
    }

    extension AttemptRecord {
        fileprivate init?(packed: ArraySlice<UInt8>) {
            var reader = MessagePackReader(packed)
            guard let run = reader.value()?.map, let failure = reader.value()?.map,
                let attempt = run["a"]?.integer, let begin = run["b"]?.integer, let end = run["e"]?.integer,
                let error = failure["le"]?.text
            else { return nil }
            let (microseconds, overflow) = end.subtractingReportingOverflow(begin)
            self.init(
                attempt: Int(clamping: attempt), startedAt: Timestamp(microseconds: begin),
                duration: .microseconds(overflow ? 0 : microseconds), worker: run["w"]?.text ?? "",
                category: failure["lc"]?.text.flatMap(FailureCategory.init) ?? .system, error: error)
        }

        func encoded() -> [UInt8] {
            var writer = MessagePackWriter()
            writer.write(
                .map([
                    "a": .integer(Int64(attempt)), "b": .integer(startedAt.microseconds),
                    "e": .integer((startedAt + duration).microseconds), "w": .text(worker),
                ]))
            writer.write(.map(["le": .text(error), "lc": .text(category.rawValue)]))
            return writer.bytes
        }
    }
#endif
