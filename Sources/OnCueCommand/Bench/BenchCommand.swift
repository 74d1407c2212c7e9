import ArgumentParser
import OnCue

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure this machine and store.",
        discussion: """
            enqueue   jobs taken in
            drain     jobs worked off by a worker from a full queue, every job checked off
            latency   from the enqueue to the start of the handler, on an idle worker
            scale     the drain of 20,000 jobs with all the others waiting behind them, against the same without them
            idle      what a worker costs that has nothing to do, after --jobs finished ones

            Works on a queue of its own with a random name, and removes it. Beside other work the figures are lower. \
            Build with optimisation: a debug build is several times slower.
            """)

    @Argument(help: "enqueue, drain, latency, scale or idle.")
    var mode: BenchMode

    @Option(help: "How many jobs. (default: 100000; latency: 300; scale: 1000000; idle: 0)")
    var jobs: Int?

    @Option(help: "How many enqueue at once.")
    var callers = 1

    @Option(help: "Jobs in one call of enqueue. (default: 1000; with several callers 1)")
    var batch: Int?

    @Option(name: .customLong("payload-bytes"), help: "Bytes in each payload.")
    var payloadBytes = 80

    @Option(help: "Jobs that the worker runs at once.")
    var concurrency = 64

    @Flag(help: "drain: decode each payload of three fields instead of taking its bytes.")
    var typed = false

    @Option(help: "How long idle looks, in seconds.")
    var seconds = 10

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let plan = try BenchPlan(
            mode: mode, jobs: jobs ?? mode.defaultJobs, callers: callers,
            batch: batch ?? (callers > 1 ? 1 : 1_000), payloadBytes: payloadBytes, concurrency: concurrency,
            isTyped: typed, span: .seconds(seconds)
        ).validated()
        let context = try await CommandContext(global)
        let store = try await context.openStore(.create)
        do {
            let runner = BenchRunner(
                plan: plan, store: store, storeName: try context.storeText, logger: context.logger)
            let result = try await runner.run()
            if context.output.isJSON {
                context.output.line(try result.json())
            } else {
                var table = Table(.left("\(mode)"), .right(""))
                for (name, value) in result.lines { table.append(Table.Cell(name), Table.Cell(value)) }
                context.output.table(table)
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }
}

extension BenchMode: ExpressibleByArgument {
    var defaultJobs: Int {
        switch self {
        case .enqueue, .drain: 100_000
        case .latency: 300
        case .scale: 1_000_000
        case .idle: 0
        }
    }
}
