#if Redis
    import Testing

    @testable import RedisWire

    @Suite("URLs")
    struct RedisURLTests {
        private func tcp(_ host: String, _ port: Int) -> RedisAddress { .tcp(host: host, port: port) }

        @Test(
            "One server",
            arguments: [
                ("redis://localhost", "localhost", 6379, 0), ("redis://10.0.0.1:7000/3", "10.0.0.1", 7000, 3),
                ("redis://[::1]:7000/", "::1", 7000, 0), ("redis://[fe80::1]", "fe80::1", 6379, 0),
            ])
        func single(url: String, host: String, port: Int, database: Int) throws {
            let configuration = try RedisConfiguration(url: url)
            #expect(configuration.topology == .single(tcp(host, port)))
            #expect(configuration.database == database)
            #expect(configuration.tls == nil && configuration.user == nil && configuration.password == nil)
            #expect(configuration.queryItems.isEmpty)
        }

        @Test("User, password and query are percent-encoded")
        func credentials() throws {
            let both = try RedisConfiguration(url: "rediss://w%6Frker:p%40ss%3A%2Fword@h/1?prefix=a%26b&flag&x=1%3D1")
            #expect(both.topology == .single(tcp("h", 6379)))
            #expect(both.user == "worker")
            #expect(both.password == "p@ss:/word")
            #expect(both.database == 1)
            #expect(both.tls == RedisTLS())
            #expect(both.queryItems == ["prefix": "a&b", "flag": "", "x": "1=1"])
            let password = try RedisConfiguration(url: "redis://:secret@h")
            #expect(password.user == nil && password.password == "secret")
            let user = try RedisConfiguration(url: "redis://worker@h")
            #expect(user.user == "worker" && user.password == nil)
        }

        @Test("Sentinels name the master in the path")
        func sentinel() throws {
            let plain = try RedisConfiguration(url: "redis+sentinel://:secret@h1,h2:26380,[::1]/primary/2?prefix=q")
            #expect(
                plain.topology
                    == .sentinel(master: "primary", sentinels: [tcp("h1", 26379), tcp("h2", 26380), tcp("::1", 26379)]))
            #expect(plain.password == "secret" && plain.database == 2 && plain.tls == nil)
            #expect(plain.queryItems == ["prefix": "q"])
            let own = try RedisConfiguration(
                url: "redis+sentinel://worker:a@h1/primary?sentinel-user=watcher&sentinel-password=b%26&prefix=q")
            #expect(
                own.topology
                    == .sentinel(
                        master: "primary", sentinels: [tcp("h1", 26379)], sentinelUser: "watcher",
                        sentinelPassword: "b&"))
            #expect(own.user == "worker" && own.password == "a" && own.queryItems == ["prefix": "q"])
            let secure = try RedisConfiguration(url: "rediss+sentinel://h1/primary")
            #expect(secure.tls != nil && secure.database == 0)
        }

        @Test("A cluster has hosts and no database")
        func cluster() throws {
            let plain = try RedisConfiguration(url: "redis+cluster://user:secret@h1,h2:7001/")
            #expect(plain.topology == .cluster([tcp("h1", 6379), tcp("h2", 7001)]))
            #expect(plain.user == "user" && plain.password == "secret" && plain.tls == nil)
            #expect(try RedisConfiguration(url: "rediss+cluster://h1").tls != nil)
        }

        @Test("A socket is a path")
        func socket() throws {
            let configuration = try RedisConfiguration(url: "redis+unix:///run/my%20redis.sock?db=4&prefix=q")
            #expect(configuration.topology == .single(.unix(path: "/run/my redis.sock")))
            #expect(configuration.database == 4)
            #expect(configuration.queryItems == ["prefix": "q"])
        }

        @Test(
            "What is none of these is refused, and the password is not repeated",
            arguments: [
                "localhost:6379", "http://:s3cret@h", "redis://:s3cret@", "redis://:s3cret@h:0",
                "redis://:s3cret@h:70000",
                "redis://:s3cret@h:port", "redis://:s3cret@h/x", "redis://:s3cret@h/-1", "redis://:s3cret@h/1/2",
                "redis://:s3cret@h1,h2", "redis://:s3cret%zz@h", "redis://:s3cret@h?a=%4", "redis+sentinel://:s3cret@h",
                "redis+sentinel://:s3cret@h/m/1/2", "redis+cluster://:s3cret@h/1", "redis+cluster://:s3cret@h,,i",
                "redis+unix://:s3cret@h/x", "redis+unix://",
            ])
        func refused(url: String) {
            let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
            #expect(error?.code == .configuration)
            #expect(error?.message.contains("s3cret") == false)
        }
    }
#endif
