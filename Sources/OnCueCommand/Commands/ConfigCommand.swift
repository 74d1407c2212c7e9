import ArgumentParser
import OnCue

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show each setting, its value and where it came from.", usage: "oncue config [<options>]",
        discussion: """
            A setting is looked for as a flag, then as an environment variable, then in the settings file, then \
            comes its default. The file is the one that --config or ONCUE_CONFIG names; its keys are the flags \
            without dashes, with _ inside:

              store: sqlite:/var/lib/oncue/oncue.db
              concurrency: 20
              queues: [urgent, mail:2]
              shutdown_timeout: 1m

            \(settingsTable)
            """)

    @OptionGroup(title: "Settings of serve and work") var work: WorkOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global, flags: work.given)
        let values = try Setting.all.map { ($0, try context.settings.value($0)) }
        if context.output.isJSON {
            return context.output.json { json in
                json.array { json in
                    for (setting, value) in values { Self.write(setting, value, to: &json) }
                }
            }
        }
        var table = Table(.left("SETTING"), .text("VALUE", atLeast: 12), .text("FROM", atLeast: 12))
        for (setting, value) in values {
            let isDefault = value == nil || value?.origin == .fallback
            table.append(
                Table.Cell(setting.name, isDefault ? nil : .bold),
                Table.Cell(value?.shown ?? "-"),
                Table.Cell(value?.origin.description ?? "default", isDefault ? .faint : nil))
        }
        context.output.table(table)
    }

    private static func write(_ setting: Setting, _ value: SettingValue?, to json: inout JSONWriter) {
        json.object { json in
            json.field("name", setting.name)
            json.key("value")
            if let value { json.string(value.shown) } else { json.null() }
            json.field("source", value?.origin.kind ?? "default")
            json.field("from", value?.origin.description ?? "default")
            json.field("flag", setting.flag)
            json.field("variable", setting.variable)
            json.field("key", setting.fileKey)
        }
    }

    private static var settingsTable: String {
        Setting.all.map { setting in
            let fallback = setting.fallback.map { " (default: \($0))" } ?? ""
            return "\(setting.flag)  \(setting.variable)  \(setting.fileKey)\n    \(setting.summary)\(fallback)"
        }.joined(separator: "\n")
    }
}
