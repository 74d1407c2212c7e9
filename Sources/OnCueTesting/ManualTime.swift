public import OnCue
import Synchronization

/// Clocks that stand still until a test moves them.
///
/// Stores notice a move within a few milliseconds, also while someone waits in them.
public final class ManualTime: TimeSource {
    private struct Clocks {
        var wall: Timestamp
        var uptime: Duration
    }

    private let clocks: Mutex<Clocks>

    /// - Parameter start: where the wall clock begins; 2026-01-01T00:00:00Z unless said.
    public init(start: Timestamp = Timestamp(microseconds: 1_767_225_600_000_000)) {
        clocks = Mutex(Clocks(wall: start, uptime: .seconds(1_000)))
    }

    public func now() -> Timestamp {
        clocks.withLock { $0.wall }
    }

    public func uptime() -> Duration {
        clocks.withLock { $0.uptime }
    }

    /// Time passes: both clocks go on by `time`.
    public func advance(by time: Duration) {
        clocks.withLock {
            $0.wall = $0.wall + time
            $0.uptime += time
        }
    }

    /// Someone sets the wall clock, forth or (with a negative `time`) back; no time passes.
    public func jumpWallClock(by time: Duration) {
        clocks.withLock { $0.wall = $0.wall + time }
    }
}
