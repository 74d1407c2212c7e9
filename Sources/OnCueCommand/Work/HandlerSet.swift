import OnCue
import OnCueHandlers

/// The handlers of a worker that is not written in Swift: those of a file, and the built-in ones. The file wins.
struct HandlerSet: Sendable {
    private let file: HandlerFile?
    private let hasBuiltIns: Bool

    init(file path: String?, hasBuiltIns: Bool) throws(CommandError) {
        self.hasBuiltIns = hasBuiltIns
        guard let path else {
            file = nil
            return
        }
        do {
            file = try HandlerFile(path: path)
        } catch {
            throw .usage("the handlers file \(error)")
        }
    }

    var names: Set<JobName> {
        let own = file?.names ?? []
        return hasBuiltIns ? own.union(BuiltInHandlers.names) : own
    }

    func register(on worker: Worker) throws {
        try file?.register(on: worker)
        // Takes the names that are still free.
        if hasBuiltIns { try BuiltInHandlers.register(on: worker) }
    }
}
