import OnCue
import Synchronization

/// How far a long piece of work is, drawn on stderr when that is a terminal.
final class ProgressBar: Sendable {
    private let title: String
    private let total: Int?
    private let isShown: Bool
    private let started: Duration
    private let drawnAt = Mutex<Duration?>(nil)

    /// - Parameter total: nil when it is not known how much there is.
    init(_ title: String, total: Int?, output: Output) {
        self.title = title
        self.total = total
        isShown = output.terminal.showsProgress && !output.isQuiet
        started = SystemTime().uptime()
    }

    /// Draws at most ten times a second.
    func update(_ done: Int) {
        guard isShown else { return }
        let now = SystemTime().uptime()
        let isDue = drawnAt.withLock { drawnAt in
            if let last = drawnAt, now - last < .milliseconds(100) { return false }
            drawnAt = now
            return true
        }
        guard isDue else { return }
        Output.write("\r\u{1b}[K" + Self.line(title, done: done, of: total, after: now - started), to: 2)
    }

    /// Removes the bar.
    func finish() {
        guard isShown, drawnAt.withLock({ $0 != nil }) else { return }
        Output.write("\r\u{1b}[K", to: 2)
    }

    static func line(_ title: String, done: Int, of total: Int?, after elapsed: Duration) -> String {
        let rate = elapsed.inSeconds > 0.2 ? "  \(Int(Double(done) / elapsed.inSeconds))/s" : ""
        guard let total, total > 0 else { return "\(title)  \(done)\(rate)" }
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * 24)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        return "\(title)  \(bar) \(Int(share * 100)) %  \(done) of \(total)\(rate)"
    }
}
