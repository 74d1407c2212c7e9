#if Redis
    extension RedisConfiguration {
        /// Reads a URL: `redis://[user:password@]host[:port][/database]`, `rediss://` with TLS,
        /// `redis+sentinel://host,host:26380/master[/database]`, `redis+cluster://host,host:port` (both with `rediss+` too)
        /// and `redis+unix:///path[?db=number]`. User and password are percent-encoded; a password alone is `:password@`.
        /// The Sentinels' own are `?sentinel-user=…&sentinel-password=…`.
        /// Query items that mean nothing here are kept in `queryItems`.
        ///
        /// - Throws: `.configuration`, without the password, when it is none of these.
        public init(url: String) throws(RedisError) {
            guard let colon = url.range(ofText: "://") else {
                throw RedisError(.configuration, "A Redis URL looks like redis://host:6379/0.")
            }
            let scheme = url[..<colon.lowerBound]
            var rest = url[colon.upperBound...]
            var items: [String: String] = [:]
            if let mark = rest.firstIndex(of: "?") {
                for item in rest[rest.index(after: mark)...].split(separator: "&") {
                    let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    items[try decoded(parts[0])] = parts.count > 1 ? try decoded(parts[1]) : ""
                }
                rest = rest[..<mark]
            }
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            var authority = rest[..<slash]
            let path = rest[slash...]
            var user: String?
            var password: String?
            if let at = authority.lastIndex(of: "@") {
                let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                user = parts[0].isEmpty ? nil : try decoded(parts[0])
                password = parts.count > 1 ? try decoded(parts[1]) : nil
                authority = authority[authority.index(after: at)...]
            }
            let segments = try path.split(separator: "/").map { segment throws(RedisError) in try decoded(segment) }
            var databaseText: String?
            switch scheme {
            case "redis", "rediss":
                let addresses = try addresses(authority, defaultPort: 6379)
                guard addresses.count == 1, segments.count <= 1 else {
                    throw RedisError(.configuration, "\(scheme):// takes one host and at most a database.")
                }
                self.init(.single(addresses[0]))
                databaseText = segments.first
            case "redis+unix":
                guard authority.isEmpty, !segments.isEmpty else {
                    throw RedisError(.configuration, "A socket's URL looks like redis+unix:///run/redis.sock.")
                }
                self.init(.unixSocket(path: "/" + segments.joined(separator: "/")))
                databaseText = items.removeValue(forKey: "db")
            case "redis+sentinel", "rediss+sentinel":
                guard let master = segments.first, segments.count <= 2 else {
                    throw RedisError(.configuration, "\(scheme):// names the master: host,host/master[/database].")
                }
                self.init(
                    .sentinel(
                        master: master, sentinels: try addresses(authority, defaultPort: 26379),
                        sentinelUser: items.removeValue(forKey: "sentinel-user"),
                        sentinelPassword: items.removeValue(forKey: "sentinel-password")))
                databaseText = segments.count > 1 ? segments[1] : nil
            case "redis+cluster", "rediss+cluster":
                guard segments.isEmpty else {
                    throw RedisError(.configuration, "A cluster has no databases: remove what follows the hosts.")
                }
                self.init(.cluster(try addresses(authority, defaultPort: 6379)))
            default:
                throw RedisError(.configuration, "\(scheme):// is no scheme of Redis.")
            }
            if let text = databaseText {
                guard let number = Int(text), number >= 0 else {
                    throw RedisError(.configuration, "\"\(text)\" is not the number of a database.")
                }
                database = number
            }
            self.user = user
            self.password = password
            queryItems = items
            if scheme.hasPrefix("rediss") { tls = RedisTLS() }
        }
    }

    extension RedisTopology {
        fileprivate static func unixSocket(path: String) -> RedisTopology { .single(.unix(path: path)) }
    }

    private func addresses(_ text: Substring, defaultPort: Int) throws(RedisError) -> [RedisAddress] {
        var result: [RedisAddress] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var host = part
            var port: Int? = defaultPort
            // The colon of a port stands behind the brackets of an IPv6 address.
            if let colon = part.lastIndex(of: ":"), !part[colon...].contains("]") {
                host = part[..<colon]
                port = Int(part[part.index(after: colon)...])
            }
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty, let port, (1...65_535).contains(port) else {
                throw RedisError(.configuration, "\"\(part)\" is not a host with an optional port.")
            }
            result.append(.tcp(host: String(host), port: port))
        }
        return result
    }

    private func decoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: Array(rest.prefix(2)), as: UTF8.self), radix: 16)
            else {
                throw RedisError(
                    .configuration, "A % in a URL is followed by two hexadecimal digits; write %25 for itself.")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    extension String {
        fileprivate func range(ofText text: String) -> Range<Index>? {
            var start = startIndex
            while start < endIndex {
                if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
                start = index(after: start)
            }
            return nil
        }
    }
#endif
