#if Server
    import OnCue

    /// A JSON text as a tree, with true and 1 apart.
    indirect enum JSONValue: Hashable, Sendable {
        case null
        case bool(Bool)
        case number(Double)
        case string(String)
        case array([JSONValue])
        case object([String: JSONValue])

        init(_ bytes: [UInt8]) throws {
            try self.init(bytes, JSONSlicer.value(of: bytes))
        }

        init(text: String) throws {
            try self.init(Array(text.utf8))
        }

        private init(_ bytes: [UInt8], _ value: JSONSlicer.Value) throws {
            let source = bytes[value.range]
            switch value.kind {
            case .null: self = .null
            case .bool: self = .bool(source.first == UInt8(ascii: "t"))
            case .number: self = .number(Double(String(decoding: source, as: UTF8.self)) ?? .nan)
            case .string: self = .string(try JSONSlicer.string(value, of: bytes))
            case .array:
                self = .array(
                    try JSONSlicer.elements(of: bytes, in: value.range).map { try JSONValue(bytes, $0) })
            case .object:
                var fields: [String: JSONValue] = [:]
                for member in try JSONSlicer.members(of: bytes, in: value.range) {
                    fields[member.key] = try JSONValue(bytes, member.value)
                }
                self = .object(fields)
            }
        }

        subscript(name: String) -> JSONValue? {
            guard case .object(let fields) = self else { return nil }
            return fields[name]
        }

        var fields: [String: JSONValue] {
            guard case .object(let fields) = self else { return [:] }
            return fields
        }

        var elements: [JSONValue] {
            guard case .array(let elements) = self else { return [] }
            return elements
        }

        var text: String? {
            guard case .string(let text) = self else { return nil }
            return text
        }

        /// The value at a place such as `#/components/schemas/Job`.
        func at(_ pointer: String) -> JSONValue? {
            var value: JSONValue? = self
            for part in pointer.split(separator: "/").dropFirst() {
                value = value?[String(part).replacing("~1", with: "/").replacing("~0", with: "~")]
            }
            return value
        }
    }
#endif
