package import OnCue

/// A value that has one exact form in JSON: what is written is read back as the same value.
///
/// Moments are whole microseconds since 1970, spans whole nanoseconds, bytes are base64. What is nil is left out.
package protocol StoreValue: Sendable {
    func write(to json: inout JSONWriter)

    /// - Parameters:
    ///   - name: the field that the value stands in, for refusals.
    ///   - fields: the object that the value is part of.
    init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError)
}

/// A value whose exact form is an object.
package protocol StoreObject: StoreValue {
    /// Writes the object's fields, without its braces.
    func writeFields(to json: inout JSONWriter)

    init(_ fields: JSONFields) throws(ValidationError)
}

extension StoreObject {
    package func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard value.kind == .object else { throw fields.wrongType(name, "an object") }
        let path = fields.prefixed(name)
        try self.init(JSONFields(fields.bytes, in: value.range, field: path, prefix: path + "."))
    }
}

// MARK: - Fields

extension JSONWriter {
    package mutating func put(_ name: String, _ value: some StoreValue) {
        key(name)
        value.write(to: &self)
    }

    /// Left out when there is none.
    package mutating func put(ifPresent name: String, _ value: (some StoreValue)?) {
        if let value { put(name, value) }
    }

    package mutating func put(_ name: String, list: some Sequence<some StoreValue>) {
        array(name) { json in
            for value in list { value.write(to: &json) }
        }
    }

    package mutating func put(bytes name: String, _ bytes: [UInt8]) {
        key(name)
        base64(bytes)
    }

    /// Left out when there are none.
    package mutating func put(bytesIfPresent name: String, _ bytes: [UInt8]?) {
        if let bytes { put(bytes: name, bytes) }
    }
}

extension JSONFields {
    /// A field that has to be there.
    package func read<Value: StoreValue>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(ValidationError) -> Value {
        guard let value = raw(name) else { throw wrongType(name, "a value, and there is none") }
        return try Value(value, named: name, in: self)
    }

    /// Nil when the field is absent or null.
    package func read<Value: StoreValue>(
        ifPresent name: String, as type: Value.Type = Value.self
    ) throws(ValidationError) -> Value? {
        guard let value = self[name] else { return nil }
        return try Value(value, named: name, in: self)
    }

    /// An array; empty when it is absent.
    package func read<Value: StoreValue>(
        list name: String, of type: Value.Type = Value.self
    ) throws(ValidationError) -> [Value] {
        var list: [Value] = []
        for (index, element) in (try elements(name, "a list") ?? []).enumerated() {
            list.append(try Value(element, named: "\(name)[\(index)]", in: self))
        }
        return list
    }

    /// A whole number that is not negative.
    package func readCount(_ name: String) throws(ValidationError) -> Int {
        let count: Int = try read(name)
        guard count >= 0 else {
            throw ValidationError(field: prefixed(name), message: "may not be negative, this is \(count)")
        }
        return count
    }

    /// A span that is not negative; zero when it is absent.
    package func readWait(_ name: String) throws(ValidationError) -> Duration {
        let wait: Duration = try read(ifPresent: name) ?? .zero
        guard wait >= .zero else { throw ValidationError(field: prefixed(name), message: "may not be negative") }
        return wait
    }

    /// Bytes that have to be there.
    package func readBytes(_ name: String) throws(ValidationError) -> [UInt8] {
        guard let bytes = try readBytes(ifPresent: name) else { throw wrongType(name, "base64, and there is none") }
        return bytes
    }

    /// Nil when the field is absent or null.
    package func readBytes(ifPresent name: String) throws(ValidationError) -> [UInt8]? {
        guard let value = self[name] else { return nil }
        guard value.kind == .string else { throw wrongType(name, "base64") }
        var digits = bytes[value.range].dropFirst().dropLast()
        // Some writers escape the slash.
        if digits.contains(UInt8(ascii: "\\")) { digits = Array(try String(value, named: name, in: self).utf8)[...] }
        guard let decoded = Base64.decode(digits) else { throw wrongType(name, "base64 with padding") }
        return decoded
    }
}

// MARK: - Plain values

extension String: StoreValue {
    package func write(to json: inout JSONWriter) { json.string(self) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard value.kind == .string else { throw fields.wrongType(name, "a text") }
        do {
            self = try JSONSlicer.string(value, of: fields.bytes)
        } catch {
            throw fields.wrongType(name, "a text: \(error)")
        }
    }
}

extension Bool: StoreValue {
    package func write(to json: inout JSONWriter) { json.bool(self) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard value.kind == .bool else { throw fields.wrongType(name, "true or false") }
        self = fields.source(of: value) == "true"
    }
}

extension StoreValue where Self: FixedWidthInteger {
    package func write(to json: inout JSONWriter) { json.integer(self) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard value.kind == .number, let number = Self(fields.source(of: value)) else {
            throw fields.wrongType(name, "a whole number of \(Self.bitWidth) bits")
        }
        self = number
    }
}

extension Int: StoreValue {}
extension Int64: StoreValue {}
extension Int32: StoreValue {}

extension Double: StoreValue {
    /// What JSON has no numbers for is a text: `nan`, `inf`, `-inf`.
    package func write(to json: inout JSONWriter) {
        if isFinite { json.number(self) } else { json.string(description) }
    }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        let source = fields.source(of: value)
        let text = value.kind == .string ? source.dropFirst().dropLast() : source[...]
        guard value.kind == .number || ["nan", "inf", "-inf"].contains(text), let number = Double(text) else {
            throw fields.wrongType(name, "a number")
        }
        self = number
    }
}

extension Optional: StoreValue where Wrapped: StoreValue {
    package func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.null() }
    }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        self = value.kind == .null ? nil : try Wrapped(value, named: name, in: fields)
    }
}

/// Texts of which each means a value.
extension StoreValue where Self: RawRepresentable<String> {
    package func write(to json: inout JSONWriter) { json.string(rawValue) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        let text = try String(value, named: name, in: fields)
        guard let known = Self(rawValue: text) else {
            throw fields.wrongType(name, "a word that is known here, '\(text.prefix(64))' is not")
        }
        self = known
    }
}

extension JobName: StoreValue {}
extension QueueName: StoreValue {}
extension SessionID: StoreValue {}
extension FailureCategory: StoreValue {}
extension DeadReason: StoreValue {}
extension Backoff.Strategy: StoreValue {}
extension SessionInfo.Standing: StoreValue {}
extension StoreFinding.Severity: StoreValue {}
extension JobOrder: StoreValue {}

extension JobID: StoreValue {
    package func write(to json: inout JSONWriter) { json.string(description) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard let id = JobID(try String(value, named: name, in: fields)) else {
            throw fields.wrongType(name, "the id of a job, a UUID")
        }
        self = id
    }
}

extension EventCursor: StoreValue {
    package func write(to json: inout JSONWriter) { json.string(description) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard let cursor = EventCursor(try String(value, named: name, in: fields)) else {
            throw fields.wrongType(name, "a place in the event log, such as 17-0")
        }
        self = cursor
    }
}

extension JobState: StoreValue {
    package func write(to json: inout JSONWriter) { json.string(name) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard let state = JobState(name: try String(value, named: name, in: fields)) else {
            throw fields.wrongType(name, "a job's state")
        }
        self = state
    }
}

extension JobEvent.Kind: StoreValue {
    package func write(to json: inout JSONWriter) { json.string(name) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        let text = try String(value, named: name, in: fields)
        guard let kind = Self.allCases.first(where: { $0.name == text }) else {
            throw fields.wrongType(name, "the kind of an event")
        }
        self = kind
    }
}

extension JobPriority: StoreValue {
    package func write(to json: inout JSONWriter) { json.integer(rawValue) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        guard let priority = JobPriority(rawValue: try Int(value, named: name, in: fields)) else {
            throw fields.wrongType(name, "a priority from 0 to 4")
        }
        self = priority
    }
}

extension Timestamp: StoreValue {
    package func write(to json: inout JSONWriter) { json.integer(microseconds) }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        self.init(microseconds: try Int64(value, named: name, in: fields))
    }
}

extension Duration: StoreValue {
    /// Whole nanoseconds; what is longer than 292 years ends there.
    package func write(to json: inout JSONWriter) {
        let (seconds, attoseconds) = components
        let (scaled, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isOver) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        json.integer(isTooLong || isOver ? (seconds < 0 ? Int64.min : .max) : sum)
    }

    package init(_ value: JSONSlicer.Value, named name: String, in fields: JSONFields) throws(ValidationError) {
        self = .nanoseconds(try Int64(value, named: name, in: fields))
    }
}
