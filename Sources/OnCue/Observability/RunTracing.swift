import Instrumentation
import Synchronization
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

    /// - Parameter carry: gets the headers that jobs are to have which this run enqueues.
    func run(
        _ job: LeasedJob, carry: ([String: String]) -> Void,
        _ body: nonisolated(nonsending) () async throws -> JobOutcome
    ) async throws -> JobOutcome {
        var context = InstrumentationContext.topLevel
        if let headers = job.details?.headers, !headers.isEmpty {
            tracer.extract(headers, into: &context, using: HeaderExtractor())
        }
        let span = tracer.startAnySpan("run \(job.name)", context: context, ofKind: .consumer)
        defer { span.end() }
        var carried: [String: String] = [:]
        tracer.inject(span.context, into: &carried, using: HeaderInjector())
        carry(carried)
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

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into headers: inout [String: String]) {
        headers[key] = value
    }
}

extension LeasedJob {
    /// The headers of W3C that carry a trace, for follow-ups of a worker that has no tracer.
    var traceHeaders: [String: String] {
        details?.headers.filter { ["traceparent", "tracestate", "baggage"].contains($0.key.lowercased()) } ?? [:]
    }
}

extension JobContext {
    /// What carries the trace on to whatever this run calls: `traceparent` and the like, with names in lower case. The
    /// run's own span where the worker has a tracer, else what the job was enqueued with.
    public var traceHeaders: [String: String] {
        let headers = run.state.withLock { $0.traceHeaders } ?? run.job.traceHeaders
        return Dictionary(headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
