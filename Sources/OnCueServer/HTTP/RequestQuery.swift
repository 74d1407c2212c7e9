#if Server
    import OnCue

    /// What stands behind the `?` of a path, decoded. A name may come several times.
    public struct RequestQuery: Sendable {
        private var pairs: [(name: String, value: String)] = []

        public init() {}

        /// - Returns: nil for an escape that is none, or bytes that are not UTF-8.
        init?(_ text: Substring) {
            for part in text.split(separator: "&") {
                let equals = part.firstIndex(of: "=")
                let name = PathText.decoded(part[..<(equals ?? part.endIndex)], plusIsSpace: true)
                let value = equals.map { PathText.decoded(part[part.index(after: $0)...], plusIsSpace: true) } ?? ""
                guard let name, let value else { return nil }
                pairs.append((name, value))
            }
        }

        /// The last value of that name; nil when there is none or it is empty.
        public subscript(name: String) -> String? {
            pairs.last { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
        }

        /// Every value of these names, several in one split at commas.
        func list(_ names: String...) -> [String] {
            pairs.filter { names.contains($0.name) }
                .flatMap { $0.value.split(separator: ",").map { String($0.drop { $0 == " " }) } }
        }

        /// Every value of that name as it stands.
        func values(_ name: String) -> [String] {
            pairs.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
        }

        func integer(_ name: String) throws(ValidationError) -> Int? {
            guard let text = self[name] else { return nil }
            guard let number = Int(text) else {
                throw ValidationError(field: name, message: "takes a whole number, this is '\(text.prefix(64))'")
            }
            return number
        }

        func bool(_ name: String) throws(ValidationError) -> Bool? {
            switch self[name]?.lowercased() {
            case nil: nil
            case "true", "1", "yes": true
            case "false", "0", "no": false
            default: throw ValidationError(field: name, message: "takes true or false")
            }
        }

        func moment(_ name: String) throws(ValidationError) -> Timestamp? {
            guard let text = self[name] else { return nil }
            // A plus sign of an offset that was not escaped arrives as a space.
            guard let moment = Timestamp(text) ?? Timestamp(text.replacing(" ", with: "+")) else {
                throw ValidationError(
                    field: name, message: "takes an RFC 3339 time such as 2026-11-21T09:30:00Z")
            }
            return moment
        }

        func duration(_ name: String) throws(ValidationError) -> Duration? {
            guard let text = self[name] else { return nil }
            do {
                return try Duration(parsing: text)
            } catch {
                throw ValidationError(field: name, message: error.message)
            }
        }
    }

    /// Percent-encoding (RFC 3986).
    enum PathText {
        static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
            guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
                return String(text)
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count)
            var rest = text.utf8[...]
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "%"):
                    guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue)
                    else {
                        return nil
                    }
                    bytes.append(high << 4 | low)
                case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
                default: bytes.append(byte)
                }
            }
            return String(validating: bytes, as: UTF8.self)
        }

        private static func hexValue(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: nil
            }
        }
    }
#endif
