#if Redis
    import NIOCore
    import OnCue
    import RedisWire

    /// An entry that a session holds, as it was read.
    struct ClaimedEntry: Sendable {
        enum Content: Sendable {
            /// With the moment of its enqueue where the position does not say it.
            case plain(JobBody, createdAt: Timestamp?)
            case record(JobID)
            case damaged
        }

        var position: StreamPosition
        var count: DeliveryCount
        /// Who held it; nil: it is new.
        var from: ReservedConsumer?
        var content: Content
        /// Nil where the entry does not say it.
        var name: JobName?

        /// Nil when this is no entry of a stream.
        init?(position: RESPToken?, count: DeliveryCount, fields: RESPToken?, from: ReservedConsumer? = nil) {
            guard let position = position?.bytes.flatMap({ StreamPosition($0.readableBytesView) }),
                let fields = fields?.elements
            else { return nil }
            self.position = position
            self.count = count
            self.from = from
            var iterator = fields.makeIterator()
            let kind = iterator.next()?.text
            let value = iterator.next()
            let more = iterator.next()?.text
            let extra = iterator.next()
            switch kind {
            case "d":
                let createdAt = more == "t" ? extra?.integer.map(Timestamp.init(microseconds:)) : nil
                let body = value?.bytes.flatMap { JobBody($0.readableBytesView) }
                content = body.map { .plain($0, createdAt: createdAt) } ?? .damaged
                name = body?.name
            case "r":
                content = value?.array.flatMap { JobID(storedBytes: $0) }.map(Content.record) ?? .damaged
                name = more == "n" ? extra?.text.map(JobName.init(rawValue:)) : nil
            default: content = .damaged
            }
        }

        var isRecord: Bool {
            if case .record = content { true } else { false }
        }

        /// Bytes that came over, roughly.
        var size: Int {
            switch content {
            case .plain(let body, _): body.packedExtra.count + body.payload.count + 96
            case .record, .damaged: 128
            }
        }

        /// The id of the job; nil where the entry is damaged.
        func id(in queue: Queue, _ level: JobPriority) -> JobID? {
            switch content {
            case .record(let id): id
            case .plain(let body, _):
                StoreMadeID(position: position, level: level, queue: queue.number, nonce: body.nonce)?.id
            case .damaged: nil
            }
        }

        /// The plain job that it is; nil for any other.
        func plainJob(_ level: JobPriority, in queue: Queue, for session: SessionID) -> LeasedJob? {
            guard case .plain(let body, let createdAt) = content,
                // Most have none of it, and shall cost nothing more.
                let extra = body.packedExtra.isEmpty ? .some(nil) : body.extra().map(Optional.some),
                let id = StoreMadeID(position: position, level: level, queue: queue.number, nonce: body.nonce)
            else { return nil }
            return LeasedJob(
                id: id.id, name: body.name, queue: queue.name, priority: level, payload: body.payload,
                attempt: count.attempt, lostWorkers: 0, createdAt: createdAt ?? position.moment, session: session,
                delivery: count.delivery, place: EntryPlace.plain.rawValue,
                details: extra.flatMap { LeasedJob.Details($0, expiresAt: nil, hasMemory: false) })
        }
    }

    extension LeasedJob {
        /// A job that was started by its record.
        convenience init?(_ id: JobID, _ record: StoredRecord, hasMemory: Bool, in queue: Queue, for session: SessionID)
        {
            guard var extra = record.body.extra() else { return nil }
            extra.options.maxAttempts = record.facts.maxAttempts ?? extra.options.maxAttempts
            self.init(
                id: id, name: record.body.name, queue: queue.name, priority: record.facts.level,
                payload: record.body.payload, attempt: record.facts.attempt, lostWorkers: record.facts.lostWorkers,
                createdAt: record.facts.created, session: session, delivery: record.facts.delivery,
                place: EntryPlace.record.rawValue,
                details: Details(extra, expiresAt: record.facts.expires, hasMemory: hasMemory))
        }
    }

    extension LeasedJob.Details {
        /// Nil when there is nothing of it.
        convenience init?(_ extra: JobExtra, expiresAt: Timestamp?, hasMemory: Bool) {
            guard extra != JobExtra() || expiresAt != nil || hasMemory else { return nil }
            self.init(
                contentType: extra.contentType, options: extra.options, tags: extra.tags,
                correlationID: extra.correlationID, headers: extra.headers, unique: extra.unique, expiresAt: expiresAt,
                parent: extra.parent, hasMemory: hasMemory)
        }
    }
#endif
