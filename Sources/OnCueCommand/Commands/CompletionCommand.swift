import ArgumentParser

struct CompletionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.", usage: "oncue completion bash|zsh|fish",
        discussion: """
            bash:  oncue completion bash > ~/.local/share/bash-completion/completions/oncue
            zsh:   oncue completion zsh > "${fpath[1]}/_oncue"
            fish:  oncue completion fish > ~/.config/fish/completions/oncue.fish
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish

        var completion: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        Output.write(OnCueCommand.completionScript(for: shell.completion) + "\n", to: 1)
    }
}
