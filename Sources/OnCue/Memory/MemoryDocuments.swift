import DequeModule

/// The documents of a memory store.
struct MemoryDocuments {
    private var collections: [String: [String: StoredDocument]] = [:]
    private var lastVersion: Int64 = 0

    func page(in collection: String, after key: String?, limit: Int) throws(StoreError) -> [StoredDocument] {
        try StoredDocument.check(key: key ?? "a", in: collection)
        try Limits.checkPage(limit)
        let documents = collections[collection, default: [:]].values.filter { document in
            key.map { document.key > $0 } ?? true
        }
        return Array(documents.sorted { $0.key < $1.key }.prefix(limit))
    }

    mutating func put(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation, now: Timestamp
    ) throws(StoreError) -> Int64 {
        try StoredDocument.check(key: key, in: collection, value: value)
        let found = collections[collection]?[key]
        guard expecting.allows(found?.version) else { throw StoredDocument.conflict(at: key) }
        guard found != nil || collections[collection, default: [:]].count < Limits.documents else {
            throw StoredDocument.tooMany(in: collection)
        }
        lastVersion += 1
        collections[collection, default: [:]][key] = StoredDocument(
            key: key, value: value, version: lastVersion, updatedAt: now)
        return lastVersion
    }

    mutating func remove(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) throws(StoreError) -> Bool {
        try StoredDocument.check(key: key, in: collection)
        guard let found = collections[collection]?[key] else { return false }
        guard expecting.allows(found.version) else { throw StoredDocument.conflict(at: key) }
        collections[collection]?[key] = nil
        return true
    }
}

/// The audit log of a memory store.
struct MemoryAudit {
    private var entries: Deque<AuditEntry> = []
    /// The number of the oldest entry that is kept. The first ever is 1.
    private var first: Int64 = 1

    mutating func append(_ actions: [AuditedAction], now: Timestamp) {
        for action in actions {
            entries.append(AuditEntry(cursor: String(first + Int64(entries.count)), at: now, action: action))
            guard entries.count > Limits.auditEntries else { continue }
            entries.removeFirst()
            first += 1
        }
    }

    func page(after cursor: String?, limit: Int) throws(StoreError) -> AuditPage {
        let start = try AuditPage.start(after: cursor, limit: limit)
        let before = start.map { Int(max(0, min($0 - first, Int64(entries.count)))) } ?? entries.count
        return AuditPage(upTo: limit, of: Array(entries.prefix(before).suffix(limit + 1).reversed()))
    }
}
