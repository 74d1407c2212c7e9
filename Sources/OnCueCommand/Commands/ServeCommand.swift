import ArgumentParser
import OnCue

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run jobs, and serve the HTTP API.", usage: "oncue serve [<options>]",
        discussion: """
            oncue serve
            oncue serve --handlers handlers.yaml --concurrency 20
            oncue serve --http 9000 --queues urgent,mail:2 --processes 4
            oncue serve --http 0.0.0.0:8443 --tls-certificate chain.pem --tls-key key.pem

            Without API keys it answers this machine only, and refuses to listen beyond it. 'oncue keys create' makes \
            the first one. OTEL_EXPORTER_OTLP_ENDPOINT sends traces to a collector.

            \(WorkHelp.text)
            """)

    @OptionGroup var serve: ServeOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let flags = work.given.merging(serve.given) { $1 }
        let context = try await CommandContext(global, flags: flags, isService: true)
        try await WorkRun(context: context, isServing: true).run()
    }
}

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Run jobs.", usage: "oncue work [<options>]",
        discussion: """
            oncue work --queues urgent,default --concurrency 20

            \(WorkHelp.text)
            """)

    @OptionGroup var work: WorkOptions

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = try await CommandContext(global, flags: work.given, isService: true)
        try await WorkRun(context: context, isServing: false).run()
    }
}

enum WorkHelp {
    static let text = """
        A handlers file maps job names to commands:

          handlers:
            report.wordcount:
              command: ["wc", "-w"]
              timeout: 30s
              concurrency: 4

        The payload comes on stdin, ONCUE_JOB_ID, ONCUE_JOB_NAME, ONCUE_QUEUE and ONCUE_ATTEMPT in the environment. \
        What goes to stdout is the job's output. Exit 0 completes the job, 75 asks for a retry, 65 means trying \
        again is of no use, anything else is a failure that is retried. Instead of command: shell; further: env, \
        cwd, soft_timeout, attempts, backoff.

        Built in are echo (its output is its payload), sleep ('{"duration":"3s"}' or '"3s"'), fail and error \
        ('{"error":"text","permanent":false}').

        SIGTERM and SIGINT stop claiming, let running jobs go on for --shutdown-timeout and hand back what is then \
        left, its attempt unspent; a second signal does so at once.
        """
}
