#if Server
    /// A span as W3C Trace Context names it: `traceparent` and `tracestate`.
    struct TraceParent: Hashable, Sendable {
        /// 16 bytes, not all zero.
        var traceID: TraceID
        /// Not zero.
        var spanID: UInt64
        var isSampled: Bool
        /// As it came; handed on untouched.
        var state: String?

        struct TraceID: Hashable, Sendable {
            var high: UInt64
            var low: UInt64

            var isZero: Bool { high == 0 && low == 0 }
            var text: String { TraceParent.hexadecimal(high) + TraceParent.hexadecimal(low) }

            static func random() -> TraceID {
                TraceID(high: .random(in: .min ... .max), low: .random(in: 1 ... .max))
            }
        }

        init(traceID: TraceID, spanID: UInt64, isSampled: Bool, state: String? = nil) {
            self.traceID = traceID
            self.spanID = spanID
            self.isSampled = isSampled
            self.state = state
        }

        /// Nil for anything that does not follow the rules: then a new trace begins.
        init?(header: String, state: String?) {
            let parts = header.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count >= 4, let version = Self.number(parts[0], digits: 2), version != 0xff,
                version > 0 || parts.count == 4, parts[1].utf8.count == 32,
                let high = Self.number(parts[1].prefix(16), digits: 16),
                let low = Self.number(parts[1].suffix(16), digits: 16), let span = Self.number(parts[2], digits: 16),
                let flags = Self.number(parts[3], digits: 2)
            else { return nil }
            let trace = TraceID(high: high, low: low)
            guard !trace.isZero, span != 0 else { return nil }
            self.init(traceID: trace, spanID: span, isSampled: flags & 1 == 1)
            if let state, !state.isEmpty, state.utf8.count <= 512 { self.state = state }
        }

        var header: String { "00-\(traceID.text)-\(Self.hexadecimal(spanID))-\(isSampled ? "01" : "00")" }

        /// Lower-case digits only, as the standard wants it.
        private static func number(_ text: Substring, digits: Int) -> UInt64? {
            guard text.utf8.count == digits else { return nil }
            var value: UInt64 = 0
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
                default: return nil
                }
            }
            return value
        }

        static func hexadecimal(_ value: UInt64) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
    }
#endif
