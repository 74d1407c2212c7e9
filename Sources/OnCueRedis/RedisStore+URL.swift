#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        /// Connects to what a URL names: `redis://`, `rediss://`, `redis+sentinel://host,host/master`, `redis+cluster://host,host`,
        /// `redis+unix:///path`. See ``RedisConfiguration/init(url:)`` for all of it.
        ///
        /// Query items: `prefix`, `replicas`, and for TLS `ca`, `cert` and `key`, the paths of PEM files.
        ///
        /// - Throws: also `invalid`, for the field `store`, when the URL is none of these.
        public convenience init(url: String, options: Options = .init()) async throws(StoreError) {
            let (configuration, options) = try Self.read(url: url, options)
            try await self.init(configuration, options: options)
        }

        /// What a URL says of the server and of the store.
        static func read(url: String, _ options: Options) throws(StoreError) -> (RedisConfiguration, Options) {
            var options = options
            var configuration: RedisConfiguration
            do throws(RedisError) {
                configuration = try RedisConfiguration(url: url)
            } catch {
                throw StoreError(.invalid, error.message, field: "store")
            }
            var items = configuration.queryItems
            configuration.queryItems = [:]
            do throws(ValidationError) {
                if let prefix = items.removeValue(forKey: "prefix") { options.prefix = try KeyPrefix(prefix) }
            } catch {
                throw StoreError(error)
            }
            if let text = items.removeValue(forKey: "replicas") {
                guard let replicas = Int(text), (0...16).contains(replicas) else {
                    throw StoreError(
                        .invalid, "replicas takes a number from 0 to 16, this is '\(text)'", field: "store")
                }
                options.replicas = replicas
            }
            let files = (
                items.removeValue(forKey: "ca"), items.removeValue(forKey: "cert"), items.removeValue(forKey: "key")
            )
            if files != (nil, nil, nil) {
                guard configuration.tls != nil else {
                    throw StoreError(
                        .invalid, "ca, cert and key need an encrypted connection: write rediss://", field: "store")
                }
                configuration.tls = RedisTLS(authorityFile: files.0, certificateFile: files.1, privateKeyFile: files.2)
            }
            if let unknown = items.keys.min() {
                throw StoreError(
                    .invalid,
                    "'\(unknown)' is no setting of a Redis store; there are prefix, replicas, ca, cert and key",
                    field: "store")
            }
            return (configuration, options)
        }
    }
#endif
