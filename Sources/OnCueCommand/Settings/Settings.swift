import Configuration
import OnCue
import Synchronization

/// The value of a setting and where it came from.
struct SettingValue: Sendable {
    enum Origin: Equatable, Sendable, CustomStringConvertible {
        case flag(String)
        case environment(String)
        case file(String, key: String)
        case fallback

        /// Of two places the one with the greater number counts.
        var strength: Int {
            switch self {
            case .flag: 3
            case .environment: 2
            case .file: 1
            case .fallback: 0
            }
        }

        var description: String {
            switch self {
            case .flag(let flag): "flag \(flag)"
            case .environment(let variable): "environment \(variable)"
            case .file(let path, let key): "file \(path), key \(key)"
            case .fallback: "default"
            }
        }

        /// One word for JSON.
        var kind: String {
            switch self {
            case .flag: "flag"
            case .environment: "environment"
            case .file: "file"
            case .fallback: "default"
            }
        }
    }

    var setting: Setting
    var text: String
    var origin: Origin

    /// As it may be shown.
    var shown: String { setting.isSecret ? "***" : StoreLocation.masked(text) }

    func invalid(_ reason: String) -> CommandError {
        return .usage("\(setting.name): '\(shown.prefix(200))' \(reason) (from \(origin))")
    }
}

/// The settings in their layers: flags before environment before file before defaults.
struct Settings: Sendable {
    private let flags: InMemoryProvider
    private let environment: EnvironmentVariablesProvider
    private let file: (path: String, provider: FileProvider<YAMLSnapshot>)?
    /// Variables that begin with `ONCUE_` and mean nothing, with the setting that may have been meant.
    let unknownVariables: [(variable: String, suggestion: String?)]

    /// - Parameters:
    ///   - flags: values by the setting's name.
    ///   - path: the settings file as a flag names it; else `ONCUE_CONFIG` does.
    init(flags: [String: String], configFile path: String?, environment: [String: String]) async throws {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, text) in flags { values[AbsoluteConfigKey([name])] = ConfigValue(.string(text), isSecret: false) }
        self.flags = InMemoryProvider(name: "flags", values: values)
        // An empty variable counts as unset: that is how shells and compose files clear one.
        let set = environment.filter { $0.key.hasPrefix("ONCUE_") && !$0.value.isEmpty }
        self.environment = EnvironmentVariablesProvider(environmentVariables: set)
        unknownVariables = Self.unknownVariables(in: set.keys)
        if let path = path ?? set["ONCUE_CONFIG"] {
            file = (path, try await Self.readFile(path))
        } else {
            file = nil
        }
    }

    /// The file that was read, if any.
    var filePath: String? { file?.path }

    /// The strongest value of a setting; nil when it is set nowhere and has no default.
    func value(_ setting: Setting) throws -> SettingValue? {
        if let text = try Self.text(in: flags, key: [setting.name]) {
            return SettingValue(setting: setting, text: text, origin: .flag(setting.flag))
        }
        if let text = try Self.text(in: environment, key: ["oncue", setting.name]) {
            return SettingValue(setting: setting, text: text, origin: .environment(setting.variable))
        }
        if let file {
            for key in [setting.fileKey, setting.name] {
                guard let text = try Self.text(in: file.provider, key: [key]) else { continue }
                return SettingValue(setting: setting, text: text, origin: .file(file.path, key: key))
            }
        }
        return setting.fallback.map { SettingValue(setting: setting, text: $0, origin: .fallback) }
    }

    private static func text(in provider: some ConfigProvider, key: [String]) throws -> String? {
        let key = AbsoluteConfigKey(key)
        // A list in the file and a list with commas elsewhere mean the same.
        if let value = try? provider.value(forKey: key, type: .string).value, case .string(let text) = value.content {
            return text
        }
        if let value = try provider.value(forKey: key, type: .stringArray).value,
            case .stringArray(let parts) = value.content
        {
            return parts.joined(separator: ",")
        }
        return nil
    }
}

// MARK: - Typed values

extension Settings {
    func text(_ setting: Setting) throws -> String? {
        try value(setting)?.text
    }

    func flag(_ setting: Setting) throws -> Bool {
        guard let value = try value(setting) else { return false }
        switch value.text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw value.invalid("is neither true nor false")
        }
    }

    func count(_ setting: Setting, in range: ClosedRange<Int>) throws -> Int {
        guard let value = try value(setting) else { return range.lowerBound }
        guard let number = Int(value.text) else { throw value.invalid("is not a whole number") }
        guard range.contains(number) else {
            throw value.invalid("is out of range; it takes \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func duration(_ setting: Setting, in range: ClosedRange<Duration>) throws -> Duration {
        guard let value = try value(setting) else { return range.lowerBound }
        guard let duration = try? Duration(parsing: value.text) else {
            throw value.invalid("is not a duration; write a number and a unit, such as 500ms, 30s or 1h30m")
        }
        guard range.contains(duration) else {
            throw value.invalid("is out of range; it takes \(range.lowerBound.text) to \(range.upperBound.text)")
        }
        return duration
    }

    /// One of a few words.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ setting: Setting, of type: Choice.Type
    ) throws -> Choice? {
        guard let value = try value(setting) else { return nil }
        guard let choice = Choice(rawValue: value.text.lowercased()) else {
            let words = Choice.allCases.map(\.rawValue)
            throw value.invalid("is not one of \(words.joined(separator: ", "))")
        }
        return choice
    }
}

// MARK: - The file

extension Settings {
    private static func readFile(_ path: String) async throws -> FileProvider<YAMLSnapshot> {
        // The provider does not list its keys, but it asks of each whether it is a secret.
        let seen = KeyList()
        let options = YAMLSnapshot.ParsingOptions(
            secretsSpecifier: .dynamic { key, _ in
                seen.append(key)
                return false
            })
        let provider: FileProvider<YAMLSnapshot>
        do {
            let place = ConfigReader(
                provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)]))
            provider = try await FileProvider<YAMLSnapshot>(parsingOptions: options, config: place)
        } catch {
            throw CommandError.usage("the settings file \(path) cannot be read: \(reason(error))")
        }
        let known = Set(Setting.all.flatMap { [$0.fileKey, $0.name] })
        let unknown = seen.keys.filter { !known.contains($0) }.sorted()
        guard let first = unknown.first else { return provider }
        let near = Spelling.nearest(to: first, in: Setting.all.map(\.fileKey))
        throw CommandError.usage(
            "the settings file \(path) has an unknown key '\(first)'",
            hint: near.map { "Did you mean '\($0)'?" }
                ?? "Known keys: \(Setting.all.map(\.fileKey).joined(separator: " "))")
    }

    private static func reason(_ error: any Error) -> String {
        let text = String(describing: error)
        if text.lowercased().contains("notfound") || text.lowercased().contains("not found") {
            return "there is no such file"
        }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func unknownVariables(
        in names: some Sequence<String>
    ) -> [(variable: String, suggestion: String?)] {
        let known = Setting.otherVariables.union(Setting.all.map(\.variable))
        return names.filter { !known.contains($0.uppercased()) }.sorted().map { name in
            (name, Spelling.nearest(to: name, in: Setting.all.map(\.variable) + ["ONCUE_CONFIG"]))
        }
    }
}

/// Collects keys from a closure that may run anywhere.
private final class KeyList: Sendable {
    private let list = Mutex<[String]>([])

    func append(_ key: String) { list.withLock { $0.append(key) } }
    var keys: [String] { list.withLock { $0 } }
}
