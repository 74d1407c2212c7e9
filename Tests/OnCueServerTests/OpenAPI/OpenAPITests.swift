#if Server
    import NIOHTTP1
    import OnCue
    import OnCueServer
    import Testing

    /// The description of the API as a document.
    @Suite struct OpenAPITests {
        private func described(_ body: (TestServer, APIDescription) throws -> Void) async throws {
            try await TestServer.run { server in
                let answer = try await server.get("/api/v1/openapi.json")
                #expect(answer.status == 200)
                #expect(answer.headers.first(name: "content-type") == "application/json")
                try body(server, APIDescription(answer.body))
            }
        }

        @Test func eachRouteIsDescribedAndNothingElse() async throws {
            try await described { server, description in
                #expect(description.document["openapi"] == .string("3.1.0"))
                let routes = Set(server.server.routes.routes.map { "\($0.method) \($0.path)" })
                let paths = try #require(description.document["paths"]?.fields)
                let operations = paths.flatMap { path, item in item.fields.keys.map { "\($0.uppercased()) \(path)" } }
                #expect(Set(operations) == routes)
                #expect(routes.count > 40)
            }
        }

        @Test func eachDescriptionSaysWhatItTakesAndAnswers() async throws {
            try await described { server, description in
                var ids: Set<String> = []
                for route in server.server.routes.routes {
                    let method = "\(route.method)".lowercased()
                    let operation = try #require(description.document["paths"]?[route.path]?[method])
                    let id = try #require(operation["operationId"]?.text)
                    #expect(ids.insert(id).inserted, "\(id) stands twice")
                    #expect(operation["summary"]?.text?.isEmpty == false)
                    let responses = try #require(operation["responses"]?.fields)
                    #expect(responses.keys.contains { $0.hasPrefix("2") }, "\(id)")
                    #expect(responses.values.allSatisfy { $0["description"]?.text?.isEmpty == false }, "\(id)")
                    #expect((responses["401"] != nil) == (route.permission != nil), "\(id)")
                    #expect((operation["security"] == .array([])) == (route.permission == nil), "\(id)")
                    #expect(operation["x-permission"]?.text == route.permission?.rawValue, "\(id)")
                    let named = (operation["parameters"]?.elements ?? []).filter { $0["in"] == .string("path") }
                        .compactMap { $0["name"]?.text }
                    let inPath = route.path.split(separator: "/").filter { $0.first == "{" }
                        .map { String($0.dropFirst().dropLast()) }
                    #expect(named == inPath, "\(id)")
                }
            }
        }

        @Test func eachReferenceLeadsSomewhereAndEachComponentIsUsed() async throws {
            try await described { _, description in
                var targets: Set<String> = []
                func collect(_ value: JSONValue) {
                    switch value {
                    case .object(let fields):
                        if let target = fields["$ref"]?.text { targets.insert(target) }
                        for field in fields.values { collect(field) }
                    case .array(let elements):
                        for element in elements { collect(element) }
                    default: break
                    }
                }
                collect(description.document)
                for target in targets { #expect(description.document.at(target) != nil, "\(target)") }
                let schemas = try #require(description.document.at("#/components/schemas")?.fields)
                #expect(schemas.keys.allSatisfy { targets.contains("#/components/schemas/\($0)") })
                #expect(schemas.count > 25)
            }
        }

        @Test func theDescriptionNeedsNoKey() async throws {
            try await TestServer.run { server in
                _ = try await server.key(.admin)
                #expect(try await server.get("/api/v1/openapi.json").status == 200)
                #expect(try await server.get("/api/v1").status == 401)
            }
        }
    }
#endif
