import ArgumentParser

/// Where and how `serve` listens.
struct ServeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the API listens: HOST:PORT, a port alone for this machine only, or off. (default: 127.0.0.1:8080)",
            valueName: "address"))
    var http: String?

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp("A PEM file with the certificate; read again when it changes.", valueName: "file"),
        completion: .file())
    var tlsCertificate: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp("A PEM file with the certificate's private key.", valueName: "file"), completion: .file())
    var tlsKey: String?

    @Option(
        name: .customLong("allowed-origins"),
        help: ArgumentHelp("Sites whose pages may use the API, with commas. (default: none)", valueName: "list"))
    var allowedOrigins: String?

    /// What was given, by the setting's name.
    var given: [String: String] {
        var given: [String: String] = [:]
        given[Setting.http.name] = http
        given[Setting.tlsCertificate.name] = tlsCertificate
        given[Setting.tlsKey.name] = tlsKey
        given[Setting.allowedOrigins.name] = allowedOrigins
        return given
    }
}
