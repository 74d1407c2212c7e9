import OnCue
import ServiceLifecycle
import Synchronization

/// The group of worker processes, which can be told to end before it runs, while it runs and afterwards.
final class SupervisedWork: Sendable {
    private struct State {
        var running: Task<Void, any Error>?
        var isShutDown = false
        var isInterrupted = false
    }

    private let group: ServiceGroup
    private let state = Mutex(State())

    init(_ group: ServiceGroup) {
        self.group = group
    }

    /// Returns when no process is left.
    func run() async throws {
        let running: Task<Void, any Error>? = state.withLock { state in
            guard !state.isShutDown, !state.isInterrupted else { return nil }
            let task = Task { [group] in try await group.run() }
            state.running = task
            return task
        }
        do {
            try await running?.value
        } catch is CancellationError {
            return
        } catch let error as Supervisor.StartError {
            throw CommandError(.failure, error.description)
        }
    }

    /// Sends SIGTERM to the processes, and SIGKILL once their grace is over.
    func shutDown() {
        let isRunning = state.withLock { state in
            state.isShutDown = true
            return state.running != nil
        }
        guard isRunning else { return }
        Task { await group.triggerGracefulShutdown() }
    }

    /// Leaves them 5 s.
    func interrupt() {
        state.withLock { state in
            state.isInterrupted = true
            state.running?.cancel()
        }
    }
}
