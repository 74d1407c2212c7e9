#if Server
    import OnCue

    /// What a JSON value looks like: encodes as JSON Schema 2020-12, which OpenAPI 3.1 uses.
    public struct Schema: Hashable, Sendable {
        indirect enum Kind: Hashable, Sendable {
            case any
            case null
            case boolean
            case number
            case integer(minimum: Int?, maximum: Int?)
            case text(format: String?, pattern: String?, values: [String])
            case base64
            case array(Schema)
            case object([Field], isOpen: Bool)
            case map(Schema)
            case anyOf([Schema])
            case component(String, Schema)
        }

        /// A field of an object.
        public struct Field: Hashable, Sendable {
            public var name: String
            public var schema: Schema
            /// Whether it is always there.
            public var isRequired: Bool

            public static func required(_ name: String, _ schema: Schema, _ about: String? = nil) -> Field {
                Field(name: name, schema: about.map(schema.about) ?? schema, isRequired: true)
            }

            public static func optional(_ name: String, _ schema: Schema, _ about: String? = nil) -> Field {
                Field(name: name, schema: about.map(schema.about) ?? schema, isRequired: false)
            }
        }

        let kind: Kind
        /// In words.
        var about: String?

        private init(_ kind: Kind) {
            self.kind = kind
        }

        /// The same, with what it means in words.
        public func about(_ text: String) -> Schema {
            var schema = self
            schema.about = text
            return schema
        }
    }

    // MARK: - Making them

    extension Schema {
        /// Any JSON value.
        public static let any = Schema(.any)
        public static let null = Schema(.null)
        public static let boolean = Schema(.boolean)
        public static let number = Schema(.number)
        public static let integer = Schema(.integer(minimum: nil, maximum: nil))
        /// A whole number from 0.
        public static let count = Schema(.integer(minimum: 0, maximum: nil))
        public static let text = Schema(.text(format: nil, pattern: nil, values: []))
        /// An RFC 3339 time.
        public static let moment = Schema(.text(format: "date-time", pattern: nil, values: []))
        /// As in `1m30s`, `250ms`, `1h`.
        public static let duration = Schema(.text(format: nil, pattern: nil, values: []))
            .about("A duration such as 250ms, 10s, 1m30s or 24h.")
        public static let uuid = Schema(.text(format: "uuid", pattern: nil, values: []))
        /// Bytes.
        public static let base64 = Schema(.base64)

        public static func integer(_ range: ClosedRange<Int>) -> Schema {
            Schema(.integer(minimum: range.lowerBound, maximum: range.upperBound))
        }

        /// One of these words.
        public static func word(_ values: String...) -> Schema {
            Schema(.text(format: nil, pattern: nil, values: values))
        }

        /// One of these words.
        public static func word(_ values: some Sequence<String>) -> Schema {
            Schema(.text(format: nil, pattern: nil, values: Array(values)))
        }

        /// A text that a regular expression describes.
        public static func text(pattern: String) -> Schema {
            Schema(.text(format: nil, pattern: pattern, values: []))
        }

        public static func array(of element: Schema) -> Schema { Schema(.array(element)) }

        /// An object with these fields and no others.
        public static func object(_ fields: [Field]) -> Schema { Schema(.object(fields, isOpen: false)) }

        /// An object with these fields; others mean nothing.
        public static func openObject(_ fields: [Field]) -> Schema { Schema(.object(fields, isOpen: true)) }

        /// An object whose field names say something themselves.
        public static func map(of value: Schema) -> Schema { Schema(.map(value)) }

        public static func anyOf(_ schemas: Schema...) -> Schema { Schema(.anyOf(schemas)) }

        /// Also null.
        public static func nullable(_ schema: Schema) -> Schema { Schema(.anyOf([schema, .null])) }

        /// A schema with a name, which stands once in the description and is referred to elsewhere. One name stands for one
        /// schema.
        public static func component(_ name: String, _ schema: Schema) -> Schema { Schema(.component(name, schema)) }

        /// A component that is an object with these fields and no others.
        public static func component(_ name: String, _ about: String, _ fields: [Field]) -> Schema {
            .component(name, Schema.object(fields).about(about))
        }
    }

    // MARK: - Writing them

    extension Schema {
        /// As JSON Schema 2020-12; components as references.
        func write(to json: inout JSONWriter) {
            json.object { json in
                writeKind(to: &json)
                json.field(ifPresent: "description", about)
            }
        }

        private func writeKind(to json: inout JSONWriter) {
            switch kind {
            case .any: break
            case .null: json.field("type", "null")
            case .boolean: json.field("type", "boolean")
            case .number: json.field("type", "number")
            case .integer(let minimum, let maximum):
                json.field("type", "integer")
                json.field("format", "int64")
                json.field(ifPresent: "minimum", minimum)
                json.field(ifPresent: "maximum", maximum)
            case .text(let format, let pattern, let values):
                json.field("type", "string")
                json.field(ifPresent: "format", format)
                json.field(ifPresent: "pattern", pattern)
                guard !values.isEmpty else { break }
                json.array("enum") { json in
                    for value in values { json.string(value) }
                }
            case .base64:
                json.field("type", "string")
                json.field("contentEncoding", "base64")
            case .array(let element):
                json.field("type", "array")
                json.key("items")
                element.write(to: &json)
            case .object(let fields, let isOpen): Self.write(fields, isOpen: isOpen, to: &json)
            case .map(let value):
                json.field("type", "object")
                json.key("additionalProperties")
                value.write(to: &json)
            case .anyOf(let schemas):
                json.array("anyOf") { json in
                    for schema in schemas { schema.write(to: &json) }
                }
            case .component(let name, _): json.field("$ref", "#/components/schemas/\(name)")
            }
        }

        private static func write(_ fields: [Field], isOpen: Bool, to json: inout JSONWriter) {
            json.field("type", "object")
            json.object("properties") { json in
                for field in fields {
                    json.key(field.name)
                    field.schema.write(to: &json)
                }
            }
            let required = fields.filter(\.isRequired)
            if !required.isEmpty {
                json.array("required") { json in
                    for field in required { json.string(field.name) }
                }
            }
            if !isOpen { json.field("additionalProperties", false) }
        }

        /// Puts this schema's component and those within it into `components`.
        func collect(into components: inout [String: Schema]) {
            switch kind {
            case .any, .null, .boolean, .number, .integer, .text, .base64: break
            case .array(let schema), .map(let schema): schema.collect(into: &components)
            case .object(let fields, _):
                for field in fields { field.schema.collect(into: &components) }
            case .anyOf(let schemas):
                for schema in schemas { schema.collect(into: &components) }
            case .component(let name, let schema):
                if let known = components[name] {
                    precondition(known == schema, "two schemas are named \(name)")
                } else {
                    components[name] = schema
                    schema.collect(into: &components)
                }
            }
        }
    }
#endif
