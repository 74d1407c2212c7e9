/// Code around every run of a worker: what was registered first is outermost.
public protocol JobMiddleware: Sendable {
    /// Runs `next` (or does not), and answers with its outcome or another. An error thrown is the run's failure.
    func handle(
        _ context: JobContext, next: nonisolated(nonsending) (JobContext) async throws -> JobOutcome
    ) async throws -> JobOutcome
}
