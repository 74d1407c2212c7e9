#if Server
    import HTTPTypes
    import Tracing

    /// The server span of a request, as a child of the trace that its `traceparent` names.
    struct RequestTracing: Sendable {
        private let tracer: (any Tracer)?

        /// - Parameter tracer: nil: the one that is installed when a request comes.
        init(_ tracer: (any Tracer)?) {
            self.tracer = tracer
        }

        /// Costs nothing where no tracer is installed. Probes and scrapes are not traced.
        func answer(
            _ request: APIRequest, _ route: Route, _ body: () async -> APIResponse
        ) async -> APIResponse {
            let tracer = tracer ?? InstrumentationSystem.tracer
            guard !(tracer is NoOpTracer), route.path.hasPrefix("/api/") else { return await body() }
            var context = InstrumentationContext.topLevel
            tracer.extract(request.head.headerFields, into: &context, using: FieldExtractor())
            let span = tracer.startAnySpan("\(route.method) \(route.path)", context: context, ofKind: .server)
            defer { span.end() }
            span.attributes["http.request.method"] = request.head.method.rawValue
            span.attributes["http.route"] = route.path
            span.attributes["oncue.request.id"] = request.id
            let response = await withTracer(tracer) {
                await InstrumentationContext.$current.withValue(span.context) { await body() }
            }
            span.attributes["http.response.status_code"] = response.status.code
            if response.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
            return response
        }
    }

    private struct FieldExtractor: Extractor {
        func extract(key: String, from fields: HTTPFields) -> String? {
            HTTPField.Name(key).flatMap { fields[$0] }
        }
    }
#endif
