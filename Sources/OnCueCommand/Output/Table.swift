/// Rows in columns, cut to the width of the terminal.
struct Table: Sendable {
    struct Column: Sendable {
        enum Alignment: Sendable { case left, right }

        var title: String
        var alignment: Alignment
        /// Gives way when the terminal is too narrow; at least this much of it stays. Nil: never cut.
        var shrinksTo: Int?

        static func left(_ title: String) -> Column { Column(title: title, alignment: .left, shrinksTo: nil) }
        static func right(_ title: String) -> Column { Column(title: title, alignment: .right, shrinksTo: nil) }
        static func text(_ title: String, atLeast least: Int = 8) -> Column {
            Column(title: title, alignment: .left, shrinksTo: least)
        }
    }

    struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        var text: String
        var colour: Colour?

        init(_ text: String, _ colour: Colour? = nil) {
            self.text = text.printable
            self.colour = colour
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    init(_ columns: Column...) {
        self.columns = columns
    }

    mutating func append(_ cells: Cell...) {
        rows.append(cells)
    }

    /// - Parameters:
    ///   - width: columns of the terminal; nil: nothing is cut.
    func text(width: Int?, colour: Bool) -> String {
        let widths = fitted(to: width)
        var lines = [line(columns.map { Cell($0.title, .faint) }, widths, colour)]
        for row in rows { lines.append(line(row, widths, colour)) }
        return lines.joined(separator: "\n")
    }

    private static let gap = 2

    private func fitted(to width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { Swift.max($0, $1[index].text.count) }
        }
        guard let width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - width
        // The widest gives way first, one character at a time, until all fits or nothing more can be cut.
        while excess > 0 {
            let cuttable = columns.indices.filter { widths[$0] > (columns[$0].shrinksTo ?? .max) }
            guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ colour: Bool) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let isLast = index == cells.count - 1
            let fits = cell.text.count <= widths[index]
            let text = fits ? cell.text : String(cell.text.prefix(Swift.max(0, widths[index] - 1))) + "…"
            let padding = String(repeating: " ", count: Swift.max(0, widths[index] - text.count))
            let shown = text.coloured(cell.colour, on: colour)
            switch columns[index].alignment {
            case .right: line += padding + shown
            case .left: line += isLast ? shown : shown + padding
            }
            if !isLast { line += String(repeating: " ", count: Self.gap) }
        }
        return line
    }
}
