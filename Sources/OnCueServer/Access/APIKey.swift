#if Server
    import Crypto
    public import OnCue

    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif

    /// A key as the server remembers it: everything but the key itself, of which only the hash is kept.
    public struct APIKey: Hashable, Sendable {
        /// A part of the key's text that is no secret: it stands in logs, in the audit log and with the jobs submitted.
        public var id: String
        /// What people call it.
        public var name: String?
        public var role: AccessRole
        public var createdAt: Timestamp
        /// The principal that made it.
        public var createdBy: String
        /// Nil: never.
        public var expiresAt: Timestamp?
        /// On each server. Nil: as many requests as come.
        public var rate: RequestRate?
        public var revokedAt: Timestamp?
        /// SHA-256 of the key's text.
        var hash: [UInt8]

        public enum Standing: String, Sendable {
            case active, expired, revoked
        }

        public func standing(at now: Timestamp) -> Standing {
            if revokedAt != nil { return .revoked }
            return expiresAt.map { $0 <= now } ?? false ? .expired : .active
        }

        /// Since when it cannot be used any more; nil while it can.
        func endedAt(by now: Timestamp) -> Timestamp? {
            standing(at: now) == .active ? nil : revokedAt ?? expiresAt
        }
    }

    // MARK: - The key's text

    /// The text of a key, as in `oncue_8k2m4n6p0q_…`: an id, and 256 random bits.
    struct KeyText: Sendable {
        let text: String
        let id: String

        private static let prefix = "oncue_"
        private static let idLength = 10
        private static let secretLength = 52

        /// No letters that look alike.
        private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

        /// A new one.
        init() {
            var random = SystemRandomNumberGenerator()
            func letters(_ count: Int) -> String {
                // 32 letters: each is 5 bits of what the system's generator, which is made for secrets, gives.
                String(decoding: (0..<count).map { _ in Self.alphabet[Int(random.next() & 31)] }, as: UTF8.self)
            }
            id = letters(Self.idLength)
            text = Self.prefix + id + "_" + letters(Self.secretLength)
        }

        /// Nil for a text that cannot be a key.
        init?(_ text: String) {
            let bytes = text.utf8
            guard bytes.count == Self.prefix.utf8.count + Self.idLength + 1 + Self.secretLength,
                text.hasPrefix(Self.prefix)
            else { return nil }
            let rest = text.dropFirst(Self.prefix.count)
            guard rest.utf8.allSatisfy({ Self.alphabet.contains($0) || $0 == UInt8(ascii: "_") }) else { return nil }
            self.text = text
            id = String(rest.prefix(Self.idLength))
        }

        /// 260 random bits need no slow hash: nobody can try them all.
        var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

        /// Takes as long wherever the first difference is.
        func matches(_ hash: [UInt8]) -> Bool {
            SHA256.hash(data: Array(text.utf8)) == hash
        }
    }

    // MARK: - As it is stored

    extension APIKey {
        private struct Stored: Codable {
            var name: String?
            var role: AccessRole
            var hash: Data
            var created: Int64
            var createdBy: String
            var expires: Int64?
            var rate: String?
            var revoked: Int64?
        }

        var encoded: [UInt8] {
            get throws {
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                return Array(
                    try encoder.encode(
                        Stored(
                            name: name, role: role, hash: Data(hash), created: createdAt.microseconds,
                            createdBy: createdBy, expires: expiresAt?.microseconds, rate: rate?.description,
                            revoked: revokedAt?.microseconds)))
            }
        }

        /// Nil for what cannot be read, such as a role that a newer version knows: such a key opens nothing.
        init?(_ document: StoredDocument) {
            guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(document.value)) else { return nil }
            let rate = try? stored.rate.map { try RequestRate(parsing: $0) }
            // A rate that cannot be read is not taken for none.
            guard (rate == nil) == (stored.rate == nil) else { return nil }
            self.init(
                id: document.key, name: stored.name, role: stored.role,
                createdAt: Timestamp(microseconds: stored.created),
                createdBy: stored.createdBy, expiresAt: stored.expires.map(Timestamp.init(microseconds:)), rate: rate,
                revokedAt: stored.revoked.map(Timestamp.init(microseconds:)), hash: Array(stored.hash))
        }

        /// As the API and `oncue keys` show it.
        package func write(to json: inout JSONWriter, now: Timestamp, secret: String? = nil) {
            json.object { json in
                json.field("id", id)
                json.field(ifPresent: "key", secret)
                json.field(ifPresent: "name", name)
                json.field("role", role.rawValue)
                json.field("standing", standing(at: now).rawValue)
                json.field("created_at", createdAt)
                json.field("created_by", createdBy)
                json.field(ifPresent: "expires_at", expiresAt)
                json.field(ifPresent: "revoked_at", revokedAt)
                json.field(ifPresent: "rate", rate?.description)
            }
        }
    }
#endif
