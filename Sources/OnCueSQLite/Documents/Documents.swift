#if SQLite
public import OnCue

extension Ledger {
    func documents(in collection: String, after key: String?, limit: Int) throws(StoreError) -> [StoredDocument] {
        let statement = try occasional(
            """
            SELECT key, value, version, updated FROM oncue_documents WHERE collection = ? AND key > ?
            ORDER BY key LIMIT ?
            """)
        // No key is empty.
        statement.bind(values: collection, key ?? "", limit)
        var documents: [StoredDocument] = []
        while try statement.step() {
            documents.append(
                StoredDocument(
                    key: statement.text(0), value: statement.bytes(1), version: statement.integer(2),
                    updatedAt: Timestamp(microseconds: statement.integer(3))))
        }
        return documents
    }

    private func documentVersion(of key: String, in collection: String) throws(StoreError) -> Int64? {
        let statement = try occasional("SELECT version FROM oncue_documents WHERE collection = ? AND key = ?")
        statement.bind(values: collection, key)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return statement.integer(0)
    }

    func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) throws(StoreError) -> Int64 {
        let found = try documentVersion(of: key, in: collection)
        guard expecting.allows(found) else { throw StoredDocument.conflict(at: key) }
        if found == nil {
            let statement = try occasional("SELECT count(*) FROM oncue_documents WHERE collection = ?")
            statement.bind(values: collection)
            guard try statement.step() else { throw .corruptRow("the number of documents") }
            let count = statement.integer(0)
            statement.reset()
            guard count < Limits.documents else { throw StoredDocument.tooMany(in: collection) }
        }
        let statement = try occasional(
            """
            INSERT OR REPLACE INTO oncue_documents (collection, key, value, updated) VALUES (?, ?, ?, ?)
            RETURNING version
            """)
        statement.bind(values: collection, key, value, time.now())
        guard try statement.step() else { throw .corruptRow("a document's version") }
        defer { statement.reset() }
        return statement.integer(0)
    }

    func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) throws(StoreError) -> Bool {
        guard let found = try documentVersion(of: key, in: collection) else { return false }
        guard expecting.allows(found) else { throw StoredDocument.conflict(at: key) }
        try run("DELETE FROM oncue_documents WHERE version = ?", found)
        return true
    }
}

extension SQLiteStore {
    public func documents(
        in collection: String, after key: String?, limit: Int
    ) async throws(StoreError) -> [StoredDocument] {
        try StoredDocument.check(key: key ?? "a", in: collection)
        try Limits.checkPage(limit)
        return try await read { ledger throws(StoreError) in
            try ledger.documents(in: collection, after: key, limit: limit)
        }
    }

    public func putDocument(
        _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Int64 {
        try StoredDocument.check(key: key, in: collection, value: value)
        return try await write { ledger throws(StoreError) in
            try ledger.putDocument(value, at: key, in: collection, expecting: expecting)
        }
    }

    public func removeDocument(
        _ key: String, in collection: String, expecting: StoredDocument.Expectation
    ) async throws(StoreError) -> Bool {
        try StoredDocument.check(key: key, in: collection)
        return try await write { ledger throws(StoreError) in
            try ledger.removeDocument(key, in: collection, expecting: expecting)
        }
    }
}
#endif
