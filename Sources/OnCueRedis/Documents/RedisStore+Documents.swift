#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func documents(
            in collection: String, after key: String?, limit: Int
        ) async throws(StoreError) -> [StoredDocument] {
            try StoredDocument.check(key: key ?? "a", in: collection)
            try Limits.checkPage(limit)
            let answer = try await core.registry.run(
                DocumentScripts.list, and: core.registry.keys.documents(collection), isSafeToRepeat: true
            ) { arguments in
                arguments.append(key.map { "(" + $0 } ?? "-")
                arguments.append(limit)
            }
            return try answer.pairs("documents").map { key, kept throws(StoreError) in
                var reader = ByteReader(kept.array ?? [])
                guard let version = reader.bigEndian(8), let moment = reader.bigEndian(8) else {
                    throw StoreError(.corrupt, "the document '\(key)' in '\(collection)' is damaged")
                }
                return StoredDocument(
                    key: key, value: Array(reader.rest), version: Int64(bitPattern: version),
                    updatedAt: Timestamp(microseconds: Int64(bitPattern: moment)))
            }
        }

        public func putDocument(
            _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
        ) async throws(StoreError) -> Int64 {
            try StoredDocument.check(key: key, in: collection, value: value)
            let answer = try await core.registry.run(
                DocumentScripts.put, and: core.registry.keys.documents(collection)
            ) { arguments in
                arguments.append(key)
                arguments.append(value)
                arguments.append(expecting.argument)
                arguments.append(Limits.documents)
            }
            switch answer.integer {
            case let version? where version > 0: return version
            case 0: throw StoredDocument.conflict(at: key)
            case -1: throw StoredDocument.tooMany(in: collection)
            default: throw .unreadable("a document")
            }
        }

        public func removeDocument(
            _ key: String, in collection: String, expecting: StoredDocument.Expectation
        ) async throws(StoreError) -> Bool {
            try StoredDocument.check(key: key, in: collection)
            let answer = try await core.registry.run(
                DocumentScripts.remove, and: core.registry.keys.documents(collection)
            ) { arguments in
                arguments.append(key)
                arguments.append(expecting.argument)
            }
            guard answer.integer != -1 else { throw StoredDocument.conflict(at: key) }
            return answer.integer == 1
        }

        public func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
            guard try !core.isNothing(actions) else { return }
            var texts: [[UInt8]] = []
            for action in actions { texts.append(try RegistryJSON.encode(action)) }
            _ = try await core.registry.run(DocumentScripts.appendAudit, and: [core.registry.keys.audit]) { arguments in
                arguments.append(Limits.auditEntries)
                for text in texts { arguments.append(text) }
            }
        }

        public func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
            let start = try AuditPage.start(after: cursor, limit: limit)
            let answer = try await core.registry.run(
                DocumentScripts.audit, and: [core.registry.keys.audit], isSafeToRepeat: true
            ) { arguments in
                arguments.append(start.map(String.init) ?? "")
                arguments.append(limit + 1)
            }
            guard let parts = answer.elements.map(Array.init), parts.count == 2, let first = parts[0].integer,
                let kept = parts[1].elements
            else { throw .unreadable("the audit log") }
            var entries: [AuditEntry] = []
            for (offset, entry) in kept.enumerated() {
                var reader = ByteReader(entry.array ?? [])
                guard let moment = reader.bigEndian(8) else { throw .unreadable("the audit log") }
                entries.append(
                    AuditEntry(
                        cursor: String(first + Int64(offset)), at: Timestamp(microseconds: Int64(bitPattern: moment)),
                        action: try RegistryJSON.decode(AuditedAction.self, from: Array(reader.rest))))
            }
            return AuditPage(upTo: limit, of: entries.reversed())
        }
    }

    extension StoredDocument.Expectation {
        /// As the scripts read it.
        fileprivate var argument: String {
            switch self {
            case .anything: "*"
            case .nothing: "-"
            case .version(let version): String(version)
            }
        }
    }
#endif
