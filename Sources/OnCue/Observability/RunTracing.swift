import Instrumentation
import Tracing

/// The consumer span of a run, as a child of the trace that the job's headers carry.
struct RunTracing: Sendable {
    private let tracer: any Tracer

    /// Nil where no tracer is installed: then nothing of this costs anything.
    init?(_ tracer: (any Tracer)?) {
        let tracer = tracer ?? InstrumentationSystem.tracer
        guard !(tracer is NoOpTracer) else { return nil }
        self.tracer = tracer
    }

    func run(
        _ job: LeasedJob, _ body: nonisolated(nonsending) () async throws -> JobOutcome
    ) async throws -> JobOutcome {
        var context = InstrumentationContext.topLevel
        if let headers = job.details?.headers, !headers.isEmpty {
            tracer.extract(headers, into: &context, using: HeaderExtractor())
        }
        let span = tracer.startAnySpan("run \(job.name)", context: context, ofKind: .consumer)
        defer { span.end() }
        span.attributes["messaging.system"] = "oncue"
        span.attributes["messaging.operation.type"] = "process"
        span.attributes["messaging.destination.name"] = job.queue.rawValue
        span.attributes["messaging.message.id"] = job.id.description
        span.attributes["oncue.job.name"] = job.name.rawValue
        span.attributes["oncue.job.attempt"] = job.attempt
        do {
            return try await withTracer(tracer) {
                try await InstrumentationContext.$current.withValue(span.context) { try await body() }
            }
        } catch {
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error, message: String(describing: error)))
            throw error
        }
    }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: [String: String]) -> String? {
        headers[key] ?? headers.first { $0.key.lowercased() == key }?.value
    }
}
