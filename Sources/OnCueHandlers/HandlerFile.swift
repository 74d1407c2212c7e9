import Foundation
public import OnCue
import Yams

/// What is wrong in a handlers file, and where.
public struct HandlerFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as it was given.
    public var file: String
    /// Counted from 1; nil when it is about the file as a whole.
    public var line: Int?
    public var message: String

    public init(file: String, line: Int? = nil, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    public var description: String {
        line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// Handlers without Swift: a YAML file that maps job names to commands and webhooks.
///
/// ```yaml
/// handlers:
///   report.wordcount:
///     command: ["wc", "-w"]      # or  shell: wc -w | tr -d ' '
///     timeout: 30s
///     concurrency: 4             # also: soft_timeout, env, cwd, attempts, backoff
///   invoice.paid:
///     webhook:
///       url: https://example.com/hooks/invoices
///       secret: {env: INVOICES_SECRET}     # also: headers, allow_private
/// ```
public struct HandlerFile: Sendable {
    /// One handler of the file.
    public struct Entry: Sendable {
        public var name: JobName
        public var work: Work
        /// Jobs of this name that a worker runs at once; nil: as many as it has slots.
        public var concurrency: Int?
        /// `maxAttempts`, `backoff`, `timeout` and `softTimeout`.
        public var options: JobOptions

        /// Nil when it is a webhook.
        public var command: Command? {
            if case .command(let command) = work { command } else { nil }
        }

        /// Nil when it is a command.
        public var webhook: Webhook? {
            if case .webhook(let webhook) = work { webhook } else { nil }
        }
    }

    /// What is done for a job.
    public enum Work: Sendable {
        case command(Command)
        /// Read only where the package is built with the trait `Server`.
        case webhook(Webhook)
    }

    /// In the order of the file.
    public var entries: [Entry]

    public var names: Set<JobName> { Set(entries.map(\.name)) }

    /// Reads a file.
    ///
    /// - Throws: ``HandlerFileError``.
    public init(path: String) throws(HandlerFileError) {
        let text: String
        do {
            text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw HandlerFileError(file: path, message: "cannot be read: \(error.localizedDescription)")
        }
        try self.init(yaml: text, file: path)
    }

    /// - Parameter file: what errors call it.
    public init(yaml text: String, file: String = "handlers.yaml") throws(HandlerFileError) {
        entries = try HandlerFileReader(file: file).entries(text)
    }
}

/// Reads the file by its nodes, which know their lines.
struct HandlerFileReader {
    let file: String

    private static let keys = [
        "command", "shell", "webhook", "timeout", "soft_timeout", "concurrency", "env", "cwd", "attempts", "backoff",
    ]

    func entries(_ text: String) throws(HandlerFileError) -> [HandlerFile.Entry] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw HandlerFileError(file: file, message: "is not YAML: \(error)")
        }
        guard let root, let top = root.mapping else {
            throw HandlerFileError(file: file, message: "has to begin with 'handlers:'")
        }
        var entries: [HandlerFile.Entry] = []
        for (key, value) in top {
            guard key.string == "handlers" else {
                throw error(key, "'\(key.string ?? "?")' is not known here; all stands under 'handlers'")
            }
            // `handlers:` with nothing below it.
            if value.null != nil { continue }
            guard let handlers = value.mapping else {
                throw error(value, "'handlers' takes job names with a mapping each")
            }
            for (name, handler) in handlers { entries.append(try entry(name, handler)) }
        }
        return entries
    }

    private func entry(_ nameNode: Node, _ node: Node) throws(HandlerFileError) -> HandlerFile.Entry {
        let name = JobName(try text(nameNode, "a job's name"))
        try checked(nameNode, name) { () throws(ValidationError) in try name.validated(field: "name") }
        guard let fields = node.mapping else {
            throw error(
                nameNode, "\(name): takes a mapping with 'command', 'shell' or 'webhook' and what else is wanted")
        }
        for (key, _) in fields where !Self.keys.contains(key.string ?? "") {
            throw error(
                key, "\(name): '\(key.string ?? "?")' is not known; there are \(Self.keys.joined(separator: ", "))")
        }
        var entry = HandlerFile.Entry(
            name: name, work: try work(fields, name, at: nameNode), concurrency: nil, options: JobOptions())
        if let node = fields["concurrency"] {
            guard let count = node.int, count >= 1 else {
                throw error(node, "\(name): concurrency takes a number from 1")
            }
            entry.concurrency = count
        }
        if let node = fields["attempts"] {
            guard let count = node.int else { throw error(node, "\(name): attempts takes a number from 1 to 1000") }
            entry.options.maxAttempts = count
        }
        entry.options.timeout = try duration(fields, "timeout", name)
        entry.options.softTimeout = try duration(fields, "soft_timeout", name)
        if let node = fields["backoff"] { entry.options.backoff = try backoff(node, name) }
        let options = entry.options
        try checked(nameNode, name) { () throws(ValidationError) in try options.validate() }
        return entry
    }

    private func work(
        _ fields: Node.Mapping, _ name: JobName, at place: Node
    ) throws(HandlerFileError) -> HandlerFile.Work {
        let given = ["command", "shell", "webhook"].filter { fields[$0] != nil }
        guard let kind = given.first, let node = fields[kind] else {
            throw error(place, "\(name): needs a 'command', a 'shell' or a 'webhook'")
        }
        if given.count > 1, let second = fields[given[1]] {
            throw error(second, "\(name): give either '\(given[0])' or '\(given[1])'")
        }
        if kind == "webhook" {
            for key in ["env", "cwd"] {
                if let node = fields[key] { throw error(node, "\(name): \(key) is for commands, not for a webhook") }
            }
            return .webhook(try webhook(node, name))
        }
        var command = kind == "shell" ? Command.shell(try text(node, "\(name): shell")) : try command(node, name)
        if let node = fields["env"] { command.environment = try environment(node, name) }
        if let node = fields["cwd"] { command.directory = try text(node, "\(name): cwd") }
        return .command(command)
    }

    private func command(_ node: Node, _ name: JobName) throws(HandlerFileError) -> Command {
        guard let list = node.sequence, !list.isEmpty else {
            throw error(
                node, "\(name): command takes a list such as [\"wc\", \"-w\"]; for a line of shell write shell:")
        }
        var words: [String] = []
        for word in list { words.append(try text(word, "\(name): a word of command")) }
        guard words.first?.isEmpty == false else { throw error(node, "\(name): command begins with an empty word") }
        return Command(words)
    }

    private func environment(_ node: Node, _ name: JobName) throws(HandlerFileError) -> [String: String] {
        guard let fields = node.mapping else { throw error(node, "\(name): env takes a mapping of texts") }
        var values: [String: String] = [:]
        for (key, value) in fields {
            let variable = try text(key, "\(name): a variable's name")
            guard !variable.isEmpty, !variable.contains("="), !variable.utf8.contains(0) else {
                throw error(key, "\(name): '\(variable)' is no name for a variable")
            }
            values[variable] = try text(value, "\(name): env.\(variable)")
        }
        return values
    }

    private func duration(
        _ fields: Node.Mapping, _ key: String, _ name: JobName
    ) throws(HandlerFileError) -> Duration? {
        guard let node = fields[key] else { return nil }
        let text = try text(node, "\(name): \(key)")
        return try checked(node, name, key) { () throws(ValidationError) in try Duration(parsing: text) }
    }

    /// `exponential:1s:1h:2`, or a mapping with `strategy`, `initial_delay`, `max_delay`, `multiplier`.
    private func backoff(_ node: Node, _ name: JobName) throws(HandlerFileError) -> Backoff {
        guard let fields = node.mapping else {
            let text = try text(node, "\(name): backoff")
            return try checked(node, name) { () throws(ValidationError) in try Backoff(parsing: text) }
        }
        let known = ["strategy", "initial_delay", "max_delay", "multiplier"]
        for (key, _) in fields where !known.contains(key.string ?? "") {
            throw error(
                key, "\(name): backoff.\(key.string ?? "?") is not known; there are \(known.joined(separator: ", "))")
        }
        let word = fields["strategy"]?.string ?? Backoff.Strategy.exponential.rawValue
        guard let strategy = Backoff.Strategy(rawValue: word.lowercased()) else {
            throw error(node, "\(name): backoff.strategy takes constant, linear or exponential")
        }
        let initial = try duration(fields, "initial_delay", name) ?? .seconds(1)
        let cap = try duration(fields, "max_delay", name) ?? max(initial, .seconds(3_600))
        var multiplier = 2.0
        if let factor = fields["multiplier"] {
            guard let number = factor.float ?? factor.int.map(Double.init) else {
                throw error(factor, "\(name): backoff.multiplier takes a number")
            }
            multiplier = number
        }
        let backoff = Backoff(strategy: strategy, initial: initial, max: cap, multiplier: multiplier)
        return try checked(node, name) { () throws(ValidationError) in try backoff.validated() }
    }

    // MARK: Helpers

    func text(_ node: Node, _ what: String) throws(HandlerFileError) -> String {
        guard let scalar = node.scalar else { throw error(node, "\(what) takes a text") }
        return scalar.string
    }

    func error(_ node: Node, _ message: String) -> HandlerFileError {
        HandlerFileError(file: file, line: node.mark?.line, message: message)
    }

    @discardableResult
    func checked<T>(
        _ node: Node, _ name: JobName, _ field: String? = nil, _ body: () throws(ValidationError) -> T
    ) throws(HandlerFileError) -> T {
        do {
            return try body()
        } catch let failure {
            throw error(node, "\(name): \(field ?? failure.field): \(failure.message)")
        }
    }
}
