import OnCue

/// Small words that several commands print.
enum Wording {
    /// `1 job`, `2 jobs`.
    static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `12 jobs`, or `more than 100000 jobs` when counting stopped there.
    static func count(_ count: JobCount) -> String {
        count.isExact ? self.count(count.count, "job") : "more than \(self.count(count.count, "job"))"
    }

    /// How long ago, or in how long: `3m ago`, `in 2h`, `now`.
    static func relative(_ time: Timestamp, to now: Timestamp) -> String {
        let span = now - time
        if span > .seconds(-1), span < .seconds(1) { return "now" }
        return span > .zero ? "\(rough(span)) ago" : "in \(rough(.zero - span))"
    }

    /// A span in its two largest units at most: `1h12m`, `3d4h`, `45s`, `250ms`.
    static func rough(_ span: Duration) -> String {
        let seconds = span.components.seconds
        switch seconds {
        case ..<1: return "\(max(0, span.components.attoseconds / 1_000_000_000_000_000))ms"
        case ..<60: return "\(seconds)s"
        case ..<3_600: return pair(seconds, 60, "m", "s", below: 600)
        case ..<86_400: return pair(seconds / 60, 60, "h", "m", below: 600)
        default: return pair(seconds / 3_600, 24, "d", "h", below: 240)
        }
    }

    private static func pair(_ value: Int64, _ base: Int64, _ large: String, _ small: String, below: Int64) -> String {
        let rest = value % base
        return rest == 0 || value >= below ? "\(value / base)\(large)" : "\(value / base)\(large)\(rest)\(small)"
    }

    static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<1_024: "\(count) B"
        case ..<1_048_576: "\(count / 1_024) KiB"
        case ..<1_073_741_824: decimal(count, 1_048_576) + " MiB"
        default: decimal(count, 1_073_741_824) + " GiB"
        }
    }

    private static func decimal(_ value: Int64, _ unit: Int64) -> String {
        let tenths = value * 10 / unit
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension JobState {
    var colour: Colour? {
        switch self {
        case .completed: .green
        case .dead: .red
        case .running: .cyan
        case .retrying: .yellow
        case .cancelled, .blocked, .delayed: .faint
        case .pending: nil
        }
    }
}
