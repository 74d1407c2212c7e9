import OnCue

/// Where the entry of a job that a session holds is found: what `LeasedJob.place` says.
///
/// A plain job's entry and count follow from its id and its numbers. A job with a record may stand anywhere: its record
/// says the entry (`e`) and how often that was handed out (`n`), so a script looks there and finds by session (`ses`) and
/// delivery (`d`) whether the lease still holds. Nothing has to be kept in a process, and every 64 bits are left.
enum EntryPlace: Int64, Hashable, Sendable {
    /// It was plain when it was handed out. It may have got a record since, which stands under its id and has the same
    /// entry.
    case plain = 0
    /// Its record says it.
    case record = 1

    /// The stream, the entry and the count of the pending list by which a plain job is held; nil where only the record
    /// knows them, and for a job that this store cannot have handed out so.
    static func token(of job: LeasedJob) -> PlainToken? {
        guard job.place == plain.rawValue, let id = StoreMadeID(job.id),
            let count = DeliveryCount(attempt: job.attempt, delivery: job.delivery)
        else { return nil }
        return PlainToken(id: id, count: count)
    }

    /// By what a session holds a plain job.
    struct PlainToken: Hashable, Sendable {
        let id: StoreMadeID
        var count: DeliveryCount

        var level: JobPriority { id.level }
        var entry: StreamPosition { id.position }
    }
}

/// The delivery count of an entry in the pending list: attempts and, above them, how many were given back unspent.
///
/// `XREADGROUP` makes it 1: the first attempt and delivery. Claimed again is one more; given back unspent is one attempt
/// less and one return more.
struct DeliveryCount: RawRepresentable, Hashable, Sendable {
    /// So many attempts an entry can have.
    static let attemptBits: Int64 = 20

    let rawValue: Int64

    init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Nil when it does not fit, or when there were fewer deliveries than attempts.
    init?(attempt: Int, delivery: Int64) {
        let returned = delivery.subtractingReportingOverflow(Int64(attempt))
        guard attempt >= 0, attempt < 1 << Self.attemptBits, !returned.overflow,
            (0..<1 << (53 - Self.attemptBits)).contains(returned.partialValue)
        else { return nil }
        rawValue = returned.partialValue << Self.attemptBits + Int64(attempt)
    }

    var attempt: Int { Int(rawValue & (1 << Self.attemptBits - 1)) }
    var delivery: Int64 { Int64(attempt) + rawValue >> Self.attemptBits }
}
