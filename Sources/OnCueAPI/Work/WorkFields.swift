package import OnCue

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// How the objects of workers are read and written. Bytes are a JSON value as it stands, or base64 under the same name with
// `_base64` behind it.

extension JSONFields {
    /// What a field has to have.
    package func required<Value>(_ name: String, _ value: Value?) throws(ValidationError) -> Value {
        guard let value else { throw ValidationError(field: prefixed(name), message: "is missing") }
        return value
    }

    /// The name as a refusal has it, from the outermost object on.
    package func prefixed(_ name: String) -> String {
        wrongType(name, "").field
    }

    package func jobID(_ name: String) throws(ValidationError) -> JobID? {
        guard let text = try text(name) else { return nil }
        guard let id = JobID(text) else { throw wrongType(name, "a job id, which is a UUID") }
        return id
    }

    package func category(_ name: String) throws(ValidationError) -> FailureCategory? {
        guard let text = try text(name) else { return nil }
        guard let category = FailureCategory(rawValue: text) else {
            throw wrongType(name, FailureCategory.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return category
    }

    /// The objects of an array; empty when it is absent.
    package func objects(_ name: String) throws(ValidationError) -> [JSONFields] {
        var objects: [JSONFields] = []
        for (index, element) in (try elements(name, "a list of objects") ?? []).enumerated() {
            let field = "\(prefixed(name))[\(index)]"
            guard element.kind == .object else { throw ValidationError(field: field, message: "takes an object") }
            objects.append(try JSONFields(bytes, in: element.range, field: field, prefix: field + "."))
        }
        return objects
    }

    /// The bytes of `name` or `name_base64`; nil when neither is there.
    package func value(_ name: String) throws(ValidationError) -> [UInt8]? {
        var encoded: [UInt8]?
        if let text = try text("\(name)_base64") {
            guard let data = Data(base64Encoded: text) else {
                throw wrongType("\(name)_base64", "base64 with padding")
            }
            encoded = Array(data)
        }
        guard let value = self[name] else { return encoded }
        guard encoded == nil else {
            throw ValidationError(field: prefixed(name), message: "give either \(name) or \(name)_base64")
        }
        return Array(bytes[value.range])
    }
}

extension JSONWriter {
    /// The bytes as `name` or `name_base64`; left out when there are none.
    package mutating func value(_ name: String, _ bytes: [UInt8]?, contentType: String? = nil) {
        guard let bytes, !bytes.isEmpty else { return }
        if contentType.map(Self.isJSON) ?? true, JSONSlicer.isValue(bytes) {
            key(name)
            raw(bytes)
        } else {
            key("\(name)_base64")
            base64(bytes)
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return type.contains("/json") || type.contains("+json")
    }
}
