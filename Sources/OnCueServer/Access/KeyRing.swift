#if Server
    public import OnCue

    /// The API keys of a store.
    ///
    /// Every server and command on the same store shares them. What it knows is at most ``freshness`` old while the store
    /// answers, and it lets nobody in by what is older than ``patience``: so a revoked key stops working within seconds
    /// everywhere.
    public final class KeyRing: Sendable {
        static let collection = "keys"
        static let freshness: Duration = .seconds(2)
        static let patience: Duration = .seconds(5)
        /// How long a key that has ended stays in the list.
        private static let grace: Duration = .seconds(30 * 86_400)

        private let store: any JobStore
        private let time: any TimeSource
        private let cache: KeyCache

        public init(_ store: any JobStore, time: any TimeSource = .system) {
            self.store = store
            self.time = time
            cache = KeyCache(time: time) { () async throws(StoreError) in try await Self.read(store, time) }
        }

        // MARK: - Operating

        /// Makes a key. Its text is told this once.
        ///
        /// - Parameters:
        ///   - lifetime: nil: it never expires.
        ///   - principal: who makes it.
        public func create(
            _ role: AccessRole, name: String? = nil, lifetime: Duration? = nil, rate: RequestRate? = nil,
            by principal: String
        ) async throws(StoreError) -> (key: APIKey, text: String) {
            try Self.check(name: name, lifetime: lifetime)
            let now = try await store.now()
            while true {
                let text = KeyText()
                let key = APIKey(
                    id: text.id, name: name, role: role, createdAt: now, createdBy: principal,
                    expiresAt: lifetime.map { now + $0 }, rate: rate, revokedAt: nil, hash: text.hash)
                do throws(StoreError) {
                    try await put(key, expecting: .nothing)
                } catch {
                    // Another key has this id.
                    guard error.code == .conflict else { throw error }
                    continue
                }
                await forgetLongEnded(now: now)
                return (key, text.text)
            }
        }

        private static func check(name: String?, lifetime: Duration?) throws(StoreError) {
            do throws(ValidationError) {
                if let name { try Limits.checkKey(name, field: "name") }
                guard let lifetime else { return }
                guard lifetime > .zero, lifetime <= Limits.horizon else {
                    throw ValidationError(
                        field: "expires",
                        message: "has to be more than nothing and at most 100 years, this is \(lifetime.text)")
                }
            } catch {
                throw StoreError(error)
            }
        }

        /// All keys, the newest first.
        public func list() async throws(StoreError) -> [APIKey] {
            try await Self.read(store, time).keys.values.sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
        }

        /// The key with this id.
        public func key(_ id: String) async throws(StoreError) -> APIKey {
            guard let key = try await Self.read(store, time).keys[id] else { throw Self.noKey(id) }
            return key
        }

        /// Ends a key for good. One that has been revoked already stays as it is.
        public func revoke(_ id: String) async throws(StoreError) -> APIKey {
            while true {
                let documents = try await Self.documents(store)
                guard let document = documents.first(where: { $0.key == id }), var key = APIKey(document) else {
                    throw Self.noKey(id)
                }
                guard key.revokedAt == nil else { return key }
                key.revokedAt = try await store.now()
                do throws(StoreError) {
                    try await put(key, expecting: .version(document.version))
                    return key
                } catch {
                    // Someone else has changed it meanwhile.
                    guard error.code == .conflict else { throw error }
                }
            }
        }

        private static func noKey(_ id: String) -> StoreError {
            StoreError(.notFound, "there is no API key '\(id.prefix(64))'")
        }

        private func put(_ key: APIKey, expecting: StoredDocument.Expectation) async throws(StoreError) {
            let value: [UInt8]
            do {
                value = try key.encoded
            } catch {
                throw StoreError(.invalid, "the key cannot be written: \(error)")
            }
            defer { cache.invalidate() }
            _ = try await store.putDocument(value, at: key.id, in: Self.collection, expecting: expecting)
        }

        /// At least the key that was just made stays: a store that has had keys never lets anyone in without one.
        private func forgetLongEnded(now: Timestamp) async {
            guard let documents = try? await Self.documents(store) else { return }
            for document in documents {
                guard let ended = APIKey(document)?.endedAt(by: now), ended < now - Self.grace else { continue }
                // What could not be removed now goes with the next key.
                _ = try? await store.removeDocument(
                    document.key, in: Self.collection, expecting: .version(document.version))
            }
        }

        // MARK: - Letting in

        enum Verdict: Sendable {
            case active(APIKey)
            case expired(APIKey)
            case revoked(APIKey)
            case unknown
        }

        /// Whether there is any key, be it expired or revoked.
        public func isEmpty() async throws(StoreError) -> Bool {
            try await cache.snapshot(.recent).isEmpty
        }

        func verdict(on text: String) async throws(StoreError) -> Verdict {
            guard let text = KeyText(text) else { return .unknown }
            var found = try await cache.snapshot(.recent).keys[text.id]
            if found == nil { found = try await cache.snapshot(.latest).keys[text.id] }
            guard let key = found, text.matches(key.hash) else { return .unknown }
            switch key.standing(at: time.now()) {
            case .active: return .active(key)
            case .expired: return .expired(key)
            case .revoked: return .revoked(key)
            }
        }

        // MARK: - Reading

        private static func documents(_ store: any JobStore) async throws(StoreError) -> [StoredDocument] {
            var documents: [StoredDocument] = []
            while true {
                let page = try await store.documents(
                    in: collection, after: documents.last?.key, limit: Limits.page.upperBound)
                documents += page
                if page.count < Limits.page.upperBound { return documents }
            }
        }

        private static func read(_ store: any JobStore, _ time: any TimeSource) async throws(StoreError)
            -> KeyCache.Snapshot
        {
            let readAt = time.uptime()
            let documents = try await documents(store)
            var snapshot = KeyCache.Snapshot(isEmpty: documents.isEmpty, readAt: readAt)
            for document in documents { snapshot.keys[document.key] = APIKey(document) }
            return snapshot
        }
    }
#endif
