import Logging
import OnCue

/// Writes log lines to stderr, for people or as JSON.
struct CommandLogHandler: LogHandler {
    enum Format: String, CaseIterable, Sendable {
        case text
        case json
    }

    let label: String
    var format: Format
    var hasColour: Bool
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        if let error = event.error { merged["error"] = .string(String(describing: error)) }
        let line = Self.line(
            at: SystemTime().now(), level: event.level, message: event.message.description, metadata: merged,
            label: label, format: format, colour: hasColour)
        // One write a line: lines of several threads and processes do not mix.
        Output.write(line + "\n", to: 2)
    }

    static func line(
        at time: Timestamp, level: Logger.Level, message: String, metadata: Logger.Metadata, label: String,
        format: Format, colour: Bool
    ) -> String {
        let sorted = metadata.sorted { $0.key < $1.key }
        switch format {
        case .json:
            return JobJSON.text { json in
                json.object { json in
                    json.field("time", time)
                    json.field("level", level.rawValue)
                    json.field("label", label)
                    json.field("message", message)
                    guard !sorted.isEmpty else { return }
                    json.key("metadata")
                    write(.dictionary(metadata), to: &json)
                }
            }
        case .text:
            let padding = String(repeating: " ", count: max(0, 8 - level.rawValue.count))
            var line = time.description.coloured(.faint, on: colour)
            line += " " + level.rawValue.coloured(self.colour(of: level), on: colour) + padding
            line += message.printable
            for (key, value) in sorted {
                line += " " + "\(key)=".coloured(.faint, on: colour) + quoted("\(value)")
            }
            return line
        }
    }

    private static func write(_ value: Logger.Metadata.Value, to json: inout JSONWriter) {
        switch value {
        case .string(let text): json.string(text)
        case .stringConvertible(let value): json.string(value.description)
        case .array(let values):
            json.array { json in
                for value in values { write(value, to: &json) }
            }
        case .dictionary(let values):
            json.object { json in
                for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                    json.key(key)
                    write(value, to: &json)
                }
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.contains { $0 == " " || $0 == "\"" || $0 == "=" || $0.isNewline }
        return needsQuotes ? JobJSON.text { $0.string(text) } : text.printable
    }

    private static func colour(of level: Logger.Level) -> Colour? {
        switch level {
        case .trace, .debug: .faint
        case .info: .green
        case .notice: .cyan
        case .warning: .yellow
        case .error, .critical: .red
        }
    }
}
