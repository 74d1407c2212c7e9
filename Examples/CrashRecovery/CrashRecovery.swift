import Logging
import OnCue
import OnCueSQLite
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// A worker dies in the middle of a job; the next one runs the job to its end.
//
//     swift run ExampleCrashRecovery FILE crash      enqueues a job and is killed while it runs
//     swift run ExampleCrashRecovery FILE trap       the same, by a bug in the handler
//     swift run ExampleCrashRecovery FILE recover    runs what was left, then ends

struct LongReport: Job {
    static let name: JobName = "report.long"
    static let options = JobOptions(queue: "crash-test")
    var pages: Int
}

@main
struct CrashRecovery {
    static func main() async throws {
        guard CommandLine.arguments.count == 3, ["crash", "trap", "recover"].contains(CommandLine.arguments[2])
        else {
            print("usage: ExampleCrashRecovery FILE crash|trap|recover")
            exit(2)
        }
        let store = try await SQLiteStore(path: CommandLine.arguments[1])
        let jobs = JobClient(store)
        let way = CommandLine.arguments[2]

        let worker = Worker(store, concurrency: 5, queues: ["crash-test"])
        try worker.on(LongReport.self) { report, context in
            // Goes on where the attempt before it had come to.
            var page = try await context.lastCheckpoint(as: Int.self) ?? 0
            while page < report.pages {
                page += 1
                try await context.checkpoint(page)
                guard way != "recover", page == report.pages / 2 else { continue }
                if way == "trap" { fatalError("a bug in the handler") }
                kill(getpid(), SIGKILL)
            }
            print("attempt \(context.attempt): finished all \(page) pages")
        }

        if way != "recover" {
            let id = try await jobs.enqueue(LongReport(pages: 10)).id
            print(id)
            fflush(nil)
            try await worker.run()
        } else {
            try await ServiceGroup(
                configuration: .init(
                    services: [
                        .init(service: worker),
                        .init(service: UntilEmpty(jobs: jobs), successTerminationBehavior: .gracefullyShutdownGroup),
                    ],
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: Logger(label: "example"))
            ).run()
        }
        await store.close()
    }
}

/// Ends when nothing waits or runs any more.
struct UntilEmpty: Service {
    let jobs: JobClient

    func run() async throws {
        let unfinished = JobFilter(states: Set(JobState.allCases).subtracting(JobState.final))
        while try await jobs.count(unfinished).count > 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
