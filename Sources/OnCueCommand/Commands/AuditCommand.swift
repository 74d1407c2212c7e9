#if Server
    import ArgumentParser
    import OnCue
    import OnCueServer

    struct AuditCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "Show who changed what through the server, newest first.", usage: "oncue audit [<options>]",
            discussion: """
                oncue audit --limit 500 --json

                With --json each entry is one object on a line of its own.
                """)

        @Option(help: ArgumentHelp("Entries to show at most.", valueName: "count"))
        var limit = 50

        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard limit > 0 else { throw ArgumentParser.ValidationError("--limit has to be above zero") }
        }

        func run() async throws {
            let context = try await CommandContext(global)
            try await context.withStore { store in
                let entries = try await Self.newest(limit, of: store)
                if context.output.isJSON {
                    for entry in entries { context.output.json { entry.write(to: &$0) } }
                } else if entries.isEmpty {
                    context.output.note("Nobody has changed anything through a server or with 'oncue keys'.")
                } else {
                    context.output.table(Self.table(entries))
                }
            }
        }

        private static func newest(_ count: Int, of store: any JobStore) async throws -> [AuditEntry] {
            var entries: [AuditEntry] = []
            var cursor: String?
            repeat {
                let page = try await store.audit(
                    after: cursor, limit: min(count - entries.count, Limits.page.upperBound))
                entries += page.entries
                cursor = page.nextCursor
            } while cursor != nil && entries.count < count
            return entries
        }

        private static func table(_ entries: [AuditEntry]) -> Table {
            var table = Table(
                .left("AT"), .text("WHO", atLeast: 12), .left("ROLE"), .text("DID", atLeast: 12),
                .text("TO", atLeast: 12), .left("RESULT"))
            for entry in entries {
                let action = entry.action
                let isDone = action.outcome == "done" || action.outcome.hasPrefix("2")
                table.append(
                    Table.Cell(entry.at.description, .faint), Table.Cell(action.principal, .bold),
                    Table.Cell(action.role ?? "-"), Table.Cell(action.action), Table.Cell(action.target ?? "-"),
                    Table.Cell(action.outcome, isDone ? .green : .red))
            }
            return table
        }
    }
#endif
