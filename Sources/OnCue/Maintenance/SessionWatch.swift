/// Finds out which sessions have fallen silent. A value without I/O that is told the time by a monotonic clock of its own.
///
/// A session may be fenced once its renewal counter was seen unchanged for a whole lease, during which the store answered
/// and this watch looked. After a gap (the store did not answer, this process was stopped) counting begins anew: then
/// nobody could have renewed either, or nobody can say.
struct SessionWatch {
    /// One look at a session.
    struct Sighting: Hashable, Sendable {
        var id: SessionID
        var renewals: Int64
        var lease: Duration
    }

    /// A session to be fenced, if it still has made exactly so many renewals.
    struct Silence: Hashable, Sendable {
        var id: SessionID
        var renewals: Int64
        var lasted: Duration
    }

    private struct Seen {
        var renewals: Int64
        /// When it was first seen with so many renewals.
        var since: Duration
    }

    /// The longest time between two looks that still count as watching.
    private let largestGap: Duration
    private var seen: [SessionID: Seen] = [:]
    private var lastLook: Duration?

    init(largestGap: Duration = .seconds(5)) {
        self.largestGap = largestGap
    }

    /// The store did not answer, or did not take writes: nothing that was counted before holds.
    mutating func interrupted() {
        lastLook = nil
    }

    /// Takes in the open sessions as they were seen at `now`.
    ///
    /// - Returns: those that were silent for a whole lease.
    mutating func look(at sessions: [Sighting], now: Duration) -> [Silence] {
        if let last = lastLook, now >= last, now - last <= largestGap {
            lastLook = now
        } else {
            seen = [:]
            lastLook = now
        }
        var silences: [Silence] = []
        var current: [SessionID: Seen] = [:]
        for session in sessions {
            var entry = seen[session.id] ?? Seen(renewals: session.renewals, since: now)
            if entry.renewals != session.renewals { entry = Seen(renewals: session.renewals, since: now) }
            current[session.id] = entry
            let lasted = now - entry.since
            if lasted >= session.lease {
                silences.append(Silence(id: session.id, renewals: session.renewals, lasted: lasted))
            }
        }
        seen = current
        return silences
    }
}
