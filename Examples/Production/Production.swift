import Logging
import OnCue
import OnCueSQLite
import ServiceLifecycle
import UnixSignals

// What happens to jobs that succeed, that fail once, that fail until their last attempt, and that always fail.
//
//     swift run ExampleProduction [FILE] [--fast]
//
// Ends with `completed 13, dead 3`, after about 10 s, or at once with `--fast`.

struct Welcome: Job {
    static let name: JobName = "email.welcome"
    var user: Int
}

struct Newsletter: Job {
    static let name: JobName = "email.newsletter"
    var issue: Int
}

struct ProcessOrder: Job {
    static let name: JobName = "order.process"
    static let options = JobOptions(queue: "critical", priority: .critical, maxAttempts: 3)
    var order: Int
}

struct NotifyGone: Job {
    static let name: JobName = "notification.gone"
    static let options = JobOptions(queue: "low", priority: .low, maxAttempts: 2)
    var device: Int
}

struct NotYet: Error {}

@main
struct Production {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let pace = arguments.contains("--fast") ? 100 : 1
        let path = arguments.first { !$0.hasPrefix("--") } ?? "example.db"
        let store = try await SQLiteStore(path: path)
        let jobs = JobClient(store)
        let backoff = Backoff.exponential(base: .seconds(2) / pace, max: .seconds(30) / pace)
        for queue: QueueName in ["critical", "default", "low"] {
            try await jobs.setSettings(QueueSettings(backoff: backoff), of: queue)
        }

        let worker = Worker(store, concurrency: 10, queues: ["critical", "default", "low"])
        try worker.on(Welcome.self) { _, _ in }
        try worker.on(Newsletter.self) { _, context in
            if context.attempt < 2 { throw NotYet() }
        }
        try worker.on(ProcessOrder.self) { order, context in
            // Charged once, however often the order is tried.
            let receipt = try await context.once("charge") { "receipt-\(order.order)" }
            if context.attempt < 3 { throw NotYet() }
            return .output(Array(receipt.utf8))
        }
        try worker.on(NotifyGone.self) { _, _ in throw NotYet() }

        try await ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: worker),
                    .init(service: Phases(jobs: jobs), successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "example"))
        ).run()
        await store.close()
    }
}

struct Phases: Service {
    let jobs: JobClient

    func run() async throws {
        var ids: [JobID] = []
        for number in 0..<5 { ids.append(try await jobs.enqueue(Welcome(user: number)).id) }
        for number in 0..<5 { ids.append(try await jobs.enqueue(Newsletter(issue: number)).id) }
        for number in 0..<3 { ids.append(try await jobs.enqueue(ProcessOrder(order: number)).id) }
        for number in 0..<3 { ids.append(try await jobs.enqueue(NotifyGone(device: number)).id) }

        var ended: [JobState: Int] = [:]
        for id in ids {
            let job = try await jobs.result(of: id, timeout: .seconds(120)).job
            ended[job.state, default: 0] += 1
        }
        print("completed \(ended[.completed] ?? 0), dead \(ended[.dead] ?? 0)")
    }
}
