import ArgumentParser

/// The command `oncue`.
struct OnCueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oncue",
        abstract: "Durable background jobs: one file, no server to install.",
        discussion: """
            Start a worker in one shell, and give it work from another:

              oncue serve
              oncue submit echo '{"hello":"world"}' --wait
              oncue jobs list
              oncue stats

            Each setting is a flag, an environment variable ONCUE_NAME and a key of the file that --config names, in \
            that order of strength; 'oncue config' shows them. Durations are written as 300ms, 30s, 1h30m or 7d.

            Exit status:
            \(ExitStatus.table)
            """,
        version: "oncue \(Version.current)",
        groupedSubcommands: groups
    )

    private static var groups: [CommandGroup] {
        var groups = [
            CommandGroup(name: "Worker", subcommands: [ServeCommand.self, WorkCommand.self]),
            CommandGroup(
                name: "Job",
                subcommands: [SubmitCommand.self, JobsCommand.self, DeadCommand.self, QueuesCommand.self]),
            CommandGroup(
                name: "Monitoring",
                subcommands: [
                    StatsCommand.self, TopCommand.self, WorkersCommand.self, EventsCommand.self, DoctorCommand.self,
                ]),
            CommandGroup(
                name: "Other",
                subcommands: [BenchCommand.self, ConfigCommand.self, VersionCommand.self, CompletionCommand.self]),
        ]
        #if Server
            groups.insert(
                CommandGroup(name: "Access", subcommands: [KeysCommand.self, AuditCommand.self]), at: groups.count - 1)
        #endif
        return groups
    }
}

extension OnCueCommand {
    static let argumentOrder = ArgumentOrder(
        commands: tree(of: OnCueCommand.self), flags: GlobalOptions.flags, options: GlobalOptions.options)

    private static func tree(of command: any ParsableCommand.Type) -> ArgumentOrder.Tree {
        var tree = ArgumentOrder.Tree()
        for child in command.configuration.subcommands {
            let below = Self.tree(of: child)
            for name in child.configuration.aliases + [child._commandName] { tree.children[name] = below }
        }
        return tree
    }
}
