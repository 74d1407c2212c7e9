#if Server
    /// How deep a JSON text is nested, without reading it otherwise. Pure.
    enum JSONDepth {
        /// Whether more than `limit` containers stand within one another. Of a text that is no JSON the answer means nothing.
        static func isOver(_ limit: Int, _ bytes: [UInt8]) -> Bool {
            var depth = 0
            var isInString = false
            var isEscaped = false
            for byte in bytes {
                if isInString {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    depth += 1
                    if depth > limit { return true }
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
            }
            return false
        }
    }
#endif
