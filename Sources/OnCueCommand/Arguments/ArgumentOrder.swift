import OnCue

/// Brings a command line into the order that the parser reads: global options may stand anywhere, also before the
/// subcommand, and `--wait` may stand with or without a time. Pure.
struct ArgumentOrder: Sendable {
    /// The names of the subcommands, each with those below it.
    struct Tree: Sendable {
        var children: [String: Tree] = [:]
    }

    var commands: Tree
    /// Global options that stand alone, with their dashes.
    var flags: Set<String>
    /// Global options that are followed by a value, with their dashes.
    var options: Set<String>

    /// A command line taken apart at its subcommand.
    private struct Parts {
        var path: [String] = []
        var globals: [String] = []
        var rest: ArraySlice<String>
        /// What could follow the path.
        var below: Tree
    }

    func arranged(_ arguments: [String]) -> [String] {
        let parts = parts(of: arguments)
        // Without a subcommand there is nothing to move behind.
        guard !parts.path.isEmpty else { return arguments }
        let rest = Array(parts.rest)
        return parts.path + parts.globals + (parts.path == ["submit"] ? Self.withExplicitWait(rest) : rest)
    }

    /// The word that stands where a subcommand should and is none, with what could stand there.
    func unknownCommand(in arguments: [String]) -> (word: String, known: [String])? {
        let parts = parts(of: arguments)
        guard !parts.below.children.isEmpty, let word = parts.rest.first, !word.hasPrefix("-") else { return nil }
        if parts.path.isEmpty, word == "help" { return nil }
        return (word, parts.below.children.keys.sorted())
    }

    private func parts(of arguments: [String]) -> Parts {
        var rest = arguments[...]
        var path: [String] = []
        var globals: [String] = []
        var node = commands
        scan: while let argument = rest.first {
            if flags.contains(argument) {
                globals.append(rest.removeFirst())
            } else if options.contains(argument) {
                globals.append(rest.removeFirst())
                if let value = rest.popFirst() { globals.append(value) }
            } else if let equals = argument.firstIndex(of: "="), options.contains(String(argument[..<equals])) {
                globals.append(rest.removeFirst())
            } else if let child = node.children[argument] {
                path.append(rest.removeFirst())
                node = child
                if node.children.isEmpty { break scan }
            } else {
                break scan
            }
        }
        return Parts(path: path, globals: globals, rest: rest, below: node)
    }

    /// `--wait` is a flag with a value that may be left out. A word after it is its value only if it is a duration.
    static func withExplicitWait(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if argument == "--" { return result + arguments[(index - 1)...] }
            guard argument == "--wait" else {
                result.append(argument)
                continue
            }
            if index < arguments.count, (try? Duration(parsing: arguments[index])) != nil {
                result.append("--wait=\(arguments[index])")
                index += 1
            } else {
                result.append("--wait=\(WaitTime.unlimitedText)")
            }
        }
        return result
    }
}
