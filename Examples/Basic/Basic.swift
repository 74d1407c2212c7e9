import Logging
import OnCue
import OnCueSQLite
import ServiceLifecycle
import UnixSignals

// A program that enqueues and works in one process, on one file, with three queues.
//
//     swift run ExampleBasic [FILE] [--fast]
//
// `--fast` makes every wait twenty times shorter.

struct SendEmail: Job {
    static let name: JobName = "email.send"
    static let options = JobOptions(maxAttempts: 3, backoff: .exponential(base: .milliseconds(200)))
    var to: String
}

struct PushNotification: Job {
    static let name: JobName = "notification.push"
    static let options = JobOptions(queue: "critical", priority: .critical, maxAttempts: 5)
    var device: Int
}

struct GenerateReport: Job {
    static let name: JobName = "report.generate"
    static let options = JobOptions(queue: "low", priority: .low)
    var number: Int
}

struct MailServerBusy: Error {}

@main
struct Basic {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let pace = arguments.contains("--fast") ? 20 : 1
        let path = arguments.first { !$0.hasPrefix("--") } ?? "example.db"
        let store = try await SQLiteStore(path: path)
        let jobs = JobClient(store)

        let worker = Worker(store, concurrency: 5, queues: ["critical", "default", "low"])
        try worker.on(SendEmail.self) { email, context in
            try await Task.sleep(for: .milliseconds(100 / pace))
            // The first attempt for every third address fails, as mail servers do.
            if context.attempt == 1, email.to.hasSuffix("3@example.com") { throw MailServerBusy() }
        }
        try worker.on(PushNotification.self) { _, _ in
            try await Task.sleep(for: .milliseconds(50 / pace))
        }
        try worker.on(GenerateReport.self) { report, context in
            try await context.progress(0.5, "half of report \(report.number)")
            try await Task.sleep(for: .milliseconds(500 / pace))
            return .output(Array("report \(report.number) is ready".utf8))
        }

        let program = Program(jobs: jobs, pace: pace)
        try await ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: worker),
                    .init(service: program, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "example"))
        ).run()
        await store.close()
    }
}

/// Enqueues, waits for everything to end, and says how it ended.
struct Program: Service {
    let jobs: JobClient
    let pace: Int

    func run() async throws {
        var ids: [JobID] = []
        for number in 0..<10 {
            ids.append(try await jobs.enqueue(SendEmail(to: "user\(number)@example.com")).id)
        }
        for number in 0..<5 {
            ids.append(try await jobs.enqueue(PushNotification(device: number)).id)
        }
        for number in 1...3 {
            let delay: Duration = .seconds(10 * number) / pace
            ids.append(try await jobs.enqueue(GenerateReport(number: number), .delay(delay)).id)
        }
        var ended: [String: Int] = [:]
        for id in ids {
            let job = try await jobs.result(of: id, timeout: .seconds(120)).job
            ended[job.state.name, default: 0] += 1
        }
        print(ended.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
}
