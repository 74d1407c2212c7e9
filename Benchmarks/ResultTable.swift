/// What is printed: a row for each measurement, with its ratio and what it is to reach.
struct ResultTable {
    struct Row {
        var what: String
        var yardstick: String
        var measured: String
        var reference: String
        var ratio: Double
        var reach: Double

        var cells: [String] {
            let shown = (ratio * 100).rounded() / 100
            return [what, measured, yardstick, reference, "\(shown)x", "\(reach)x", ratio >= reach ? "yes" : "NO"]
        }
    }

    private var rows: [Row] = []

    mutating func add(_ row: Row) {
        rows.append(row)
    }

    var hasMissed: Bool { rows.contains { $0.ratio < $0.reach } }

    /// As a Markdown table, so that it can go into the documentation as it is.
    func print() {
        let head = ["what", "OnCue", "yardstick", "its rate", "ratio", "to reach", "reached"]
        let lines = [head] + rows.map(\.cells)
        let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for (number, line) in lines.enumerated() {
            let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            Swift.print("| " + cells.joined(separator: " | ") + " |")
            if number == 0 {
                Swift.print("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|")
            }
        }
    }
}
