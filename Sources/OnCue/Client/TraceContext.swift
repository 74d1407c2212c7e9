import Instrumentation
import ServiceContextModule
import Tracing

/// Carries the trace of whoever enqueues to whoever runs, in the job's headers (`traceparent` and the like).
enum TraceContext {
    /// A producer span for an enqueue, when a tracer is installed; whoever gets it ends it.
    static func startSpan(for jobs: [NewJob]) -> (any Span)? {
        let tracer = InstrumentationSystem.tracer
        guard !(tracer is NoOpTracer), let first = jobs.first else { return nil }
        let span = tracer.startAnySpan(
            jobs.count == 1 ? "enqueue \(first.name)" : "enqueue \(jobs.count) jobs", ofKind: .producer)
        span.attributes["messaging.system"] = "oncue"
        span.attributes["messaging.operation.type"] = "send"
        span.attributes["messaging.batch.message_count"] = jobs.count
        if jobs.allSatisfy({ $0.queue == first.queue }) {
            span.attributes["messaging.destination.name"] = first.queue.rawValue
        }
        return span
    }

    /// Adds what the installed instrument wants carried. A header that is there already stays.
    static func inject(_ context: ServiceContext?, into jobs: inout [NewJob]) {
        let instrument = InstrumentationSystem.instrument
        guard let context, !(instrument is NoOpInstrument) else { return }
        var carried: [String: String] = [:]
        instrument.inject(context, into: &carried, using: HeaderInjector())
        guard !carried.isEmpty else { return }
        for index in jobs.indices {
            jobs[index].headers.merge(carried) { given, _ in given }
        }
    }
}

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
        carrier[key] = value
    }
}
