import Foundation

/// Certificates made for one server: an authority, the server's for `localhost` and `127.0.0.1`, and a client's.
struct Certificates {
    let authority: String
    let server: String
    let serverKey: String
    let client: String
    let clientKey: String

    /// Makes them in `directory`.
    init(in directory: String) async throws {
        func path(_ name: String) -> String { "\(directory)/\(name)" }
        authority = path("ca.crt")
        server = path("server.crt")
        serverKey = path("server.key")
        client = path("client.crt")
        clientKey = path("client.key")

        let authorityKey = path("ca.key")
        _ = try await TestProgram.run(
            "openssl",
            Self.request(key: authorityKey, name: "Test authority") + [
                "-x509", "-days", "2", "-out", authority,
            ])
        for (certificate, key, name, extensions) in [
            (
                server, serverKey, "localhost",
                "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
            ),
            (client, clientKey, "client", "extendedKeyUsage=clientAuth\n"),
        ] {
            let request = certificate + ".request"
            let extensionsFile = certificate + ".extensions"
            try Data(extensions.utf8).write(to: URL(filePath: extensionsFile))
            _ = try await TestProgram.run("openssl", Self.request(key: key, name: name) + ["-out", request])
            _ = try await TestProgram.run(
                "openssl",
                [
                    "x509", "-req", "-in", request, "-CA", authority, "-CAkey", authorityKey, "-CAcreateserial",
                    "-days", "2", "-extfile", extensionsFile, "-out", certificate,
                ])
        }
    }

    private static func request(key: String, name: String) -> [String] {
        [
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
            "-subj", "/CN=\(name)",
        ]
    }
}
