/// A small value that a store keeps by name for those who use it, such as an API key.
public struct StoredDocument: Hashable, Sendable {
    /// Unique within its collection.
    public var key: String
    public var value: [UInt8]
    /// Greater than that of every earlier write in the store and never given twice, also not after a removal.
    public var version: Int64
    public var updatedAt: Timestamp

    public init(key: String, value: [UInt8], version: Int64, updatedAt: Timestamp) {
        self.key = key
        self.value = value
        self.version = version
        self.updatedAt = updatedAt
    }

    /// What has to stand under a key for a write to happen.
    public enum Expectation: Hashable, Sendable {
        case anything
        case nothing
        /// The document with exactly this version.
        case version(Int64)

        /// Whether a write may happen where `version` stands; nil: where nothing stands.
        public func allows(_ version: Int64?) -> Bool {
            switch self {
            case .anything: true
            case .nothing: version == nil
            case .version(let expected): version == expected
            }
        }
    }
}

extension StoredDocument {
    /// The rules that every store holds a write to: names as ``JobName`` has them, and ``Limits/documentBytes``.
    public static func check(key: String, in collection: String, value: [UInt8] = []) throws(StoreError) {
        do throws(ValidationError) {
            try Limits.checkName(collection, field: "collection")
            try Limits.checkName(key, field: "key")
        } catch {
            throw StoreError(error)
        }
        guard value.count <= Limits.documentBytes else {
            throw StoreError(
                .invalid, "may have \(Limits.documentBytes) bytes, this has \(value.count)", field: "value")
        }
    }

    /// The error where ``Expectation/allows(_:)`` says no.
    public static func conflict(at key: String) -> StoreError {
        StoreError(.conflict, "'\(key)' was changed by someone else; read it again.")
    }

    /// The error where a collection has as many documents as it may.
    public static func tooMany(in collection: String) -> StoreError {
        StoreError(
            .invalid, "'\(collection)' has \(Limits.documents) documents, as many as it may; remove some",
            field: "collection")
    }
}

extension JobStore {
    /// A store that keeps no documents says so.
    public func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument] {
        throw .keepsNoDocuments
    }

    /// A store that keeps no documents says so.
    public func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64 {
        throw .keepsNoDocuments
    }

    /// A store that keeps no documents says so.
    public func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool {
        throw .keepsNoDocuments
    }
}

extension StoreError {
    fileprivate static var keepsNoDocuments: StoreError {
        StoreError(.unsupported, "This store keeps no documents, such as API keys; use another one.")
    }
}
