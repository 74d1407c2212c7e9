#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the process writes to and reads from.
struct Terminal: Sendable {
    /// Columns that stdout shows; nil when it is no terminal: then nothing is cut.
    var width: Int?
    /// Lines that stdout shows; nil when it is no terminal or does not say.
    var height: Int?
    var hasColour: Bool
    /// Whether stderr is a terminal: progress is drawn there.
    var showsProgress: Bool
    /// Whether stdin is a terminal: someone can be asked.
    var canAsk: Bool

    static func current(environment: [String: String]) -> Terminal {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let isPlain = environment["TERM"] == "dumb" || !(environment["NO_COLOR"] ?? "").isEmpty
        let size = isTerminal ? size() : nil
        return Terminal(
            width: isTerminal ? size?.columns ?? fallbackColumns(environment) : nil, height: size?.lines,
            hasColour: isTerminal && !isPlain,
            showsProgress: isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb",
            canAsk: isatty(STDIN_FILENO) == 1)
    }

    /// The same terminal as it is now.
    var resized: Terminal {
        guard width != nil, let size = Self.size() else { return self }
        var terminal = self
        (terminal.width, terminal.height) = size
        return terminal
    }

    private static func size() -> (columns: Int, lines: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func fallbackColumns(_ environment: [String: String]) -> Int {
        environment["COLUMNS"].flatMap(Int.init).map { max(20, $0) } ?? 80
    }
}

/// Colours of the few things that are worth one.
enum Colour: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
    case faint = "2"
    case bold = "1"
}

extension String {
    /// The text in a colour, if `on`.
    func coloured(_ colour: Colour?, on: Bool) -> String {
        guard on, let colour, !isEmpty else { return self }
        return "\u{1b}[\(colour.rawValue)m\(self)\u{1b}[0m"
    }

    /// The text on one line and without anything that a terminal would obey.
    var printable: String {
        guard unicodeScalars.contains(where: Self.isControl) else { return self }
        var result = ""
        var wasSpace = false
        for scalar in unicodeScalars {
            if scalar == "\n" || scalar == "\r" || scalar == "\t" {
                if !wasSpace { result.append(" ") }
                wasSpace = true
            } else {
                result.unicodeScalars.append(Self.isControl(scalar) ? "\u{fffd}" : scalar)
                wasSpace = scalar == " "
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    }
}
