import Logging
import OnCue
import OnCueSQLite
import ServiceLifecycle
import UnixSignals

// Waves of jobs that are due at different times, over three queues. None runs before its time.
//
//     swift run ExampleScheduled [FILE] [--fast]
//
// The waves are due after 0, 10, 20, 30, 45 and 60 s; `--fast` makes that twenty times shorter.

struct Message: Codable, Sendable {
    var wave: Int
    var dueAt: Timestamp
}

@main
struct Scheduled {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let pace = arguments.contains("--fast") ? 20 : 1
        let path = arguments.first { !$0.hasPrefix("--") } ?? "example.db"
        let store = try await SQLiteStore(path: path)
        let jobs = JobClient(store)

        let worker = Worker(store, concurrency: 10, queues: ["emails", "reports", "reminders"])
        for name: JobName in ["email.send", "report.generate", "data.cleanup", "reminder.send", "email.vip"] {
            try worker.on(name) { (message: Message, _: JobContext) in
                let late = SystemTime().now() - message.dueAt
                guard late >= .zero else { throw JobError.permanent("\(late.text) too early") }
                print("wave \(message.wave): \(late.text) after its time")
            }
        }

        try await ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: worker),
                    .init(
                        service: Waves(jobs: jobs, pace: pace),
                        successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "example"))
        ).run()
        await store.close()
    }
}

struct Waves: Service {
    struct Wave {
        var name: JobName
        var queue: QueueName
        var count: Int
        var seconds: Int
        var attempts = 5
    }

    let jobs: JobClient
    let pace: Int

    static let all = [
        Wave(name: "email.send", queue: "emails", count: 5, seconds: 0),
        Wave(name: "email.send", queue: "emails", count: 10, seconds: 10),
        Wave(name: "report.generate", queue: "reports", count: 5, seconds: 20),
        Wave(name: "data.cleanup", queue: "reports", count: 4, seconds: 30),
        Wave(name: "reminder.send", queue: "reminders", count: 4, seconds: 30),
        Wave(name: "email.vip", queue: "emails", count: 3, seconds: 45, attempts: 5),
        Wave(name: "report.generate", queue: "reports", count: 5, seconds: 60),
    ]

    func run() async throws {
        let begin = SystemTime().now()
        var ids: [JobID] = []
        for (number, wave) in Self.all.enumerated() {
            let due = begin + .seconds(wave.seconds) / pace
            for _ in 0..<wave.count {
                let message = Message(wave: number, dueAt: due)
                ids.append(
                    try await jobs.enqueue(
                        wave.name, message, .queue(wave.queue), .at(due), .attempts(wave.attempts)
                    ).id)
            }
        }
        var completed = 0
        for id in ids where try await jobs.result(of: id, timeout: .seconds(180)).job.state == .completed {
            completed += 1
        }
        print("\(completed) of \(ids.count) completed")
    }
}
