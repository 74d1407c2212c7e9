import InMemoryLogging
import Logging

/// A logger whose entries a test can read.
struct InMemoryLogs {
    let handler: InMemoryLogHandler
    let logger: Logger

    init(level: Logger.Level = .trace) {
        let handler = InMemoryLogHandler()
        self.handler = handler
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = level
        self.logger = logger
    }

    func messages(_ level: Logger.Level) -> [String] {
        handler.entries.filter { $0.level == level }.map(\.message.description)
    }
}
