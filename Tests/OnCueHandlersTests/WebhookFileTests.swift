#if Server
    import Foundation
    import OnCue
    import OnCueHandlers
    import Testing

    @Suite struct WebhookFileTests {
        @Test func everythingIsReadAndNoSecretIsShown() throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "oncue-\(UUID().uuidString)").path()
            try Data("s3cr3t-of-file\n".utf8).write(to: URL(filePath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let file = try HandlerFile(
                yaml: """
                    handlers:
                      short: {webhook: "https://example.com/hook?token=t0ken"}
                      long:
                        webhook:
                          url: http://[fd00::1]:8080/a
                          secret: {file: \(path)}
                          headers: {X-Tenant: acme, Authorization: {env: PATH}}
                          allow_private: [fd00::/8, 10.0.0.0/8]
                        timeout: 5s
                        attempts: 4
                    """)
            #expect(file.names == ["short", "long"])
            #expect(file.entries[0].command == nil)
            let short = try #require(file.entries[0].webhook)
            #expect(short.secret == nil)
            #expect(short.addresses == .publicOnly)
            #expect(short.url.description == "https://example.com")
            let long = try #require(file.entries[1].webhook)
            #expect(long.url.description == "http://[fd00::1]:8080")
            #expect(long.secret != nil)
            #expect(long.headers.map(\.name) == ["X-Tenant", "Authorization"])
            #expect(
                long.addresses == .publicAnd([AddressRange("fd00::/8"), AddressRange("10.0.0.0/8")].compactMap(\.self)))
            #expect(file.entries[1].options.maxAttempts == 4)
            var dumped = ""
            dump(file, to: &dumped)
            for shown in ["\(file)", String(reflecting: long), dumped] {
                #expect(!shown.contains("s3cr3t-of-file"))
            }
        }

        @Test(
            arguments: [
                ("ftp://example.com", "http or https"), ("https://", "host"), ("example.com/x", "http"),
                ("https://u:p4ss@example.com", "user"), ("https://example.com/#a", "fragment"),
                ("https://example.com:99999/", "port"), ("https://exa mple.com", "address"),
                ("https://127.0.0.1/", "not a public address"), ("https://[::ffff:10.0.0.1]/", "not a public address"),
                ("https://[::1]:80/", "not a public address"),
            ])
        func wrongAddressesAreNamed(url: String, word: String) {
            let error = #expect(throws: HandlerFileError.self) {
                try HandlerFile(yaml: "handlers:\n  a:\n    webhook: \"\(url)\"")
            }
            #expect(error?.line == 3)
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("p4ss") != true)
        }

        @Test(
            arguments: [
                ("{secret: {env: HOME}}", "'url'"), ("{url: \"https://a.b\", secret: hunter2}", "env: VARIABLE"),
                ("{url: \"https://a.b\", secret: {env: ONCUE_NO_SUCH_VARIABLE}}", "ONCUE_NO_SUCH_VARIABLE"),
                ("{url: \"https://a.b\", secret: {file: /nowhere/secret}}", "/nowhere/secret"),
                ("{url: \"https://a.b\", secret: {key: hunter2}}", "file: PATH"),
                ("{url: \"https://a.b\", header: {A: b}}", "headers"),
                ("{url: \"https://a.b\", headers: {Host: b}}", "Host"),
                ("{url: \"https://a.b\", headers: {OnCue-Signature: b}}", "OnCue-Signature"),
                ("{url: \"https://a.b\", headers: {\"a b\": c}}", "a b"),
                ("{url: \"https://a.b\", headers: {A: \"x\\r\\nB: c\"}}", "control"),
                ("{url: \"https://a.b\", allow_private: sometimes}", "allow_private"),
                ("{url: \"https://a.b\", allow_private: [10.0.0.0/99]}", "10.0.0.0/99"), ("[a]", "text"),
            ])
        func mistakesAreNamed(webhook: String, word: String) {
            let error = #expect(throws: HandlerFileError.self) {
                try HandlerFile(yaml: "handlers:\n  a: {webhook: \(webhook)}")
            }
            #expect(error?.line == 2)
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("hunter2") != true)
        }

        @Test func commandsAndWebhooksDoNotMix() {
            for rest in ["command: [wc]", "shell: wc", "env: {A: b}", "cwd: /tmp"] {
                #expect(throws: HandlerFileError.self) {
                    try HandlerFile(yaml: "handlers:\n  a:\n    webhook: https://example.com\n    \(rest)")
                }
            }
        }
    }
#endif
