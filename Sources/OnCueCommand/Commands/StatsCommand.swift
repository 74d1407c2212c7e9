import ArgumentParser
import OnCue

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show how many jobs there are in which state, and who works.", usage: "oncue stats [<options>]",
        discussion: "Totals count since a queue exists; they outlive the jobs.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global)
        try await context.withStore { store in
            let numbers = Numbers(
                queues: try await store.queues(), workers: try await JobClient(store).workers(includingJobs: false),
                info: try await store.info(), now: try await store.now())
            if context.output.isJSON {
                context.output.json { json in
                    JobJSON.writeStats(
                        queues: numbers.queues, workers: numbers.workers, info: numbers.info, now: numbers.now,
                        to: &json)
                }
            } else {
                numbers.show(context.output)
            }
        }
    }

    struct Numbers {
        var queues: [QueueInfo]
        var workers: [WorkerInfo]
        var info: StoreInfo
        var now: Timestamp

        private var live: [WorkerInfo] { workers.filter(\.isLive) }
        private var held: Int { live.reduce(0) { $0 + $1.session.held } }
        private var slots: Int { live.reduce(0) { $0 + $1.session.concurrency } }

        private func count(_ state: JobState) -> Int { queues.reduce(0) { $0 + $1.count(state) } }
        private func total(_ path: KeyPath<QueueTotals, Int>) -> Int {
            queues.reduce(0) { $0 + $1.totals[keyPath: path] }
        }

        func show(_ output: Output) {
            var table = Table(.left("JOBS"), .right("NOW"), .right("ALL TIME"))
            let rows: [(JobState, Int?)] = [
                (.pending, nil), (.running, nil), (.delayed, nil), (.blocked, nil), (.retrying, total(\.retried)),
                (.completed, total(\.completed)), (.dead, total(\.dead)), (.cancelled, total(\.cancelled)),
            ]
            for (state, total) in rows where state != .blocked || count(state) > 0 {
                table.append(
                    Table.Cell(state.name, count(state) > 0 ? state.colour : .faint), "\(count(state))",
                    Table.Cell(total.map(String.init) ?? ""))
            }
            output.table(table)
            output.line("")
            let busy = slots > 0 ? ", \(Wording.count(held, "job")) held on \(Wording.count(slots, "slot"))" : ""
            output.line("\(Wording.count(live.count, "worker"))\(busy)")
            let size = info.sizeInBytes.map { ", \(Wording.bytes($0))" } ?? ""
            output.line("\(Wording.count(queues.count, "queue")) in \(info.location)\(size)")
            if live.isEmpty, count(.pending) > 0 {
                output.note("\(Wording.count(count(.pending), "job")) due and nobody works: start 'oncue serve'.")
            }
        }
    }
}
