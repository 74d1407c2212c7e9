import OnCue

/// How a worker is to work, read from the settings and checked before anything is opened.
struct WorkPlan: Equatable, Sendable {
    var concurrency: Int
    /// Empty: every queue.
    var queues: [Worker.Queue]
    var handlersFile: String?
    var hasBuiltIns: Bool
    var shutdownTimeout: Duration
    var lease: Duration
    var workerName: String?
    var processes: Int
    /// Nil: no HTTP.
    var http: HTTPPlan?

    /// - Parameter isServing: HTTP is for `serve` alone.
    init(_ settings: Settings, isServing: Bool = false) throws {
        concurrency = try settings.count(.concurrency, in: 1...10_000)
        processes = try settings.count(.processes, in: 1...1_000)
        lease = try settings.duration(.lease, in: .seconds(2) ... .seconds(86_400))
        shutdownTimeout = try settings.duration(.shutdownTimeout, in: .zero ... .seconds(86_400))
        hasBuiltIns = try !settings.flag(.noBuiltins)
        handlersFile = try settings.text(.handlers)
        workerName = try settings.text(.workerName)
        http = isServing ? try HTTPPlan.read(settings) : nil
        queues = []
        if let workerName, let value = try settings.value(.workerName) {
            // The number of the process is put behind it.
            guard workerName.utf8.count <= Limits.nameLength - 5 else { throw value.invalid("is too long") }
            do { try QueueName(workerName).validated(field: "worker") } catch { throw value.invalid(error.message) }
        }
        if let value = try settings.value(.queues) { queues = try Self.queues(value) }
    }

    /// `urgent,mail:2`: in their order, a number behind a colon is how many of it run at once.
    private static func queues(_ value: SettingValue) throws(CommandError) -> [Worker.Queue] {
        var queues: [Worker.Queue] = []
        for part in value.text.split(separator: ",", omittingEmptySubsequences: false) {
            var name = String(part.drop { $0 == " " })
            while name.last == " " { name.removeLast() }
            var limit: Int?
            if let colon = name.lastIndex(of: ":"), let number = Int(name[name.index(after: colon)...]) {
                guard number >= 1 else { throw value.invalid("gives the queue \(name[..<colon]) no slot; at least 1") }
                limit = number
                name = String(name[..<colon])
            }
            do { try QueueName(name).validated(field: "queue") } catch {
                throw value.invalid("is not a list of queues: \(error.message)")
            }
            guard !queues.contains(where: { $0.name.rawValue == name }) else {
                throw value.invalid("names the queue \(name) twice")
            }
            queues.append(Worker.Queue(QueueName(name), limit: limit))
        }
        return queues
    }

    var configuration: Worker.Configuration {
        var configuration = Worker.Configuration()
        configuration.name = workerName
        configuration.lease = lease
        configuration.shutdownGrace = shutdownTimeout
        return configuration
    }
}
