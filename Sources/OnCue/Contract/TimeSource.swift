#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The clocks that a store reads. Tests bring one that they drive.
public protocol TimeSource: Sendable {
    /// The wall clock: decides what is due and stamps what is written.
    func now() -> Timestamp
    /// A clock that never jumps, from an arbitrary zero: measures leases, waits and durations.
    func uptime() -> Duration
}

/// The machine's clocks.
public struct SystemTime: TimeSource {
    public init() {}

    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    public func uptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}

extension TimeSource where Self == SystemTime {
    /// The machine's clocks.
    public static var system: SystemTime { SystemTime() }
}
