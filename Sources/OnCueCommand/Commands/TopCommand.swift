import ArgumentParser
import OnCue

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch queues and workers live, with jobs a second.", usage: "oncue top [<options>]",
        discussion: """
            Ctrl-C ends it. Where the output is no terminal it prints one picture, or as many as --count says; with \
            --json each is one object on a line of its own.
            """)

    @Option(
        help: ArgumentHelp("How often it looks; at least 100ms. (default: 1s)", valueName: "duration"),
        transform: ArgumentValue.duration)
    var interval: Duration?

    @Option(help: ArgumentHelp("Pictures to show before it ends.", valueName: "count"))
    var count: Int?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let count, count < 1 { throw ArgumentParser.ValidationError("--count has to be above zero") }
        if let interval, interval < .milliseconds(100) || interval > .seconds(3_600) {
            throw ArgumentParser.ValidationError("--interval takes 100ms to 1h")
        }
    }

    func run() async throws {
        let context = try await CommandContext(global)
        let interval = interval ?? .seconds(1)
        try await context.withStore { store in
            let watching = Task { try await watch(store, context.output, interval) }
            let signals = Signals {
                watching.cancel()
            } atOnce: {
                watching.cancel()
            }
            defer { signals.end() }
            do {
                try await watching.value
            } catch is CancellationError {}
        }
    }

    private func watch(_ store: any JobStore, _ output: Output, _ interval: Duration) async throws {
        let isLive = output.terminal.width != nil && !output.isJSON
        if isLive { Output.write(Screen.enter, to: Output.standardOutput) }
        defer { if isLive { Output.write(Screen.leave, to: Output.standardOutput) } }
        var previous: TopReading?
        var left = count ?? (isLive ? .max : 1)
        // Where pictures are counted, each has something to compare with.
        if count != nil || !isLive { previous = try await Self.read(store) }
        while left > 0 {
            if previous != nil { try await Task.sleep(for: interval) }
            let reading = try await Self.read(store)
            let frame = TopFrame(reading, after: previous)
            show(frame, output, isLive)
            previous = reading
            left -= 1
        }
    }

    private static func read(_ store: any JobStore) async throws -> TopReading {
        TopReading(
            queues: try await store.queues(), workers: try await JobClient(store).workers(includingJobs: false),
            now: try await store.now(), location: try await store.info().location)
    }

    private func show(_ frame: TopFrame, _ output: Output, _ isLive: Bool) {
        if output.isJSON { return output.json { frame.write(to: &$0) } }
        let terminal = isLive ? output.terminal.resized : output.terminal
        let text = frame.text(width: terminal.width, height: isLive ? terminal.height : nil, colour: terminal.hasColour)
        Output.write(isLive ? Screen.draw(text) : text + "\n\n", to: Output.standardOutput)
    }

    /// What moves a terminal: a screen of its own, that leaves the old one as it was.
    private enum Screen {
        static let enter = "\u{1b}[?1049h\u{1b}[?25l"
        static let leave = "\u{1b}[?25h\u{1b}[?1049l"

        /// Draws over what is there, line by line, so that nothing flickers.
        static func draw(_ text: String) -> String {
            "\u{1b}[H" + text.replacing("\n", with: "\u{1b}[K\n") + "\u{1b}[K\u{1b}[J"
        }
    }
}
