#if Server
    import OnCue
    import Tracing

    /// Writes spans as OTLP wants them in JSON (`ExportTraceServiceRequest`).
    enum OTLPJSON {
        static func request(_ spans: [FinishedSpan], resource: [String: String]) -> [UInt8] {
            var json = JSONWriter()
            json.object { json in
                json.array("resourceSpans") { json in
                    json.object { json in
                        json.object("resource") { json in
                            json.array("attributes") { json in
                                for (key, value) in resource.sorted(by: { $0.key < $1.key }) {
                                    attribute(key, .string(value), to: &json)
                                }
                            }
                        }
                        json.array("scopeSpans") { json in
                            json.object { json in
                                json.object("scope") { $0.field("name", "oncue") }
                                json.array("spans") { json in for span in spans { write(span, to: &json) } }
                            }
                        }
                    }
                }
            }
            return json.bytes
        }

        private static func write(_ span: FinishedSpan, to json: inout JSONWriter) {
            json.object { json in
                json.field("traceId", span.identity.traceID.text)
                json.field("spanId", TraceParent.hexadecimal(span.identity.spanID))
                if let parent = span.parent { json.field("parentSpanId", TraceParent.hexadecimal(parent)) }
                json.field(ifPresent: "traceState", span.identity.state)
                json.field("flags", span.identity.isSampled ? 1 : 0)
                json.field("name", span.record.name)
                json.field("kind", number(of: span.kind))
                json.field("startTimeUnixNano", String(span.start))
                json.field("endTimeUnixNano", String(max(span.start, span.end)))
                write(span.record.attributes, to: &json)
                if !span.record.events.isEmpty {
                    json.array("events") { json in for event in span.record.events { write(event, to: &json) } }
                }
                if !span.record.links.isEmpty {
                    json.array("links") { json in for link in span.record.links { write(link, to: &json) } }
                }
                json.object("status") { json in
                    guard let status = span.record.status else { return }
                    switch status.code {
                    case .ok: json.field("code", 1)
                    case .error: json.field("code", 2)
                    }
                    json.field(ifPresent: "message", status.message)
                }
            }
        }

        private static func write(_ event: SpanEvent, to json: inout JSONWriter) {
            json.object { json in
                json.field("timeUnixNano", String(event.nanosecondsSinceEpoch))
                json.field("name", event.name)
                write(event.attributes, to: &json)
            }
        }

        private static func write(_ link: SpanLink, to json: inout JSONWriter) {
            guard let target = link.context.traceParent else { return }
            json.object { json in
                json.field("traceId", target.traceID.text)
                json.field("spanId", TraceParent.hexadecimal(target.spanID))
                write(link.attributes, to: &json)
            }
        }

        private static func write(_ attributes: SpanAttributes, to json: inout JSONWriter) {
            var pairs: [(String, SpanAttribute)] = []
            attributes.forEach { pairs.append(($0, $1)) }
            guard !pairs.isEmpty else { return }
            json.array("attributes") { json in
                for (key, value) in pairs.sorted(by: { $0.0 < $1.0 }) { attribute(key, value, to: &json) }
            }
        }

        private static func attribute(_ key: String, _ value: SpanAttribute, to json: inout JSONWriter) {
            json.object { json in
                json.field("key", key)
                json.key("value")
                write(value, to: &json)
            }
        }

        private static func write(_ value: SpanAttribute, to json: inout JSONWriter) {
            switch value {
            // 64-bit integers are texts in the JSON of protobuf.
            case .int32(let number): json.object { $0.field("intValue", String(number)) }
            case .int64(let number): json.object { $0.field("intValue", String(number)) }
            case .double(let number): json.object { $0.field("doubleValue", number) }
            case .bool(let isTrue): json.object { $0.field("boolValue", isTrue) }
            case .string(let text): json.object { $0.field("stringValue", text) }
            case .stringConvertible(let thing): json.object { $0.field("stringValue", thing.description) }
            case .int32Array(let list): array(list.map { .int32($0) }, to: &json)
            case .int64Array(let list): array(list.map { .int64($0) }, to: &json)
            case .doubleArray(let list): array(list.map { .double($0) }, to: &json)
            case .boolArray(let list): array(list.map { .bool($0) }, to: &json)
            case .stringArray(let list): array(list.map { .string($0) }, to: &json)
            case .stringConvertibleArray(let list): array(list.map { .string($0.description) }, to: &json)
            default: json.object { $0.field("stringValue", "?") }
            }
        }

        private static func array(_ values: [SpanAttribute], to json: inout JSONWriter) {
            json.object { json in
                json.object("arrayValue") { json in
                    json.array("values") { json in for value in values { write(value, to: &json) } }
                }
            }
        }

        private static func number(of kind: SpanKind) -> Int {
            switch kind {
            case .internal: 1
            case .server: 2
            case .client: 3
            case .producer: 4
            case .consumer: 5
            }
        }
    }
#endif
