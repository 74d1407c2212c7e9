import OnCue

/// `--unique KEY` or `--unique KEY:TTL`, with `--unique-until`.
enum UniqueArgument {
    enum Until: String, CaseIterable, Sendable {
        case finished
        case started
    }

    /// The part after the last colon is the time if it reads as a duration; else it belongs to the key.
    static func key(_ text: String, until: Until?) throws(CommandError) -> UniqueKey {
        if let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let time = try? Duration(parsing: String(text[text.index(after: colon)...])), time > .zero
        {
            guard until == nil else {
                throw .usage("--unique with a time and --unique-until exclude each other")
            }
            return UniqueKey(String(text[..<colon]), until: .elapsed(time))
        }
        return UniqueKey(text, until: until == .started ? .started : .finished)
    }
}

/// `--tag key=value`
enum PairArgument {
    static func pairs(_ texts: [String], option: String) throws(CommandError) -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw .usage("\(option) takes key=value, this is '\(text.prefix(100))'")
            }
            pairs[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return pairs
    }
}
