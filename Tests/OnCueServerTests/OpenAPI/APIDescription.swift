#if Server
    import Foundation
    import NIOHTTP1
    import OnCueServer
    import Synchronization
    import Testing

    /// The API as it describes itself, for tests that hold answers against it.
    struct APIDescription: Sendable {
        let document: JSONValue
        let checker: SchemaChecker
        private let templates: [Template]

        private struct Template {
            var path: String
            var parts: [Substring]
            var operations: JSONValue
        }

        init(_ bytes: [UInt8]) throws {
            document = try JSONValue(bytes)
            checker = SchemaChecker(document: document)
            templates = (document["paths"]?.fields ?? [:]).map { path, operations in
                Template(
                    path: path, parts: path.split(separator: "/", omittingEmptySubsequences: false),
                    operations: operations)
            }
        }

        /// Made from the table of routes once.
        static func of(_ server: JobServer) throws -> APIDescription {
            try shared.withLock { shared in
                if let shared { return shared }
                let made = try APIDescription(OpenAPIDocument(server.routes.routes).bytes)
                shared = made
                return made
            }
        }

        private static let shared = Mutex<APIDescription?>(nil)

        /// The described path that a request's path means: the one with the fewest `{…}` that fits.
        private func template(of path: String) -> Template? {
            let parts = path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/", omittingEmptySubsequences: false)
            return templates.filter { template in
                template.parts.count == parts.count
                    && zip(template.parts, parts).allSatisfy { $0.first == "{" || $0 == $1 }
            }.min { first, second in
                first.parts.count { $0.first == "{" } < second.parts.count { $0.first == "{" }
            }
        }

        /// As in `/api/v1/jobs/{id}`.
        func describedPath(of path: String) -> String? { template(of: path)?.path }

        /// What about an answer is not as described.
        func problems(_ method: HTTPMethod, _ path: String, _ answer: TestServer.Answer) -> [String] {
            let operation = template(of: path)?.operations[method == .HEAD ? "get" : method.rawValue.lowercased()]
            let type = answer.headers.first(name: "content-type")?.prefix { $0 != ";" }
            guard let operation else {
                // What is not described answers nothing but refusals, and preflights.
                if method == .OPTIONS, answer.status == 204 { return [] }
                guard [400, 404, 405, 408, 413, 431].contains(answer.status) else {
                    return ["\(answer.status) of a path that is not described"]
                }
                guard method != .HEAD else { return [] }
                guard type == "application/json" else { return ["a refusal of the type \(type ?? "none")"] }
                return body(answer, .object(["$ref": .string("#/components/schemas/Error")]))
            }
            guard let described = operation["responses"]?["\(answer.status)"] else {
                return ["the status \(answer.status) is not described"]
            }
            guard method != .HEAD else { return [] }
            guard let content = described["content"] else {
                return answer.body.isEmpty ? [] : ["a body that is not described"]
            }
            guard let schema = content[type.map(String.init) ?? ""]?["schema"] else {
                return ["the type \(type ?? "none") is not described"]
            }
            guard type == "application/json" else { return [] }
            return body(answer, schema)
        }

        private func body(_ answer: TestServer.Answer, _ schema: JSONValue) -> [String] {
            guard let value = try? JSONValue(answer.body) else { return ["the body is no JSON"] }
            return checker.problems(value, schema)
        }
    }

    extension TestServer {
        /// Holds an answer against the description.
        func check(_ answer: Answer, to method: HTTPMethod, _ path: String) throws {
            // A large one is made of what small ones are made of.
            guard answer.body.count < 100_000 else { return }
            let problems = try APIDescription.of(server).problems(method, path, answer)
            #expect(problems.isEmpty, "\(method) \(path): \(problems.joined(separator: "; "))")
        }
    }
#endif
