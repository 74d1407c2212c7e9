#if Redis
    public import NIOCore

    /// One complete reply. It reads lazily out of the buffer it came in: making one allocates nothing.
    public struct RESPToken: Sendable, Hashable {
        public enum Value: Sendable, Hashable {
            case simpleString(ByteBuffer)
            case bulkString(ByteBuffer)
            case verbatimString(ByteBuffer)
            case simpleError(ByteBuffer)
            case bulkError(ByteBuffer)
            case number(Int64)
            case bigNumber(ByteBuffer)
            case double(Double)
            case boolean(Bool)
            case null
            case array(Elements)
            case set(Elements)
            case map(Elements)
            case push(Elements)
            case attribute(Elements)
        }

        /// The values inside an aggregate. A map's are key, value, key, value: the same as RESP2's flat array.
        public struct Elements: Sequence, Sendable, Hashable {
            public let count: Int
            fileprivate let base: ByteBuffer

            public func makeIterator() -> Iterator { Iterator(base: base) }
            public var underestimatedCount: Int { count }

            public struct Iterator: IteratorProtocol {
                fileprivate var base: ByteBuffer

                public mutating func next() -> RESPToken? {
                    let range = base.withUnsafeReadableBytes { bytes -> Range<Int>? in
                        var start = 0
                        while start < bytes.count, bytes[start] == UInt8(ascii: "|") {
                            guard let attribute = try? RESPElement.read(bytes, at: start, maximumLength: .max) else {
                                return nil
                            }
                            start = attribute.end
                            for _ in 0..<attribute.children {
                                guard let end = RESPElement.endOfValue(bytes, at: start) else { return nil }
                                start = end
                            }
                        }
                        return RESPElement.endOfValue(bytes, at: start).map { start..<$0 }
                    }
                    guard let range else { return nil }
                    base.moveReaderIndex(forwardBy: range.lowerBound)
                    return base.readSlice(length: range.count).map(RESPToken.init(checked:))
                }
            }
        }

        /// The bytes of this reply and nothing else.
        private let base: ByteBuffer

        /// `checked` holds exactly one well-formed reply.
        init(checked: ByteBuffer) {
            base = checked
        }

        /// What the reply says.
        public var value: Value {
            guard let element else { return .null }
            if element.isNull { return .null }
            switch element.kind {
            case UInt8(ascii: "+"): return .simpleString(slice(element.content))
            case UInt8(ascii: "$"): return .bulkString(slice(element.content))
            case UInt8(ascii: "="): return .verbatimString(slice(Self.withoutFormat(element.content)))
            case UInt8(ascii: "-"): return .simpleError(slice(element.content))
            case UInt8(ascii: "!"): return .bulkError(slice(element.content))
            case UInt8(ascii: ":"): return .number(number(in: element.content) ?? 0)
            case UInt8(ascii: "("): return .bigNumber(slice(element.content))
            case UInt8(ascii: ","): return .double(Double(string(element.content)) ?? .nan)
            case UInt8(ascii: "#"): return .boolean(string(element.content) == "t")
            case UInt8(ascii: "*"): return .array(elements(of: element))
            case UInt8(ascii: "~"): return .set(elements(of: element))
            case UInt8(ascii: "%"): return .map(elements(of: element))
            case UInt8(ascii: ">"): return .push(elements(of: element))
            case UInt8(ascii: "|"): return .attribute(elements(of: element))
            default: return .null
            }
        }

        /// RESP3's null, or one of RESP2's two.
        public var isNull: Bool { element?.isNull ?? true }

        /// A number, or the digits of a string.
        public var integer: Int64? {
            guard let element,
                let range = stringRange(element) ?? (element.kind == UInt8(ascii: ":") ? element.content : nil)
            else { return nil }
            return number(in: range)
        }

        /// A string of any kind. Bytes that are not UTF-8 are replaced: take `bytes` where they matter.
        public var text: String? {
            element.flatMap(stringRange).map(string)
        }

        /// A string of any kind, not copied.
        public var bytes: ByteBuffer? {
            element.flatMap(stringRange).map(slice)
        }

        /// A string of any kind, copied.
        public var array: [UInt8]? {
            bytes.map { Array($0.readableBytesView) }
        }

        /// The values inside an array, set, map or push message; nil for anything else, null included.
        public var elements: Elements? {
            guard let element, !element.isNull else { return nil }
            switch element.kind {
            case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: ">"):
                return elements(of: element)
            default: return nil
            }
        }

        /// The error, where the reply is one.
        public var error: RedisServerError? {
            guard kind == UInt8(ascii: "-") || kind == UInt8(ascii: "!"), let element else { return nil }
            return RedisServerError(message: string(element.content))
        }

        /// A push message or an attribute: not the reply to a command.
        var isOutOfBand: Bool {
            kind == UInt8(ascii: ">") || kind == UInt8(ascii: "|")
        }

        var kind: UInt8? { base.getInteger(at: base.readerIndex) }

        private var element: RESPElement? {
            base.withUnsafeReadableBytes { try? RESPElement.read($0, at: 0, maximumLength: .max) }
        }

        private func stringRange(_ element: RESPElement) -> Range<Int>? {
            guard !element.isNull else { return nil }
            switch element.kind {
            case UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: "("): return element.content
            case UInt8(ascii: "="): return Self.withoutFormat(element.content)
            default: return nil
            }
        }

        /// A verbatim string begins with its format and a colon: `txt:`.
        private static func withoutFormat(_ range: Range<Int>) -> Range<Int> {
            range.count < 4 ? range : (range.lowerBound + 4)..<range.upperBound
        }

        private func elements(of element: RESPElement) -> Elements {
            Elements(count: element.children, base: slice(element.end..<base.readableBytes))
        }

        private func slice(_ range: Range<Int>) -> ByteBuffer {
            base.getSlice(at: base.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
        }

        private func string(_ range: Range<Int>) -> String {
            base.getString(at: base.readerIndex + range.lowerBound, length: range.count) ?? ""
        }

        private func number(in range: Range<Int>) -> Int64? {
            base.withUnsafeReadableBytes { RESPElement.number($0, range) }
        }
    }
#endif
