import Foundation
import Logging
import OnCue

/// What a command works with: its settings, where it prints, and the store.
struct CommandContext: Sendable {
    let settings: Settings
    let output: Output
    let logger: Logger
    let environment: [String: String]

    /// - Parameters:
    ///   - flags: options of the command that are settings, by the setting's name.
    ///   - isService: logs at `info` unless told otherwise; other commands from `warning` on.
    init(_ options: GlobalOptions, flags: [String: String] = [:], isService: Bool = false) async throws {
        environment = ProcessInfo.processInfo.environment
        settings = try await Settings(
            flags: options.given.merging(flags) { $1 }, configFile: options.config, environment: environment)
        let isQuiet = try settings.flag(.quiet)
        output = Output(
            terminal: .current(environment: environment), isJSON: try settings.flag(.json), isQuiet: isQuiet)
        logger = try Self.logger(settings, isQuiet: isQuiet, isService: isService, environment: environment)
        for (variable, suggestion) in settings.unknownVariables {
            let hint = suggestion.map { "; did you mean \($0)?" } ?? ""
            output.note("Warning: the environment variable \(variable) means nothing to oncue\(hint)")
        }
    }

    private static func logger(
        _ settings: Settings, isQuiet: Bool, isService: Bool, environment: [String: String]
    ) throws -> Logger {
        let format = try settings.choice(.logFormat, of: CommandLogHandler.Format.self) ?? .text
        let chosen = try settings.choice(.logLevel, of: Logger.Level.self)
        let level: Logger.Level =
            if let chosen {
                chosen
            } else if try settings.flag(.verbose) {
                .debug
            } else if isQuiet {
                .error
            } else {
                isService ? .info : .warning
            }
        let isPlain = environment["TERM"] == "dumb" || !(environment["NO_COLOR"] ?? "").isEmpty
        let hasColour = isatty(STDERR_FILENO) == 1 && !isPlain
        LoggingSystem.bootstrap { label in
            CommandLogHandler(label: label, format: format, hasColour: hasColour, logLevel: level)
        }
        return Logger(label: "oncue")
    }
}

// MARK: - The store

extension CommandContext {
    /// How a command uses the store.
    enum StoreUse: Sendable {
        /// Makes the file when there is none.
        case create
        /// The file has to be there: a mistyped path is not answered with an empty store.
        case existing
    }

    /// The store's URL as it may be shown.
    var storeText: String {
        get throws {
            if case .server(let url, _) = try location { return StoreLocation.masked(url) }
            return StoreLocation.masked(try settings.text(.store) ?? "")
        }
    }

    /// Where the jobs are: what was said nearer to the command line counts, of a store and of a server.
    var location: StoreLocation {
        get throws {
            let store = try settings.value(.store)
            guard let server = try settings.value(.server) else {
                return try StoreLocation(store?.text ?? "", environment: environment)
            }
            let strength = store?.origin.strength ?? 0
            guard strength != server.origin.strength else {
                throw CommandError.usage(
                    "a store and a server are both given (\(server.origin)); give one of them")
            }
            guard strength < server.origin.strength else {
                return try StoreLocation(store?.text ?? "", environment: environment)
            }
            return .server(url: server.text, apiKey: try settings.text(.apiKey))
        }
    }

    /// - Parameter isCheckedFirst: looks a file over before it is used; commands that end at once do without.
    func openStore(_ use: StoreUse, isCheckedFirst: Bool = false) async throws -> any JobStore {
        let location = try self.location
        let durability = try settings.choice(.durability, of: DurabilityLevel.self) ?? .full
        if case .sqlite(let path) = location, use == .existing, !FileManager.default.fileExists(atPath: path) {
            throw CommandError(
                .unavailable, "there is no store at \(path)",
                hint: "'oncue serve' and 'oncue submit' make one. Is --store right, or the folder?")
        }
        return try await location.open(durability: durability, isCheckedFirst: isCheckedFirst, logger: logger)
    }

    /// Opens the store, works with it, and closes it in every case.
    func withStore<Result>(
        _ use: StoreUse = .existing, _ body: (any JobStore) async throws -> Result
    ) async throws -> Result {
        if case .memory? = try? location {
            throw CommandError.usage(
                "a memory: store lives in one process, so this command would always find it empty",
                hint:
                    "It works with 'oncue serve', 'oncue work' and 'oncue bench'; else use --store sqlite:PATH or redis://HOST"
            )
        }
        let store = try await openStore(use)
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}
