#if Server
    import HTTPTypes
    public import OnCue

    // Keys and the audit log.
    extension Route {
        static func access(_ context: RouteContext) -> [Route] {
            let routes = AccessRoutes(store: context.store, keys: context.keys)
            return [
                Route(
                    .get, "/api/v1/keys", .administer, "List the API keys, those that have ended included.",
                    doc: RouteDoc(.ok(.keyList, "All keys.")),
                    handler: { try await routes.list($0) }),
                Route(
                    .post, "/api/v1/keys", .administer, "Make an API key; the answer alone shows it.",
                    doc: RouteDoc(body: .newKey, .created(.key, "The key; `key` is what clients send.")),
                    handler: { try await routes.create($0) }),
                Route(
                    .get, "/api/v1/keys/{id}", .administer, "Show an API key, without the key itself.",
                    doc: RouteDoc(.ok(.key, "The key.")),
                    handler: { try await routes.show($0) }),
                Route(
                    .post, "/api/v1/keys/{id}/revoke", .administer, "End an API key for good.",
                    doc: RouteDoc(.ok(.key, "The key.")),
                    handler: { try await routes.revoke($0) }),
                Route(
                    .get, "/api/v1/audit", .administer, "Who changed what and when, newest first, page by page.",
                    doc: RouteDoc(parameters: [.cursor, .limit], .ok(.auditPage, "A page.")),
                    handler: { try await routes.audit($0) }),
            ]
        }
    }

    struct AccessRoutes: Sendable {
        let store: any JobStore
        let keys: KeyRing

        func list(_ request: APIRequest) async throws -> APIResponse {
            let keys = try await keys.list()
            let now = try await store.now()
            return .json { json in
                json.object { json in
                    json.field("count", keys.count)
                    json.array("keys") { json in
                        for key in keys { key.write(to: &json, now: now) }
                    }
                }
            }
        }

        func create(_ request: APIRequest) async throws -> APIResponse {
            let fields = try request.fields()
            let roles = AccessRole.allCases.map(\.rawValue).joined(separator: ", ")
            guard let role = try fields.text("role").flatMap(AccessRole.init(rawValue:)) else {
                throw ValidationError(field: "role", message: "is one of \(roles)")
            }
            let rate = try fields.text("rate").map { text throws(ValidationError) in try RequestRate(parsing: text) }
            let (key, text) = try await keys.create(
                role, name: try fields.text("name"), lifetime: try fields.duration("expires"), rate: rate,
                by: request.principal.id)
            let now = try await store.now()
            return .json(.created) { key.write(to: &$0, now: now, secret: text) }
        }

        func show(_ request: APIRequest) async throws -> APIResponse {
            let key = try await keys.key(request.parameter("id"))
            let now = try await store.now()
            return .json { key.write(to: &$0, now: now) }
        }

        func revoke(_ request: APIRequest) async throws -> APIResponse {
            let key = try await keys.revoke(request.parameter("id"))
            let now = try await store.now()
            return .json { key.write(to: &$0, now: now) }
        }

        func audit(_ request: APIRequest) async throws -> APIResponse {
            let page = try await store.audit(
                after: request.query["cursor"], limit: try request.query.integer("limit") ?? 100)
            return .json { json in
                json.object { json in
                    json.field("count", page.entries.count)
                    json.array("entries") { json in
                        for entry in page.entries { entry.write(to: &json) }
                    }
                    json.field(ifPresent: "next_cursor", page.nextCursor)
                }
            }
        }
    }

    extension AuditEntry {
        /// The object of the API and of `oncue audit --json`.
        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("at", at)
                json.field("principal", action.principal)
                json.field(ifPresent: "role", action.role)
                json.field("action", action.action)
                json.field(ifPresent: "target", action.target)
                json.field("outcome", action.outcome)
                json.field(ifPresent: "request_id", action.requestID)
            }
        }
    }
#endif
