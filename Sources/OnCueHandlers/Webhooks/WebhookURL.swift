import Foundation
public import OnCue

/// An address that can be called: `http` or `https`, a host, no user, no fragment.
public struct WebhookURL: Hashable, Sendable, CustomStringConvertible {
    let text: String
    /// Without the brackets of an IPv6 address.
    let host: String
    private let origin: String

    /// - Throws: ``ValidationError`` for `url`. Its text does not repeat what follows the host.
    public init(_ text: String) throws(ValidationError) {
        func wrong(_ message: String) -> ValidationError { ValidationError(field: "url", message: message) }
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased()
        else { throw wrong("takes an address such as https://example.com/jobs") }
        guard ["http", "https"].contains(scheme) else { throw wrong("takes http or https, not \(scheme)") }
        guard parts.user == nil, parts.password == nil else {
            throw wrong("takes no user or password; a header can carry them, from the environment or a file")
        }
        guard parts.fragment == nil else { throw wrong("takes no fragment (#)") }
        guard var host = parts.host, !host.isEmpty else { throw wrong("has no host") }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain || NetworkAddress(host) != nil else { throw wrong("has a host with characters that no host has") }
        if let port = parts.port, !(1...65_535).contains(port) { throw wrong("has a port that does not exist") }
        self.text = text
        self.host = host
        let shown = host.contains(":") ? "[\(host)]" : host
        origin = "\(scheme)://\(shown)" + (parts.port.map { ":\($0)" } ?? "")
    }

    /// Scheme, host and port. Path and query stay out: they often hold a secret.
    public var description: String { origin }

    /// The host when it is an address already.
    var address: NetworkAddress? { NetworkAddress(host) }
}
