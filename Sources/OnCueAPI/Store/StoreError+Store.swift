package import OnCue

extension StoreError: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.field("code", code.description)
        json.field("message", message)
        json.field(ifPresent: "field", field)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        let name: String = try fields.read("code")
        let message: String = try fields.read("message")
        guard let code = Code.known[name] else {
            // Made by a newer server.
            self.init(.unsupported, "\(message) (\(name.prefix(64)))")
            return
        }
        self.init(code, message, field: try fields.read(ifPresent: "field"))
    }
}

extension StoreError.Code {
    fileprivate static let known = Dictionary(
        uniqueKeysWithValues: [
            invalid, notFound, conflict, queueFull, fenced, timedOut, outcomeUnknown, unavailable, locked, diskFull,
            readOnly, notADatabase, corrupt, newerSchema, unsupported, closed,
        ].map { ($0.description, $0) })
}
