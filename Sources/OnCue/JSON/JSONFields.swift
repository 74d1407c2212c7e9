/// The fields of one JSON object, read by the type that they are to have. A value of another type is refused by its name.
package struct JSONFields {
    package let bytes: [UInt8]
    private let members: [String: JSONSlicer.Value]
    private let prefix: String

    /// - Parameters:
    ///   - range: the part of `bytes` that is the object; nil means all.
    ///   - field: what a refusal names when the text is no JSON object.
    package init(_ bytes: [UInt8], in range: Range<Int>? = nil, field: String = "body", prefix: String = "")
        throws(ValidationError)
    {
        self.bytes = bytes
        self.prefix = prefix
        do {
            members = try Dictionary(
                JSONSlicer.members(of: bytes, in: range).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        } catch {
            throw ValidationError(field: field, message: "is not a JSON object: \(error)")
        }
    }

    /// The fields that are there.
    package var names: some Collection<String> { members.keys }

    /// The value of a field, nil when it is absent or null.
    package subscript(name: String) -> JSONSlicer.Value? {
        members[name].flatMap { $0.kind == .null ? nil : $0 }
    }

    /// The value of a field, also when it is null.
    package func raw(_ name: String) -> JSONSlicer.Value? {
        members[name]
    }

    package func source(of value: JSONSlicer.Value) -> String {
        String(decoding: bytes[value.range], as: UTF8.self)
    }

    package func wrongType(_ name: String, _ wanted: String) -> ValidationError {
        ValidationError(field: prefix + name, message: "takes \(wanted)")
    }

    package func text(_ name: String) throws(ValidationError) -> String? {
        guard let value = self[name] else { return nil }
        guard value.kind == .string else { throw wrongType(name, "a text") }
        return try string(value, of: name)
    }

    package func duration(_ name: String) throws(ValidationError) -> Duration? {
        guard let value = self[name] else { return nil }
        guard value.kind == .string else { throw wrongType(name, "a duration as a text, such as \"10s\" or \"1h30m\"") }
        do {
            return try Duration(parsing: string(value, of: name))
        } catch {
            throw ValidationError(field: prefix + name, message: error.message)
        }
    }

    package func moment(_ name: String) throws(ValidationError) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let moment = Timestamp(text) else {
            throw wrongType(name, "an RFC 3339 time such as \"2026-11-21T09:30:00Z\"")
        }
        return moment
    }

    package func integer(_ name: String) throws(ValidationError) -> Int? {
        guard let value = self[name] else { return nil }
        guard value.kind == .number, let number = Int(source(of: value)) else {
            throw wrongType(name, "a whole number")
        }
        return number
    }

    package func number(_ name: String) throws(ValidationError) -> Double? {
        guard let value = self[name] else { return nil }
        guard value.kind == .number, let number = Double(source(of: value)), number.isFinite else {
            throw wrongType(name, "a number")
        }
        return number
    }

    package func bool(_ name: String) throws(ValidationError) -> Bool? {
        guard let value = self[name] else { return nil }
        guard value.kind == .bool else { throw wrongType(name, "true or false") }
        return source(of: value) == "true"
    }

    /// The places of an array's elements; nil when it is absent.
    package func elements(_ name: String, _ wanted: String) throws(ValidationError) -> [JSONSlicer.Value]? {
        guard let value = self[name] else { return nil }
        guard value.kind == .array else { throw wrongType(name, wanted) }
        do {
            return try JSONSlicer.elements(of: bytes, in: value.range)
        } catch {
            throw ValidationError(field: prefix + name, message: "\(error)")
        }
    }

    /// An array of texts, or one text alone; nil when it is absent.
    package func list(_ name: String) throws(ValidationError) -> [String]? {
        guard let value = self[name] else { return nil }
        if value.kind == .string { return [try string(value, of: name)] }
        var texts: [String] = []
        for element in try elements(name, "a list of texts") ?? [] {
            guard element.kind == .string else { throw wrongType(name, "a list of texts") }
            texts.append(try string(element, of: name))
        }
        return texts
    }

    package func object(_ name: String, _ wanted: String) throws(ValidationError) -> JSONFields {
        guard let value = self[name], value.kind == .object else { throw wrongType(name, wanted) }
        return try JSONFields(bytes, in: value.range, field: prefix + name, prefix: "\(prefix)\(name).")
    }

    /// An object whose values are all texts; empty when it is absent.
    package func texts(_ name: String) throws(ValidationError) -> [String: String] {
        guard self[name] != nil else { return [:] }
        let inner = try object(name, "an object of texts")
        var texts: [String: String] = [:]
        for (key, value) in inner.members {
            guard value.kind == .string else { throw wrongType(name, "texts only, '\(key)' is none") }
            texts[key] = try inner.string(value, of: key)
        }
        return texts
    }

    /// An object whose values are texts or null; empty when it is absent.
    package func optionalTexts(_ name: String) throws(ValidationError) -> [String: String?] {
        guard self[name] != nil else { return [:] }
        let inner = try object(name, "an object of texts")
        var texts: [String: String?] = [:]
        for (key, value) in inner.members {
            switch value.kind {
            case .string: texts.updateValue(try inner.string(value, of: key), forKey: key)
            case .null: texts.updateValue(nil, forKey: key)
            default: throw wrongType(name, "texts or null only, '\(key)' is neither")
            }
        }
        return texts
    }

    private func string(_ value: JSONSlicer.Value, of name: String) throws(ValidationError) -> String {
        do {
            return try JSONSlicer.string(value, of: bytes)
        } catch {
            throw ValidationError(field: prefix + name, message: "\(error)")
        }
    }
}
