import ArgumentParser
import OnCue

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version of this command.", usage: "oncue version")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        guard context.output.isJSON else { return context.output.line("oncue \(Version.current)") }
        context.output.json { $0.object { $0.field("version", Version.current) } }
    }
}
