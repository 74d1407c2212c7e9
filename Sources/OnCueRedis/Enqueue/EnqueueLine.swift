#if Redis
    import NIOCore
    import OnCue

    /// Calls of one kind that wait for a script, and how far the first of them was taken.
    struct EnqueueLine {
        /// What one script takes at most; an atomic call goes out whole.
        static let jobsAtMost = 1_000
        /// From so many on only half of what waits is taken: the rest is encoded while the server works.
        static let jobsToHalve = 500
        static let bytesAtMost = 8 << 20

        private(set) var calls: [EnqueueCall] = []
        /// Jobs of the first call that went out before.
        private var taken = 0
        /// Jobs that wait.
        private(set) var jobs = 0

        mutating func add(_ call: EnqueueCall) {
            calls.append(call)
            jobs += call.jobs.count
        }

        /// What the next script takes, from the front.
        mutating func takeBatch() -> EnqueueBatch? {
            guard let first = calls.first else { return nil }
            if first.isAtomic { return EnqueueBatch([remove(.max)]) }
            var parts: [EnqueueBatch.Part] = []
            let most = min(Self.jobsAtMost, jobs >= Self.jobsToHalve ? (jobs + 1) / 2 : jobs)
            var (room, bytes) = (most, Self.bytesAtMost)
            while room > 0, bytes > 0, let call = calls.first, !call.isAtomic {
                var count = 0
                for index in call.jobs.indices[taken...].prefix(room) {
                    // One job goes in any case, however large it is.
                    bytes -= call.jobs[index].payload.count
                    if bytes < 0, room < most || count > 0 { break }
                    count += 1
                }
                guard count > 0 else { break }
                room -= count
                parts.append(remove(count))
            }
            return EnqueueBatch(parts)
        }

        /// The next jobs of the first call, at most so many.
        private mutating func remove(_ most: Int) -> EnqueueBatch.Part {
            let call = calls[0]
            let end = call.jobs.count - taken > most ? taken + most : call.jobs.count
            let part = EnqueueBatch.Part(call: call, range: taken..<end)
            jobs -= part.range.count
            taken = end
            if end == call.jobs.count {
                calls.removeFirst()
                taken = 0
            }
            return part
        }

        /// What still waits of a call that has begun to go out.
        mutating func removeRest(of call: EnqueueCall) -> Range<Int>? {
            guard taken > 0, calls.first === call else { return nil }
            return remove(.max).range
        }

        /// Calls that have waited too long and of which nothing went out.
        mutating func removeThose(before deadline: NIODeadline) -> [EnqueueCall] {
            guard let first = calls.first, first.since < deadline else { return [] }
            let kept = taken > 0 ? 1 : 0
            let late = calls.dropFirst(kept).prefix { $0.since < deadline }
            jobs -= late.reduce(0) { $0 + $1.jobs.count }
            calls.removeSubrange(kept..<kept + late.count)
            return Array(late)
        }
    }

    /// What goes out in one script.
    struct EnqueueBatch {
        struct Part {
            let call: EnqueueCall
            let range: Range<Int>
        }

        let parts: [Part]
        let count: Int
        let isPlain: Bool
        let isAtomic: Bool
        /// Every job's nonce comes from it.
        private let seed = UInt64.random(in: 0...UInt64.max)

        init(_ parts: [Part]) {
            self.parts = parts
            count = parts.reduce(0) { $0 + $1.range.count }
            isPlain = parts.allSatisfy(\.call.isPlain)
            isAtomic = parts.contains(where: \.call.isAtomic)
        }

        /// The level of all its jobs; nil where they have several.
        var onlyLevel: JobPriority? {
            guard let first = parts.first.map({ $0.call.jobs[$0.range.lowerBound].priority }) else { return nil }
            let isOnly = parts.allSatisfy { part in
                part.range.allSatisfy { part.call.jobs[$0].priority == first }
            }
            return isOnly ? first : nil
        }

        /// The nonce of the job at this place: a step of SplitMix64.
        func nonce(_ place: Int) -> UInt32 {
            var mixed = seed &+ UInt64(place) &* 0x9E37_79B9_7F4A_7C15
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return UInt32(truncatingIfNeeded: mixed >> (64 - UInt64(JobBody.nonceBits)))
        }
    }
#endif
