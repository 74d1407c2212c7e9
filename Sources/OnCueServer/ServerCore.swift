#if Server
    import HTTPTypes
    import Logging
    import NIOCore
    import OnCue
    import OnCueAPI
    import Synchronization

    /// What all connections of a server share.
    final class ServerCore: Sendable {
        let store: any JobStore
        let jobs: JobClient
        let configuration: JobServer.Configuration
        let authorizer: any RequestAuthorizer
        let audit: AuditTrail
        let logger: Logger
        let group: any EventLoopGroup
        let settings: SettingsCache
        /// Requests that wait for something: each can be told to come to an end.
        let waiting = Cancellations()
        let connections = Connections()
        let events: EventHub
        let pulse: Pulse
        let routes: RouteTable
        let requests: RequestMetrics
        private let tracing: RequestTracing
        private let shuttingDown = Atomic(false)
        private let timers = Mutex<[RepeatedTask]>([])

        init(
            store: any JobStore, configuration: JobServer.Configuration, authorizer: any RequestAuthorizer,
            logger: Logger,
            group: any EventLoopGroup
        ) {
            let factory = configuration.metrics.metrics
            let store: any JobStore = store is ObservedStore ? store : ObservedStore(store, factory: factory)
            self.store = store
            jobs = JobClient(store)
            requests = RequestMetrics(factory: factory)
            tracing = RequestTracing(configuration.tracer)
            self.configuration = configuration
            self.authorizer = authorizer
            audit = AuditTrail(store, logger: logger, group: group)
            self.logger = logger
            self.group = group
            settings = SettingsCache(store)
            events = EventHub(store, limit: configuration.limits.streams, logger: logger, eventLoop: group.next())
            pulse = Pulse(store)
            let context = RouteContext(
                // What is changed through this server holds on it at once.
                store: store, keys: (authorizer as? KeyAuthorizer)?.keys ?? KeyRing(store), settings: settings,
                configuration: configuration, logger: logger, waiting: waiting,
                events: events, pulse: pulse)
            routes = RouteTable(Route.all(context))
        }

        var isShuttingDown: Bool { shuttingDown.load(ordering: .acquiring) }

        /// - Parameter tls: what is to be read again when its files change.
        func start(_ tls: TLSContext?) {
            pulse.start(on: group.next())
            let eventLoop = group.next()
            var tasks = [
                eventLoop.scheduleRepeatedTask(initialDelay: .seconds(15), delay: .seconds(15)) { [events] _ in
                    events.ping()
                }
            ]
            if let tls {
                let step = TimeAmount(configuration.certificateCheck)
                tasks.append(
                    eventLoop.scheduleRepeatedTask(initialDelay: step, delay: step) { [logger] _ in
                        do {
                            if try tls.reloadIfChanged() { logger.info("The certificate was read again") }
                        } catch {
                            logger.error("The old certificate stays in use", metadata: ["error": "\(error)"])
                        }
                    })
            }
            timers.withLock { $0 = tasks }
        }

        func stop() {
            pulse.stop()
            events.shutDown()
            timers.withLock { timers in
                for timer in timers { timer.cancel() }
                timers = []
            }
        }

        /// Ends what waits, and what does not end by itself once the grace is over.
        func beginShutdown() {
            guard !shuttingDown.exchange(true, ordering: .acquiringAndReleasing) else { return }
            pulse.beginShutdown()
            events.shutDown()
            waiting.cancelAll()
            _ = group.next().scheduleTask(in: TimeAmount(configuration.shutdownGrace)) { [connections] in
                connections.closeAll()
            }
        }

        /// - Throws: ``JobServerError/unprotected(host:)`` when other machines could come in without a key.
        func checkExposure() async throws {
            if LoopbackName.contains(configuration.host.lowercased()) { return }
            guard try await authorizer.needsKeys() else { throw JobServerError.unprotected(host: configuration.host) }
        }

        // MARK: Requests

        func bodyLimit(of head: HTTPRequest) -> Int {
            let isStoreCall = head.path?.hasPrefix(StoreCalls.path) ?? false
            return isStoreCall ? configuration.limits.storeBody : configuration.limits.body
        }

        /// Finds the route of a request.
        func prepare(
            _ head: HTTPRequest, body: [UInt8], id: String, channel: any Channel
        ) -> Result<(APIRequest, Route), APIError> {
            let target = head.path ?? "/"
            let path = target.prefix { $0 != "?" }
            let rest = target[path.endIndex...].dropFirst().prefix { $0 != "#" }
            guard let query = RequestQuery(rest) else {
                return .failure(APIError(.badRequest, "invalid_request", "the query is not percent-encoded UTF-8"))
            }
            var segments: [String] = []
            for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
                guard let segment = PathText.decoded(part) else {
                    return .failure(APIError(.badRequest, "invalid_request", "the path is not percent-encoded UTF-8"))
                }
                segments.append(segment)
            }
            switch routes.match(head.method, segments) {
            case .none: return .failure(.notFound(Self.unknown(segments)))
            case .otherMethods(let methods):
                let allowed = methods.map(\.rawValue) + (methods.contains(.get) ? ["HEAD"] : [])
                let list = allowed.sorted().joined(separator: ", ")
                return .failure(
                    APIError(
                        .methodNotAllowed, "method_not_allowed", "method not allowed: this takes \(list)",
                        headers: [.allow: list]))
            case .route(let route, let parameters):
                var request = APIRequest(
                    head: head, body: body, id: id, peer: channel.remoteAddress, query: query)
                request.parameters = parameters
                return .success((request, route))
            }
        }

        private static func unknown(_ segments: [String]) -> String {
            segments.starts(with: ["api", "v1", "jobs"]) ? "resource not found" : "endpoint not found"
        }

        /// What a browser asks before a page of another origin may use the API; nil where that is not allowed.
        func preflight(_ head: HTTPRequest) -> APIResponse? {
            guard let origin = head.headerFields[.origin], configuration.allowedOrigins.contains(origin) else {
                return nil
            }
            return APIResponse(
                status: .noContent,
                headers: [
                    .accessControlAllowMethods: "GET, POST, PUT, PATCH, DELETE",
                    .accessControlAllowHeaders:
                        "Content-Type, Authorization, X-API-Key, X-Request-ID, Idempotency-Key, Last-Event-ID",
                    .accessControlMaxAge: "86400",
                ])
        }

        /// Never throws: what goes wrong becomes an answer.
        func respond(to request: APIRequest, by route: Route) async -> APIResponse {
            let start = NIODeadline.now()
            let response = await tracing.answer(request, route) { await answer(to: request, by: route) }
            // Streams and waits last as long as somebody wants them to.
            let nanoseconds = route.isLong ? nil : (NIODeadline.now() - start).nanoseconds
            requests.answered(
                request.head.method.rawValue, route.path, status: response.status.code, nanoseconds: nanoseconds)
            return response
        }

        private func answer(to request: APIRequest, by route: Route) async -> APIResponse {
            var request = request
            do {
                try Self.checkContentType(request)
                try checkDepth(request)
                if route.permission != nil { request.principal = try await authorizer.authorize(request, for: route) }
            } catch {
                return refusal(of: error, request, route).response
            }
            let response: APIResponse
            do {
                response = try await route.handler(request)
            } catch {
                response = refusal(of: error, request, route).response
            }
            await audit.record(request, by: route, status: response.status)
            return response
        }

        /// A body is JSON. What a browser sends across sites without asking is not.
        private static func checkContentType(_ request: APIRequest) throws(APIError) {
            guard !request.body.isEmpty, let given = request.header(.contentType) else { return }
            let type = given.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            guard type == "application/json" || type.hasSuffix("+json") else {
                throw APIError(
                    .unsupportedMediaType, "unsupported_media_type",
                    "a body has to be JSON, with Content-Type: application/json; this says '\(given.prefix(64))'")
            }
        }

        /// Where it may go as deep as the parser goes, the parser sees to it.
        private func checkDepth(_ request: APIRequest) throws(APIError) {
            let limit = configuration.limits.depth
            guard limit < JSONSlicer.maxDepth, JSONDepth.isOver(limit, request.body) else { return }
            throw APIError(
                .badRequest, "invalid_request", "invalid JSON body: it is nested more than \(limit) deep")
        }

        private func refusal(of error: any Error, _ request: APIRequest, _ route: Route) -> APIError {
            switch error {
            case let error as APIError: return error
            case let error as OnCue.ValidationError: return APIError(error)
            case let error as StoreError:
                if let refusal = APIError(error) {
                    if refusal.status.code >= 500 { log(error, request, route) }
                    return refusal
                }
            case is CancellationError:
                return APIError(
                    .serviceUnavailable, "closed", "the server is shutting down", headers: [.retryAfter: "1"])
            default: break
            }
            log(error, request, route)
            return .inside
        }

        private func log(_ error: any Error, _ request: APIRequest, _ route: Route) {
            logger.error(
                "A request failed",
                metadata: [
                    "request": "\(request.id)", "route": "\(route.method) \(route.path)", "error": "\(error)",
                ])
        }

        // MARK: Answers

        /// The head of an answer, with what every answer carries.
        func head(of response: APIResponse, to request: HTTPRequest?, id: String, closing: Bool) -> HTTPResponse {
            var head = HTTPResponse(status: response.status, headerFields: response.headers)
            if case .bytes(let bytes) = response.body, response.status != .noContent {
                head.headerFields[.contentLength] = String(bytes.readableBytes)
            }
            head.headerFields[.requestID] = id
            head.headerFields[.xContentTypeOptions] = "nosniff"
            if head.headerFields[.cacheControl] == nil { head.headerFields[.cacheControl] = "no-store" }
            if head.headerFields[.contentSecurityPolicy] == nil {
                head.headerFields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
            }
            if closing { head.headerFields[.connection] = "close" }
            if let origin = request?.headerFields[.origin], configuration.allowedOrigins.contains(origin) {
                head.headerFields[.accessControlAllowOrigin] = origin
                head.headerFields[.accessControlExposeHeaders] = "X-Request-ID, Retry-After"
                head.headerFields[.vary] = "Origin"
            }
            return head
        }
    }

    /// What can be told to come to an end.
    final class Cancellations: Sendable {
        private struct State {
            var actions: [Int: @Sendable () -> Void] = [:]
            var next = 0
            var isOver = false
        }

        private let state = Mutex(State())

        var count: Int { state.withLock { $0.actions.count } }

        /// - Returns: what ``remove(_:)`` takes. After ``cancelAll()`` the action is called at once.
        func add(_ cancel: @escaping @Sendable () -> Void) -> Int {
            let (ticket, isOver) = state.withLock { state in
                state.next += 1
                if !state.isOver { state.actions[state.next] = cancel }
                return (state.next, state.isOver)
            }
            if isOver { cancel() }
            return ticket
        }

        func remove(_ ticket: Int) {
            state.withLock { _ = $0.actions.removeValue(forKey: ticket) }
        }

        func cancelAll() {
            let actions = state.withLock { state in
                state.isOver = true
                defer { state.actions = [:] }
                return state.actions
            }
            for action in actions.values { action() }
        }
    }

    /// The connections that stand.
    final class Connections: Sendable {
        private struct State {
            var channels: [ObjectIdentifier: any Channel] = [:]
            var isOver = false
        }

        private let state = Mutex(State())

        /// After ``closeAll()`` the connection is closed at once.
        func add(_ channel: any Channel) {
            let isOver = state.withLock { state in
                if !state.isOver { state.channels[ObjectIdentifier(channel)] = channel }
                return state.isOver
            }
            if isOver { channel.close(promise: nil) }
        }

        func remove(_ channel: any Channel) {
            state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
        }

        func closeAll() {
            let channels = state.withLock { state in
                state.isOver = true
                return Array(state.channels.values)
            }
            for channel in channels { channel.close(promise: nil) }
        }
    }
#endif
