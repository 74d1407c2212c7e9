#if Server
    import HTTPTypes
    public import OnCue
    import Synchronization

    /// Lets in who has an API key of the store, as far as the key's role goes.
    ///
    /// As long as the store has never had a key, whoever is on this machine may do everything and nobody else anything, as
    /// ``LoopbackAuthorizer`` has it.
    public final class KeyAuthorizer: RequestAuthorizer {
        /// The keys.
        public let keys: KeyRing
        private let store: any JobStore
        private let time: any TimeSource
        private let withoutKeys: LoopbackAuthorizer
        private let buckets = Mutex<[String: TokenBucket]>([:])

        /// - Parameter allowedOrigins: sites whose pages may use the server although there are no keys.
        public init(_ store: any JobStore, allowedOrigins: Set<String> = [], time: any TimeSource = .system) {
            self.store = store
            self.time = time
            withoutKeys = LoopbackAuthorizer(allowedOrigins: allowedOrigins)
            keys = KeyRing(store, time: time)
        }

        public func needsKeys() async throws -> Bool {
            do throws(StoreError) {
                return try await !keys.isEmpty()
            } catch {
                // A store that can keep no keys has none.
                guard error.code == .unsupported else { throw error }
                return false
            }
        }

        public func authorize(_ request: APIRequest, for route: Route) async throws(APIError) -> Principal {
            let isNeeded: Bool
            do {
                isNeeded = try await needsKeys()
            } catch {
                throw Self.unreadable
            }
            guard isNeeded else { return try await withoutKeys.authorize(request, for: route) }
            let key = try await key(of: request)
            try pay(key)
            let principal = Principal(id: key.id, name: key.name ?? key.id, role: key.role)
            try await check(principal, route, request)
            return principal
        }

        // MARK: Who

        private func key(of request: APIRequest) async throws(APIError) -> APIKey {
            guard let text = Self.text(in: request) else {
                throw Self.unauthorized("an API key is needed, as X-API-Key or Authorization: Bearer")
            }
            let verdict: KeyRing.Verdict
            do {
                verdict = try await keys.verdict(on: text)
            } catch {
                throw Self.unreadable
            }
            switch verdict {
            case .active(let key): return key
            case .unknown: throw Self.unauthorized("this API key is not known")
            case .revoked: throw Self.unauthorized("this API key was revoked")
            case .expired(let key):
                throw Self.unauthorized("this API key expired at \(key.expiresAt?.description ?? "some time")")
            }
        }

        private static func text(in request: APIRequest) -> String? {
            if let key = request.header(.apiKey), !key.isEmpty { return key }
            guard let given = request.header(.authorization) else { return nil }
            let words = given.split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
            return String(words[1])
        }

        private static func unauthorized(_ message: String) -> APIError {
            APIError(.unauthorized, "unauthorized", message, headers: [.wwwAuthenticate: "Bearer"])
        }

        private static let unreadable = APIError(
            .serviceUnavailable, "unavailable", "the API keys cannot be read for now; try again",
            headers: [.retryAfter: "1"])

        // MARK: How much

        private func pay(_ key: APIKey) throws(APIError) {
            guard let rate = key.rate else { return }
            let now = time.uptime()
            let wait = buckets.withLock { $0[key.id, default: TokenBucket(rate, now: now)].take(now: now) }
            guard let wait else { return }
            let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
            throw APIError(
                .tooManyRequests, "rate_limited", "this API key may make \(rate) requests; try again in \(seconds)s",
                headers: [.retryAfter: "\(seconds)"])
        }

        // MARK: What

        private func check(_ principal: Principal, _ route: Route, _ request: APIRequest) async throws(APIError) {
            guard let permission = route.permission, let role = principal.role else { return }
            switch role.allows(permission) {
            case .everything: return
            case .nothing where route.alsoFor.map({ role.allows($0) == .everything }) ?? false: return
            case .nothing:
                throw APIError(
                    .forbidden, "forbidden",
                    "the role \(role.rawValue) does not allow this; it takes '\(permission.rawValue)'")
            case .own:
                // A job that is not there is for the route to answer.
                guard let id = JobID(request.parameters["id"] ?? "") else { return }
                let job: JobRecord?
                do {
                    job = try await store.find([id]).first ?? nil
                } catch {
                    throw APIError(error) ?? .inside
                }
                guard job.map({ JobOwner.isOwner(principal, of: $0) }) ?? true else {
                    throw APIError(
                        .forbidden, "forbidden",
                        "the role \(role.rawValue) allows this for jobs that this key submitted only")
                }
            }
        }
    }

    extension HTTPField.Name {
        static let apiKey = named("X-API-Key")
    }
#endif
