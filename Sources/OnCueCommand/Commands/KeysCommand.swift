#if Server
    import ArgumentParser
    import Foundation
    import OnCue
    import OnCueServer

    struct KeysCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keys",
            abstract: "Make, list and revoke the API keys of the store's servers.",
            discussion: """
                As soon as a store has a key, its servers answer nobody without one and may listen beyond this machine. \
                Servers hear of a new or a revoked key within a few seconds.
                """,
            subcommands: [KeysCreateCommand.self, KeysListCommand.self, KeysRevokeCommand.self],
            defaultSubcommand: KeysListCommand.self)

        /// Who the audit log says it was.
        static var principal: String { "command:\(NSUserName())" }
    }

    struct KeysCreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make an API key and print it, this once.",
            usage: "oncue keys create --role <role> [<options>]",
            discussion: """
                Roles:
                \(AccessRole.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

                Clients send the key as X-API-Key, or as Authorization: Bearer. The store keeps its hash only.
                """)

        @Option(
            help: ArgumentHelp(
                "What the key is for: \(AccessRole.allCases.map(\.rawValue).joined(separator: ", ")).",
                valueName: "role"),
            transform: KeyArgument.role)
        var role: AccessRole

        @Option(help: ArgumentHelp("What people call it.", valueName: "text"))
        var name: String?

        @Option(
            help: ArgumentHelp("It can be used for so long, as in 90d. (default: for ever)", valueName: "duration"),
            transform: ArgumentValue.duration)
        var expires: Duration?

        @Option(
            help: ArgumentHelp(
                "Requests that each server takes of it, as in 10/s, 600/m or 5000/h. (default: no bound)",
                valueName: "rate"),
            transform: KeyArgument.rate)
        var rate: RequestRate?

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let context = try await CommandContext(global)
            let output = context.output
            try await context.withStore(.create) { store in
                let (key, text) = try await KeyRing(store).create(
                    role, name: name, lifetime: expires, rate: rate, by: KeysCommand.principal)
                try await KeysCommand.audit("keys.create", of: key, in: store)
                if output.isJSON {
                    let now = try await store.now()
                    return output.json { key.write(to: &$0, now: now, secret: text) }
                }
                output.line(text)
                let end = key.expiresAt.map { ", until \($0)" } ?? ""
                output.note("This is key \(key.id) for a \(role.rawValue)\(end). It is not shown again.")
            }
        }
    }

    struct KeysListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List API keys, the newest first.", usage: "oncue keys list [<options>]",
            discussion: "The keys themselves are not known to anyone but their holders.")

        @Flag(help: "Those that were revoked or have expired, too.")
        var all = false

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let context = try await CommandContext(global)
            try await context.withStore { store in
                let now = try await store.now()
                let keys = try await KeyRing(store).list().filter { all || $0.standing(at: now) == .active }
                if context.output.isJSON {
                    return context.output.json { json in
                        json.array { json in
                            for key in keys { key.write(to: &json, now: now) }
                        }
                    }
                }
                guard !keys.isEmpty else { return context.output.note("No API key; 'oncue keys create' makes one.") }
                context.output.table(Self.table(keys, now: now))
            }
        }

        private static func table(_ keys: [APIKey], now: Timestamp) -> Table {
            var table = Table(
                .left("KEY"), .text("NAME"), .left("ROLE"), .left("STATE"), .left("CREATED"), .left("EXPIRES"),
                .left("RATE"))
            for key in keys {
                let standing = key.standing(at: now)
                table.append(
                    Table.Cell(key.id, .bold), Table.Cell(key.name ?? "-"), Table.Cell(key.role.rawValue),
                    Table.Cell(standing.rawValue, standing == .active ? .green : .faint),
                    Table.Cell(Wording.relative(key.createdAt, to: now)),
                    Table.Cell(key.expiresAt.map { Wording.relative($0, to: now) } ?? "never"),
                    Table.Cell(key.rate?.description ?? "-"))
            }
            return table
        }
    }

    struct KeysRevokeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "End API keys for good.", usage: "oncue keys revoke <keys> ...")

        @Argument(help: "The ids of the keys, as 'oncue keys list' shows them.")
        var keys: [String]

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let context = try await CommandContext(global)
            let output = context.output
            try await context.withStore { store in
                let ring = KeyRing(store)
                var revoked: [APIKey] = []
                for id in keys {
                    let key = try await ring.revoke(id)
                    try await KeysCommand.audit("keys.revoke", of: key, in: store)
                    revoked.append(key)
                }
                if output.isJSON {
                    let now = try await store.now()
                    return output.json { json in
                        json.array { json in
                            for key in revoked { key.write(to: &json, now: now) }
                        }
                    }
                }
                for key in revoked { output.line("key \(key.id) revoked") }
            }
        }
    }

    extension KeysCommand {
        fileprivate static func audit(_ action: String, of key: APIKey, in store: any JobStore) async throws {
            try await store.appendAudit(
                [AuditedAction(principal: principal, action: action, target: key.id, outcome: "done")])
        }
    }

    enum KeyArgument {
        static func role(_ text: String) throws -> AccessRole {
            guard let role = AccessRole(rawValue: text.lowercased()) else {
                let roles = AccessRole.allCases.map(\.rawValue).joined(separator: ", ")
                throw ArgumentParser.ValidationError("'\(text.prefix(64))' is not a role; roles are \(roles)")
            }
            return role
        }

        static func rate(_ text: String) throws -> RequestRate {
            do {
                return try RequestRate(parsing: text)
            } catch {
                throw ArgumentParser.ValidationError(error.message)
            }
        }
    }
#endif
