/// Something that somebody did, as the audit log keeps it. Texts are clipped to ``Limits/messageBytes``.
public struct AuditedAction: Hashable, Sendable, Codable {
    /// Who: the id of an API key, or what stands for those who need none, such as `local`.
    public var principal: String
    /// The name of the role in which it was done.
    public var role: String?
    /// What, as in `jobs.cancel`.
    public var action: String
    /// To what: a job's id, a queue's name.
    public var target: String?
    /// What came of it: an HTTP status, or `done`.
    public var outcome: String
    /// The request that asked for it.
    public var requestID: String?

    public init(
        principal: String, role: String? = nil, action: String, target: String? = nil, outcome: String,
        requestID: String? = nil
    ) {
        func clipped(_ text: String) -> String { Limits.clipped(text, to: Limits.messageBytes) }
        self.principal = clipped(principal)
        self.role = role.map(clipped)
        self.action = clipped(action)
        self.target = target.map(clipped)
        self.outcome = clipped(outcome)
        self.requestID = requestID.map(clipped)
    }
}

/// An action in the log, with its moment on the store's clock.
public struct AuditEntry: Hashable, Sendable {
    /// Its place in the log; a page goes on after it.
    public var cursor: String
    public var at: Timestamp
    public var action: AuditedAction

    public init(cursor: String, at: Timestamp, action: AuditedAction) {
        self.cursor = cursor
        self.at = at
        self.action = action
    }
}

/// One page of the audit log, newest first.
public struct AuditPage: Hashable, Sendable {
    public var entries: [AuditEntry]
    /// Where the next page begins; nil after the last.
    public var nextCursor: String?

    /// - Parameter entries: what was found with a limit of one more than `limit`, so that the last page is known.
    public init(upTo limit: Int, of entries: [AuditEntry]) {
        self.entries = Array(entries.prefix(limit))
        nextCursor = entries.count > limit ? self.entries.last?.cursor : nil
    }
}

extension AuditPage {
    /// The number that a cursor stands for in stores that number the entries; nil for the first page.
    ///
    /// - Throws: `invalid` for a limit outside ``Limits/page`` or a cursor that is no number.
    public static func start(after cursor: String?, limit: Int) throws(StoreError) -> Int64? {
        try Limits.checkPage(limit)
        guard let cursor else { return nil }
        guard let number = Int64(cursor), number > 0 else {
            throw StoreError(.invalid, "is none that this store has given out; start without one", field: "cursor")
        }
        return number
    }
}

extension JobStore {
    /// A store that keeps no audit log says so.
    public func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
        throw .keepsNoAudit
    }

    /// A store that keeps no audit log says so.
    public func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
        throw .keepsNoAudit
    }
}

extension StoreError {
    fileprivate static var keepsNoAudit: StoreError {
        StoreError(.unsupported, "This store keeps no audit log; use another one.")
    }
}
