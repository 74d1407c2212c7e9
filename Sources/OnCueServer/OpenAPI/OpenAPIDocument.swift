#if Server
    import HTTPTypes
    import OnCue

    /// The description of an API in OpenAPI 3.1, made from its table of routes alone.
    package struct OpenAPIDocument: Sendable {
        private let routes: [Route]

        package init(_ routes: [Route]) {
            self.routes = routes
        }

        /// The document as JSON.
        package var bytes: [UInt8] {
            var json = JSONWriter()
            json.object { json in
                json.field("openapi", "3.1.0")
                writeInfo(to: &json)
                json.array("servers") { json in json.object { $0.field("url", "/") } }
                writePaths(to: &json)
                writeComponents(to: &json)
                writeTags(to: &json)
            }
            return json.bytes
        }

        private func writeInfo(to json: inout JSONWriter) {
            json.object("info") { json in
                json.field("title", "OnCue API")
                json.field("version", "1.0.0")
                json.field("summary", "Durable background jobs over HTTP.")
                json.field("description", Self.introduction)
            }
        }

        private static let introduction = """
            Submit, watch, cancel and run jobs. Everything under `/api` answers JSON, refusals too: \
            `{"error": {"code": …, "message": …, "field": …}}`. Times are RFC 3339 with three digits, durations texts such \
            as `1m30s`. `HEAD` is answered wherever `GET` is. A method that a path does not take is a 405 with `Allow`. \
            Every answer has an `X-Request-ID`: the request's own, when it has a plain one, or a new one.
            """

        // MARK: Paths

        private func writePaths(to json: inout JSONWriter) {
            var paths: [String] = []
            var byPath: [String: [Route]] = [:]
            for route in routes {
                if byPath[route.path] == nil { paths.append(route.path) }
                byPath[route.path, default: []].append(route)
            }
            json.object("paths") { json in
                for path in paths {
                    json.object(path) { json in
                        for route in byPath[path] ?? [] {
                            json.object(route.method.rawValue.lowercased()) { Self.write(route, to: &$0) }
                        }
                    }
                }
            }
        }

        private static func write(_ route: Route, to json: inout JSONWriter) {
            json.array("tags") { $0.string(route.tag) }
            json.field("operationId", route.operationID)
            json.field("summary", route.summary)
            json.field(ifPresent: "description", route.doc.details)
            writeSecurity(of: route, to: &json)
            let parameters = route.describedParameters
            if !parameters.isEmpty {
                json.array("parameters") { json in
                    for parameter in parameters { write(parameter, to: &json) }
                }
            }
            if let body = route.doc.body {
                json.object("requestBody") { json in
                    json.field("required", route.doc.needsBody)
                    write(content: [("application/json", body)], to: &json)
                }
            }
            json.object("responses") { json in
                for answer in route.describedAnswers {
                    json.object("\(answer.status.code)") { write(answer, to: &$0) }
                }
            }
        }

        private static func writeSecurity(of route: Route, to json: inout JSONWriter) {
            json.array("security") { json in
                guard route.permission != nil else { return }
                for scheme in ["apiKey", "bearer"] {
                    json.object { json in json.array(scheme) { _ in } }
                }
            }
            guard let permission = route.permission else { return }
            json.field("x-permission", permission.rawValue)
            json.field(ifPresent: "x-also-for", route.alsoFor?.rawValue)
            json.array("x-roles") { json in
                for role in AccessRole.allCases {
                    let isAlsoFor = route.alsoFor.map { role.allows($0) == .everything } ?? false
                    if role.allows(permission) != .nothing || isAlsoFor { json.string(role.rawValue) }
                }
            }
        }

        private static func write(_ parameter: RouteDoc.Parameter, to json: inout JSONWriter) {
            json.object { json in
                json.field("name", parameter.name)
                json.field("in", parameter.place.rawValue)
                json.field("description", parameter.about)
                if parameter.place == .path { json.field("required", true) }
                if parameter.isRepeated {
                    json.field("style", "form")
                    json.field("explode", true)
                }
                json.key("schema")
                (parameter.isRepeated ? .array(of: parameter.schema) : parameter.schema).write(to: &json)
            }
        }

        private static func write(_ answer: RouteDoc.Answer, to json: inout JSONWriter) {
            json.field("description", answer.about.isEmpty ? answer.status.reasonPhrase : answer.about)
            json.object("headers") { json in
                json.object("X-Request-ID") { $0.field("$ref", "#/components/headers/RequestID") }
                if [429, 503].contains(answer.status.code) {
                    json.object("Retry-After") { $0.field("$ref", "#/components/headers/RetryAfter") }
                }
            }
            if !answer.content.isEmpty { write(content: answer.content, to: &json) }
            if let data = answer.eventData {
                json.key("x-event-data")
                data.write(to: &json)
            }
        }

        private static func write(content: [(type: String, schema: Schema)], to json: inout JSONWriter) {
            json.object("content") { json in
                for (type, schema) in content {
                    json.object(type) { json in
                        json.key("schema")
                        schema.write(to: &json)
                    }
                }
            }
        }

        // MARK: Components

        private func writeComponents(to json: inout JSONWriter) {
            var components: [String: Schema] = [:]
            for route in routes {
                for parameter in route.describedParameters { parameter.schema.collect(into: &components) }
                route.doc.body?.collect(into: &components)
                for answer in route.describedAnswers {
                    for (_, schema) in answer.content { schema.collect(into: &components) }
                    answer.eventData?.collect(into: &components)
                }
            }
            json.object("components") { json in
                json.object("securitySchemes") { json in
                    json.object("apiKey") { json in
                        json.field("type", "apiKey")
                        json.field("in", "header")
                        json.field("name", "X-API-Key")
                    }
                    json.object("bearer") { json in
                        json.field("type", "http")
                        json.field("scheme", "bearer")
                        json.field("description", "An API key, as Authorization: Bearer.")
                    }
                }
                json.object("headers") { json in
                    Self.header("RequestID", "Names the request in the server's logs.", .text, to: &json)
                    Self.header("RetryAfter", "Seconds after which to try again.", .count, to: &json)
                }
                json.object("schemas") { json in
                    for (name, schema) in components.sorted(by: { $0.key < $1.key }) {
                        json.key(name)
                        schema.write(to: &json)
                    }
                }
            }
        }

        private static func header(_ name: String, _ about: String, _ schema: Schema, to json: inout JSONWriter) {
            json.object(name) { json in
                json.field("description", about)
                json.key("schema")
                schema.write(to: &json)
            }
        }

        private func writeTags(to json: inout JSONWriter) {
            var seen: Set<String> = []
            json.array("tags") { json in
                for route in routes where seen.insert(route.tag).inserted {
                    json.object { $0.field("name", route.tag) }
                }
            }
        }
    }

    extension Route {
        private var names: [String] {
            RouteTable.segments(of: path).filter { $0 != "api" && $0 != "v1" }
        }

        /// What it is about: the first word of its path.
        fileprivate var tag: String {
            guard let first = names.first, !first.isEmpty else { return "api" }
            return first
        }

        /// As in `postJobsByIdCancel`.
        package var operationID: String {
            var id = method.rawValue.lowercased()
            for name in names {
                if name.isEmpty {
                    id += "Root"
                } else if name.first == "{" {
                    id += "By" + name.dropFirst().dropLast().capitalizedFirst
                } else {
                    id += name.split(separator: "_").map(\.capitalizedFirst).joined()
                }
            }
            return names.isEmpty ? id + "Api" : id
        }
    }

    extension Substring {
        fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
    }
#endif
