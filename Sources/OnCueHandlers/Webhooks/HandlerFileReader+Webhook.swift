import Foundation
import OnCue
import Yams

/// Reads what stands under `webhook:`.
extension HandlerFileReader {
    private static let webhookKeys = ["url", "secret", "headers", "allow_private"]
    /// What frames a message or is said by us.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect",
        "content-encoding", "traceparent", "tracestate",
    ]

    func webhook(_ node: Node, _ name: JobName) throws(HandlerFileError) -> Webhook {
        #if !Server
            throw error(node, "\(name): webhooks need a build with the package trait 'Server'")
        #else
            guard let fields = node.mapping else { return try checkedAddress(Webhook(url(node, name)), name, node) }
            for (key, _) in fields where !Self.webhookKeys.contains(key.string ?? "") {
                throw error(
                    key,
                    "\(name): webhook.\(key.string ?? "?") is not known; there are "
                        + Self.webhookKeys.joined(separator: ", "))
            }
            guard let address = fields["url"] else { throw error(node, "\(name): webhook needs a 'url'") }
            var webhook = Webhook(try url(address, name))
            if let node = fields["secret"] {
                guard node.mapping != nil else {
                    throw error(
                        node, "\(name): webhook.secret takes {env: VARIABLE} or {file: PATH}; it does not stand here")
                }
                webhook.secret = try secret(node, "\(name): webhook.secret")
            }
            if let node = fields["headers"] { webhook.headers = try headers(node, name) }
            if let node = fields["allow_private"] { webhook.addresses = try policy(node, name) }
            return try checkedAddress(webhook, name, address)
        #endif
    }

    private func url(_ node: Node, _ name: JobName) throws(HandlerFileError) -> WebhookURL {
        let text = try text(node, "\(name): webhook.url")
        return try checked(node, name, "webhook.url") { () throws(ValidationError) in try WebhookURL(text) }
    }

    /// An address that stands in the file can be looked at now.
    private func checkedAddress(
        _ webhook: Webhook, _ name: JobName, _ node: Node
    ) throws(HandlerFileError) -> Webhook {
        if let address = webhook.url.address, !webhook.addresses.allows(address) {
            throw error(
                node, "\(name): \(address) is not a public address; allow_private: true or a list of ranges allows it")
        }
        return webhook
    }

    private func headers(_ node: Node, _ name: JobName) throws(HandlerFileError) -> [Webhook.Header] {
        guard let fields = node.mapping else { throw error(node, "\(name): webhook.headers takes a mapping") }
        var headers: [Webhook.Header] = []
        for (key, value) in fields {
            let header = try text(key, "\(name): a header's name")
            let lower = header.lowercased()
            guard !header.isEmpty, header.utf8.allSatisfy({ Self.isTokenByte($0) }) else {
                throw error(key, "\(name): '\(header)' is no name for a header")
            }
            guard !Self.ownHeaders.contains(lower), !lower.hasPrefix("oncue-") else {
                throw error(key, "\(name): the header \(header) cannot be set")
            }
            headers.append(Webhook.Header(header, try secret(value, "\(name): webhook.headers.\(header)")))
        }
        return headers
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// `{env: VARIABLE}`, `{file: PATH}` or, where that is allowed, the text itself. Errors never repeat the text.
    private func secret(_ node: Node, _ what: String) throws(HandlerFileError) -> Secret {
        var value: String
        if let fields = node.mapping {
            guard fields.count == 1, let (key, place) = fields.first, let place = place.scalar?.string else {
                throw error(node, "\(what) takes {env: VARIABLE} or {file: PATH}")
            }
            switch key.string {
            case "env":
                guard let found = ProcessInfo.processInfo.environment[place] else {
                    throw error(node, "\(what): the environment has no variable \(place)")
                }
                value = found
            case "file":
                guard let found = try? String(contentsOf: URL(filePath: place), encoding: .utf8) else {
                    throw error(node, "\(what): the file \(place) cannot be read as text")
                }
                value = found
                while let last = value.unicodeScalars.last, last == "\n" || last == "\r" {
                    value.unicodeScalars.removeLast()
                }
            default: throw error(node, "\(what) takes {env: VARIABLE} or {file: PATH}")
            }
        } else {
            value = try text(node, what)
        }
        guard !value.isEmpty else { throw error(node, "\(what) is empty") }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw error(node, "\(what) has control characters")
        }
        return Secret(value)
    }

    private func policy(_ node: Node, _ name: JobName) throws(HandlerFileError) -> AddressPolicy {
        if let isAllowed = node.bool { return isAllowed ? .everything : .publicOnly }
        guard let list = node.sequence else {
            throw error(node, "\(name): webhook.allow_private takes true, false or a list such as [10.0.0.0/8]")
        }
        var ranges: [AddressRange] = []
        for item in list {
            let text = try text(item, "\(name): a range of webhook.allow_private")
            guard let range = AddressRange(text) else {
                throw error(item, "\(name): '\(text)' is no range of addresses such as 10.0.0.0/8 or fd00::/8")
            }
            ranges.append(range)
        }
        return .publicAnd(ranges)
    }
}
