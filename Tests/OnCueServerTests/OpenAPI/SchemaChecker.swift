#if Server
    import Foundation
    import OnCue
    import Testing

    /// Checks JSON values against the part of JSON Schema 2020-12 that the API's description uses. A keyword that it does not
    /// know is a problem: nothing is passed over.
    struct SchemaChecker: Sendable {
        /// Where `$ref` looks.
        let document: JSONValue

        /// What is wrong, each with its place.
        func problems(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String] {
            guard case .object(let keywords) = schema else {
                return schema == .bool(true) ? [] : ["\(place): no value is allowed"]
            }
            return keywords.flatMap { check(value, $0.key, $0.value, keywords, place) }
        }

        private func check(
            _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ all: [String: JSONValue], _ place: String
        ) -> [String] {
            switch (keyword, value) {
            case ("$ref", _):
                guard let target = rule.text.flatMap(document.at) else { return ["\(place): \(rule) leads nowhere"] }
                return problems(value, target, at: place)
            case ("type", _):
                return isOf(value, rule.text ?? "") ? [] : ["\(place): is no \(rule.text ?? "") but \(value)"]
            case ("enum", _):
                return rule.elements.contains(value) ? [] : ["\(place): \(value) is none of \(rule.elements)"]
            case ("anyOf", _):
                let tries = rule.elements.map { problems(value, $0, at: place) }
                return tries.contains([]) ? [] : tries.min { $0.count < $1.count } ?? []
            case ("properties", .object(let fields)):
                return rule.fields.flatMap { name, schema in
                    fields[name].map { problems($0, schema, at: "\(place).\(name)") } ?? []
                }
            case ("required", .object(let fields)):
                return rule.elements.compactMap(\.text).filter { fields[$0] == nil }.map { "\(place): has no \($0)" }
            case ("additionalProperties", .object(let fields)):
                let known = all["properties"]?.fields ?? [:]
                return fields.filter { known[$0.key] == nil }.flatMap { name, field in
                    rule == .bool(false)
                        ? ["\(place): \(name) is not described"] : problems(field, rule, at: "\(place).\(name)")
                }
            case ("items", .array(let elements)):
                return elements.enumerated().flatMap { problems($1, rule, at: "\(place)[\($0)]") }
            case ("minimum", .number(let number)):
                guard case .number(let bound) = rule, number >= bound else {
                    return ["\(place): \(number) is too small"]
                }
                return []
            case ("maximum", .number(let number)):
                guard case .number(let bound) = rule, number <= bound else {
                    return ["\(place): \(number) is too large"]
                }
                return []
            case ("pattern", .string(let text)):
                let isMatch = rule.text.flatMap { try? Regex($0) }.map { text.contains($0) } ?? false
                return isMatch ? [] : ["\(place): '\(text)' does not match \(rule)"]
            case ("format", .string(let text)):
                return isFormatted(text, rule.text ?? "") ? [] : ["\(place): '\(text)' is no \(rule.text ?? "")"]
            case ("contentEncoding", .string(let text)):
                return Data(base64Encoded: text) == nil ? ["\(place): is no base64"] : []
            case ("properties", _), ("required", _), ("additionalProperties", _), ("items", _), ("minimum", _),
                ("maximum", _), ("pattern", _), ("contentEncoding", _), ("format", .number), ("description", _):
                return []
            default: return ["\(place): the keyword \(keyword) is not known for \(value)"]
            }
        }

        private func isOf(_ value: JSONValue, _ type: String) -> Bool {
            switch (type, value) {
            case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
                ("number", .number):
                true
            case ("integer", .number(let number)): number == number.rounded()
            default: false
            }
        }

        private func isFormatted(_ text: String, _ format: String) -> Bool {
            switch format {
            // Not each client reads other numbers of digits.
            case "date-time": text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
            case "uuid": UUID(uuidString: text) != nil && text == text.lowercased()
            default: false
            }
        }
    }

    @Suite struct SchemaCheckerTests {
        private let checker = SchemaChecker(document: .null)

        private func isRight(_ value: String, _ schema: String) throws -> Bool {
            try checker.problems(JSONValue(text: value), JSONValue(text: schema)).isEmpty
        }

        @Test(arguments: [
            ("1", #"{"type":"integer"}"#, true), ("1.5", #"{"type":"integer"}"#, false),
            ("true", #"{"type":"integer"}"#, false), ("1", #"{"type":"boolean"}"#, false),
            (#""a""#, #"{"type":"string","enum":["b"]}"#, false), (#""b""#, #"{"enum":["b"]}"#, true),
            ("-1", #"{"minimum":0}"#, false), ("5", #"{"maximum":4}"#, false), ("4", #"{"maximum":4}"#, true),
            ("{}", #"{"required":["a"]}"#, false), (#"{"a":null}"#, #"{"required":["a"]}"#, true),
            (#"{"b":1}"#, #"{"properties":{"a":{}},"additionalProperties":false}"#, false),
            (#"{"b":"x"}"#, #"{"additionalProperties":{"type":"string"}}"#, true),
            (#"{"b":1}"#, #"{"additionalProperties":{"type":"string"}}"#, false),
            (#"[1,"x"]"#, #"{"items":{"type":"number"}}"#, false), ("null", #"{"anyOf":[{"type":"null"}]}"#, true),
            ("1", #"{"anyOf":[{"type":"null"},{"type":"string"}]}"#, false),
            (#""2026-11-21T09:30:00.000Z""#, #"{"format":"date-time"}"#, true),
            (#""2026-11-21T09:30:00Z""#, #"{"format":"date-time"}"#, false), (#""x""#, #"{"format":"uuid"}"#, false),
            (#""a1""#, #"{"pattern":"^[a-z]+$"}"#, false), (#""ab""#, #"{"pattern":"^[a-z]+$"}"#, true),
            (#""+""#, #"{"contentEncoding":"base64"}"#, false), ("1", #"{"multipleOf":2}"#, false),
            ("1", ##"{"$ref":"#/nowhere"}"##, false),
        ])
        func valuesAreHeldAgainstASchema(_ value: String, _ schema: String, _ isRight: Bool) throws {
            #expect(try self.isRight(value, schema) == isRight, "\(value) by \(schema)")
        }
    }
#endif
