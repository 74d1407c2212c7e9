#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An IPv4 or IPv6 address.
public struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes, the first is the first of the text.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Only the usual text: `192.0.2.1`, `2001:db8::1`; nil for names and for numbers that a resolver would also take.
    public init?(_ text: String) {
        var four = [UInt8](repeating: 0, count: 4)
        var sixteen = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = sixteen
        } else {
            return nil
        }
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, 64) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// True for addresses that the whole Internet knows: not private, not this machine, not the link, not a group, and
    /// not one of those wrapped into IPv6.
    public var isPublic: Bool {
        if bytes.count == 4 { return !AddressRange.specialIPv4.contains { $0.contains(self) } }
        if let inner = embeddedIPv4 { return inner.isPublic }
        return AddressRange.globalIPv6.contains(self) && !AddressRange.specialIPv6.contains { $0.contains(self) }
    }

    /// The IPv4 address that packets to this one end at: mapped, compatible, NAT64 and 6to4.
    private var embeddedIPv4: NetworkAddress? {
        guard bytes.count == 16 else { return nil }
        for range in AddressRange.wrappingIPv4 where range.contains(self) {
            return NetworkAddress(bytes: Array(bytes[12...]))
        }
        if AddressRange.sixToFour.contains(self) { return NetworkAddress(bytes: Array(bytes[2..<6])) }
        return nil
    }

    /// The addresses of a host, in the order in which they are to be tried. Blocks.
    static func resolve(_ host: String) -> [NetworkAddress] {
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, nil, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [NetworkAddress] = []
        var next = list
        while let entry = next {
            next = entry.pointee.ai_next
            guard let raw = UnsafeRawPointer(entry.pointee.ai_addr) else { continue }
            // Where the address lies in sockaddr_in and sockaddr_in6, the same on every system.
            let place: (offset: Int, count: Int)
            switch entry.pointee.ai_family {
            case AF_INET: place = (4, 4)
            case AF_INET6: place = (8, 16)
            default: continue
            }
            let address = NetworkAddress(
                bytes: Array(UnsafeRawBufferPointer(start: raw + place.offset, count: place.count)))
            if !found.contains(address) { found.append(address) }
        }
        return found
    }
}

/// Addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`, or a single one.
public struct AddressRange: Hashable, Sendable {
    let base: NetworkAddress
    let bits: Int

    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = NetworkAddress(String(parts[0])) else { return nil }
        let width = base.bytes.count * 8
        guard parts.count == 2 else {
            self.init(base, width)
            return
        }
        guard let bits = Int(parts[1]), (0...width).contains(bits) else { return nil }
        self.init(base, bits)
    }

    private init(_ base: NetworkAddress, _ bits: Int) {
        self.base = base
        self.bits = bits
    }

    public func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let whole = bits / 8
        guard address.bytes[..<whole] == base.bytes[..<whole] else { return false }
        let rest = bits % 8
        return rest == 0 || (address.bytes[whole] ^ base.bytes[whole]) >> (8 - rest) == 0
    }

    /// The registries of special-purpose addresses (RFC 6890) and what they do not list: multicast, reserved.
    static let specialIPv4 = ranges(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4")
    /// All that is handed out for global use; the private, local and multicast ones lie outside.
    static let globalIPv6 = ranges("2000::/3")[0]
    static let specialIPv6 = ranges("2001::/23", "2001:db8::/32", "3fff::/20")
    static let wrappingIPv4 = ranges("::/96", "::ffff:0:0/96", "64:ff9b::/96")
    static let sixToFour = ranges("2002::/16")[0]

    private static func ranges(_ texts: String...) -> [AddressRange] {
        let ranges = texts.compactMap { AddressRange($0) }
        precondition(ranges.count == texts.count)
        return ranges
    }
}

/// Which addresses may be called besides the public ones.
public enum AddressPolicy: Hashable, Sendable {
    case publicOnly
    case publicAnd([AddressRange])
    case everything

    public func allows(_ address: NetworkAddress) -> Bool {
        switch self {
        case .everything: true
        case .publicOnly: address.isPublic
        case .publicAnd(let ranges): address.isPublic || ranges.contains { $0.contains(address) }
        }
    }
}
