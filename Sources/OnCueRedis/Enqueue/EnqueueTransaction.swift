#if Redis
    import NIOCore
    import OnCue
    import RedisWire

    /// Many plain jobs of one level, as commands of their own in one transaction. They cost the server two thirds of what they do in
    /// a script, whose every call of a command takes as long as the command.
    ///
    /// A transaction cannot look before it writes. So it is for queues that had much room at the last write, and its end takes all
    /// out again where that is gone. A stream that is gone is not made again; then nothing is written.
    struct EnqueueTransaction {
        /// With fewer, what surrounds them costs more than it saves.
        static let jobsAtLeast = 64

        private let batch: EnqueueBatch
        private let queue: Queue
        private let level: JobPriority

        /// Nil where the batch is to be written by a script.
        init?(_ batch: EnqueueBatch, on queue: Queue) {
            guard batch.isPlain, batch.count >= Self.jobsAtLeast, let level = batch.onlyLevel else { return nil }
            self.batch = batch
            self.queue = queue
            self.level = level
        }

        func encoded(_ core: StoreCore) -> RedisTransaction {
            var entry = RedisCommand("XADD", key: queue.keys.stream(of: level))
            for word in ["NOMKSTREAM", "*", "d"] { entry.append(word) }
            var transaction = RedisTransaction()
            var scratch = ByteBuffer()
            batch.forEach { place, job in
                scratch.clear()
                scratch.write(body: job, nonce: batch.nonce(place))
                transaction.append(entry, scratch)
            }
            scratch.clear()
            batch.writeMarks(into: &scratch)
            transaction.append(
                core.commandInFull(Scripts.enqueued, on: queue) { arguments in
                    arguments.append(level.rawValue)
                    arguments.append(batch.count)
                    arguments.append(scratch)
                })
            return transaction
        }

        /// Nil when nothing was written: the queue is not there, or may be full.
        func answers(
            _ reply: RESPToken
        ) throws(StoreError) -> (answers: [EnqueueAnswer], outlook: EnqueueOutlook)? {
            guard var replies = reply.elements?.makeIterator() else { throw .unreadable("an enqueue") }
            var positions: [StreamPosition?] = []
            positions.reserveCapacity(batch.count)
            for _ in 0..<batch.count {
                let position = replies.next()?.bytes?.withUnsafeReadableBytes { StreamPosition($0) }
                guard let position else { break }
                positions.append(position)
            }
            // They are of one stream: it has taken all or none.
            guard positions.count == batch.count, let end = replies.next() else {
                if let error = reply.elements?.first(where: { _ in true })?.error { throw StoreError(error) }
                return nil
            }
            if end.isNull { return nil }
            guard let parts = end.elements.map(Array.init), parts.count == 3,
                let number = parts[0].text.flatMap({ UInt16($0) }), let room = parts[1].integer,
                let isSetBack = parts[2].integer
            else {
                throw StoreError(
                    .outcomeUnknown,
                    "written, but not counted (\(end.error?.message ?? "what is known of the queue is gone")); 'oncue doctor --repair' looks into it"
                )
            }
            return (
                try batch.accepted(at: positions, number: number),
                EnqueueOutlook(room: Int(room), isClockSetBack: isSetBack == 1)
            )
        }
    }

    /// What a queue's last write says of the next one.
    struct EnqueueOutlook {
        /// So far from full, no two scripts under way can fill it.
        private static let muchRoom = 100_000

        /// Whether the next write will most likely not meet a full queue.
        let hasMuchRoom: Bool
        /// Redis gives positions of its own; behind the newest one where the clock was set back, and nobody would know when.
        let isClockSetBack: Bool

        /// - Parameter room: how many more jobs it takes at least; negative where any number may wait.
        init(room: Int, isClockSetBack: Bool) {
            hasMuchRoom = room < 0 || room >= Self.muchRoom
            self.isClockSetBack = isClockSetBack
        }

        /// Before anything is known, and after a failure.
        static let unknown = EnqueueOutlook(room: 0, isClockSetBack: false)
    }
#endif
