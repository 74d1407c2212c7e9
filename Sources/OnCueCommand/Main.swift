import ArgumentParser
import Foundation

@main
struct Main {
    static func main() async {
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            if let unknown = OnCueCommand.argumentOrder.unknownCommand(in: arguments) {
                throw CommandError.usage(
                    "there is no command '\(unknown.word.prefix(64))'",
                    hint: Spelling.nearest(to: unknown.word, in: unknown.known).map { "Did you mean '\($0)'?" }
                        ?? "Commands here: \(unknown.known.joined(separator: " "))")
            }
            var command = try await OnCueCommand.asyncParseAsRoot(OnCueCommand.argumentOrder.arranged(arguments))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .success
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> ExitStatus {
        if let end = CommandError(any: error) {
            if !end.message.isEmpty { Output.complain("Error: \(end)") }
            return end.status
        }
        let message = OnCueCommand.fullMessage(for: error)
        let code = OnCueCommand.exitCode(for: error)
        if code == .success {
            if !message.isEmpty { Output.write(message + "\n", to: STDOUT_FILENO) }
            return .success
        }
        if !message.isEmpty { Output.complain(message) }
        return code == .validationFailure ? .usage : .failure
    }
}
