#if Server
    public import Tracing
    import Synchronization

    /// A span that is being recorded, or, where its trace is not, one that only carries its context.
    public final class TraceSpan: Span, Sendable {
        /// What is kept of a span at most.
        enum Limit {
            static let attributes = 128
            static let events = 128
            static let links = 128
        }

        struct Record: Sendable {
            var name: String
            var attributes: SpanAttributes = [:]
            var events: [SpanEvent] = []
            var links: [SpanLink] = []
            var status: SpanStatus?
        }

        public let context: InstrumentationContext
        private let identity: TraceParent
        private let parent: UInt64?
        private let kind: SpanKind
        private let start: UInt64
        /// Where the span goes when it has ended; nil for one that is not recorded.
        private let sink: (@Sendable (FinishedSpan) -> Void)?
        /// Nil once it has ended.
        private let record: Mutex<Record?>
        private let lastName: Mutex<String>

        init(
            _ name: String, identity: TraceParent, parent: UInt64?, kind: SpanKind, start: UInt64,
            context: InstrumentationContext, sink: (@Sendable (FinishedSpan) -> Void)?
        ) {
            self.identity = identity
            self.parent = parent
            self.kind = kind
            self.start = start
            self.sink = sink
            var context = context
            context.traceParent = identity
            self.context = context
            record = Mutex(sink == nil ? nil : Record(name: name))
            lastName = Mutex(name)
        }

        public var isRecording: Bool { record.withLock { $0 != nil } }

        public var operationName: String {
            get { lastName.withLock { $0 } }
            set {
                lastName.withLock { $0 = newValue }
                record.withLock { $0?.name = newValue }
            }
        }

        public var attributes: SpanAttributes {
            get { record.withLock { $0?.attributes ?? [:] } }
            set {
                record.withLock { record in
                    guard newValue.count <= Limit.attributes else { return }
                    record?.attributes = newValue
                }
            }
        }

        public func setStatus(_ status: SpanStatus) {
            record.withLock { $0?.status = status }
        }

        public func addEvent(_ event: SpanEvent) {
            record.withLock { record in
                if let count = record?.events.count, count < Limit.events { record?.events.append(event) }
            }
        }

        public func addLink(_ link: SpanLink) {
            record.withLock { record in
                if let count = record?.links.count, count < Limit.links { record?.links.append(link) }
            }
        }

        public func recordError<Instant: TracerInstant>(
            _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
        ) {
            guard isRecording else { return }
            var attributes = attributes
            attributes["exception.type"] = String(reflecting: type(of: error))
            attributes["exception.message"] = String(describing: error)
            addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
        }

        public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
            let ended = record.withLock { record in
                defer { record = nil }
                return record
            }
            guard let ended, let sink else { return }
            sink(
                FinishedSpan(
                    identity: identity, parent: parent, kind: kind, start: start, end: instant().nanosecondsSinceEpoch,
                    record: ended))
        }
    }

    /// A span that has ended and is to be exported.
    struct FinishedSpan: Sendable {
        var identity: TraceParent
        var parent: UInt64?
        var kind: SpanKind
        /// Nanoseconds since 1970.
        var start: UInt64
        var end: UInt64
        var record: TraceSpan.Record
    }

    private enum TraceParentKey: InstrumentationContextKey {
        typealias Value = TraceParent
        static var nameOverride: String? { "traceparent" }
    }

    extension InstrumentationContext {
        var traceParent: TraceParent? {
            get { self[TraceParentKey.self] }
            set { self[TraceParentKey.self] = newValue }
        }
    }
#endif
