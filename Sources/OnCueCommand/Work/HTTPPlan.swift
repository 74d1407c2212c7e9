import OnCue

/// Where and how `serve` listens, read from the settings and checked before anything is opened.
struct HTTPPlan: Equatable, Sendable {
    struct TLSFiles: Equatable, Sendable {
        var certificate: String
        var key: String
    }

    var host: String
    /// 0: any that is free.
    var port: Int
    var tls: TLSFiles?
    var allowedOrigins: Set<String> = []

    /// - Returns: nil when HTTP is off.
    static func read(_ settings: Settings) throws -> HTTPPlan? {
        let files = (try settings.text(.tlsCertificate), try settings.text(.tlsKey))
        var tls: TLSFiles?
        switch files {
        case (let certificate?, let key?): tls = TLSFiles(certificate: certificate, key: key)
        case (nil, nil): break
        case (_?, nil): throw CommandError.usage("--tls-certificate needs --tls-key, the file with its private key")
        case (nil, _?): throw CommandError.usage("--tls-key needs --tls-certificate, the file with the certificate")
        }
        guard let value = try settings.value(.http), value.text.lowercased() != "off" else {
            if tls != nil { throw CommandError.usage("TLS was asked for, and HTTP is off") }
            return nil
        }
        #if Server
            var plan = try address(value)
            plan.tls = tls
            if let value = try settings.value(.allowedOrigins) { plan.allowedOrigins = try origins(value) }
            return plan
        #else
            throw CommandError.usage("this oncue was built without the server; leave out --http, or write --http off")
        #endif
    }

    /// `8080`, `0.0.0.0:8080`, `[::1]:8080`.
    private static func address(_ value: SettingValue) throws(CommandError) -> HTTPPlan {
        let text = value.text
        guard let colon = text.lastIndex(of: ":") else {
            return HTTPPlan(host: "127.0.0.1", port: try port(text, value))
        }
        let port = try port(text[text.index(after: colon)...], value)
        var host = text[..<colon]
        guard !host.isEmpty else {
            throw value.invalid(
                "names no host; write 0.0.0.0:\(port) for every address, or \(port) for this machine only")
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw value.invalid("is not an address; an IPv6 host stands in brackets, as in [::1]:8080")
        }
        guard !host.isEmpty, !host.contains("/"), !host.contains(" ") else {
            throw value.invalid("is not an address; write HOST:PORT, as in 127.0.0.1:8080")
        }
        return HTTPPlan(host: String(host), port: port)
    }

    private static func port(_ text: some StringProtocol, _ value: SettingValue) throws(CommandError) -> Int {
        guard let port = UInt16(text) else {
            throw value.invalid("is not an address; write HOST:PORT, a port from 0 to 65535, or off")
        }
        return Int(port)
    }

    private static func origins(_ value: SettingValue) throws(CommandError) -> Set<String> {
        var origins: Set<String> = []
        for part in value.text.split(separator: ",") {
            let origin = part.drop { $0 == " " }
            let host = origin.firstRange(of: "://").map { origin[$0.upperBound...] } ?? ""
            guard origin.hasPrefix("http"), !host.isEmpty, !host.contains("/"), !host.contains(" ") else {
                throw value.invalid("is not a list of sites; write them as in https://ops.example.com, without a path")
            }
            origins.insert(origin.lowercased())
        }
        return origins
    }
}
