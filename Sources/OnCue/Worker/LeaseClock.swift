/// How sure a worker can be that its session is its own, by its own monotonic clock. A value that is told the time, in
/// nanoseconds of ``Uptime``.
struct LeaseClock: Sendable {
    let lease: Int64
    /// When the last renewal that succeeded was sent.
    private(set) var renewedAt: Int64 = 0

    init(lease: Duration) {
        self.lease = lease.wholeNanoseconds
    }

    /// A renewal that was sent at `moment` has succeeded.
    mutating func renewed(at moment: Int64) {
        renewedAt = max(renewedAt, moment)
    }

    /// Stop in time: others may take over once the lease has passed.
    var margin: Int64 { min(3_000_000_000, lease / 8) }

    /// From here on the worker must take its jobs for lost.
    var endsAt: Int64 { renewedAt.saturatingAdd(lease - margin) }

    /// When to renew next: three times in a lease.
    var nextRenewal: Int64 { renewedAt.saturatingAdd(lease / 3) }
}
