#if Redis
    import NIOCore

    /// What one line of RESP says, before any payload: the type, the text of the line, and for lengths the number.
    struct RESPElement {
        var kind: UInt8
        /// The line's text without the type byte and the line end.
        var line: Range<Int>
        /// The payload of a bulk string, the text of the line otherwise.
        var content: Range<Int>
        /// How many elements follow, for aggregates; two for each pair of a map.
        var children: Int
        var isNull: Bool
        /// Where the next element begins (the first child, for an aggregate).
        var end: Int

        static let maximumLine = 65_536

        /// Reads the element that begins at `offset`; nil when it is not all there yet.
        static func read(
            _ bytes: UnsafeRawBufferPointer, at offset: Int, maximumLength: Int
        ) throws(RESPError) -> RESPElement? {
            guard offset < bytes.count else { return nil }
            let kind = bytes[offset]
            let limit = min(bytes.count, offset + maximumLine)
            var index = offset + 1
            while index < limit, bytes[index] != carriageReturn { index += 1 }
            guard index + 1 < bytes.count else {
                guard index < offset + maximumLine else { throw RESPError.lineTooLong }
                guard isKnown(kind) else { throw RESPError.unknownType(kind) }
                return nil
            }
            guard index < limit else { throw RESPError.lineTooLong }
            guard bytes[index + 1] == lineFeed else { throw RESPError.malformed }
            let line = (offset + 1)..<index
            var element = RESPElement(
                kind: kind, line: line, content: line, children: 0, isNull: false, end: index + 2)
            switch kind {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ","): break
            case UInt8(ascii: ":"):
                guard number(bytes, line) != nil else { throw RESPError.malformed }
            case UInt8(ascii: "#"):
                guard line.count == 1,
                    bytes[line.lowerBound] == UInt8(ascii: "t") || bytes[line.lowerBound] == UInt8(ascii: "f")
                else { throw RESPError.malformed }
            case UInt8(ascii: "_"):
                element.isNull = true
            case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="):
                let length = try length(bytes, line, maximum: maximumLength)
                guard length >= 0 else {
                    element.isNull = true
                    break
                }
                element.content = element.end..<(element.end + length)
                element.end += length + 2
                guard element.end <= bytes.count else { return nil }
                guard bytes[element.end - 2] == carriageReturn, bytes[element.end - 1] == lineFeed else {
                    throw RESPError.malformed
                }
            case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"):
                let count = try length(bytes, line, maximum: maximumLength)
                element.isNull = count < 0
                element.children = max(0, count)
            case UInt8(ascii: "%"), UInt8(ascii: "|"):
                let count = try length(bytes, line, maximum: maximumLength / 2)
                guard count >= 0 else { throw RESPError.malformed }
                element.children = count * 2
            default: throw RESPError.unknownType(kind)
            }
            return element
        }

        /// Where the whole value that begins at `offset` ends, children included. The bytes were checked by the parser.
        static func endOfValue(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int? {
            var offset = offset
            var open = 1
            while open > 0 {
                guard let element = try? read(bytes, at: offset, maximumLength: .max) else { return nil }
                open += element.children
                // An attribute is said of the value after it and does not count as one.
                if element.kind != UInt8(ascii: "|") { open -= 1 }
                offset = element.end
            }
            return offset
        }

        static func number(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int64? {
            var index = range.lowerBound
            var negative = false
            if index < range.upperBound, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
                negative = bytes[index] == UInt8(ascii: "-")
                index += 1
            }
            guard index < range.upperBound else { return nil }
            // Summed below zero, where there is room for Int64.min.
            var sum: Int64 = 0
            while index < range.upperBound {
                let digit = bytes[index] &- UInt8(ascii: "0")
                guard digit <= 9 else { return nil }
                let (product, overflow) = sum.multipliedReportingOverflow(by: 10)
                let (difference, underflow) = product.subtractingReportingOverflow(Int64(digit))
                guard !overflow, !underflow else { return nil }
                sum = difference
                index += 1
            }
            if negative { return sum }
            return sum == .min ? nil : -sum
        }

        /// A length or a count; -1 says null.
        private static func length(
            _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, maximum: Int
        ) throws(RESPError) -> Int {
            guard let number = number(bytes, line), number >= -1 else { throw RESPError.malformed }
            guard number <= maximum else { throw RESPError.tooLong }
            return Int(number)
        }

        private static func isKnown(_ kind: UInt8) -> Bool {
            "+-:(,#_$!=*~>%|".utf8.contains(kind)
        }
    }

    private let carriageReturn = UInt8(ascii: "\r")
    private let lineFeed = UInt8(ascii: "\n")

    /// Why bytes are not RESP.
    enum RESPError: Error, Hashable {
        case unknownType(UInt8)
        case malformed
        case lineTooLong
        case tooLong
        case tooDeep
    }
#endif
