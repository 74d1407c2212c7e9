package import OnCue

/// A call of the store contract as it is asked over HTTP: `POST /api/v1/store/{name}`, with the exact forms of what it
/// takes and of what it answers.
package struct StoreCall<Request: StoreObject, Answer: StoreObject>: Sendable {
    /// The last part of the path.
    package let name: String
    /// What the caller has to be allowed.
    package let permission: Permission
    /// Whether it only looks.
    package let isReading: Bool
    /// Whether asking again after a lost answer does no harm and gets the same answer.
    package let isRepeatable: Bool
    /// What it does, in one sentence.
    package let summary: String

    package var path: String { StoreCalls.path + name }

    fileprivate init(_ name: String, _ permission: Permission, _ effect: StoreCallEffect, _ summary: String) {
        self.name = name
        self.permission = permission
        isReading = effect == .reads
        isRepeatable = effect != .changes
        self.summary = summary
    }
}

private enum StoreCallEffect {
    case reads
    /// Changes something, but a second time is like the first.
    case settles
    case changes
}

/// Every call of the contract that a server answers.
package enum StoreCalls {
    package static let path = "/api/v1/store/"
    /// The header in which a server says which version of these calls it speaks, and a client which it needs.
    package static let versionHeader = "OnCue-Store-Version"
    package static let version = 1
    /// The header in which a server says how long one request waits at most, in microseconds.
    package static let longestWaitHeader = "OnCue-Longest-Wait"

    // MARK: Broker

    package static let enqueue = StoreCall<EnqueueRequest, Items<EnqueueAnswer>>(
        "enqueue", .submit, .changes, "Take jobs in, exactly as they are given.")
    package static let openSession = StoreCall<SessionOpening, Single<SessionID>>(
        "open-session", .work, .changes, "Begin a worker's session.")
    package static let closeSession = StoreCall<Single<SessionID>, Nothing>(
        "close-session", .work, .settles, "End a session and give back what it holds.")
    package static let claim = StoreCall<ClaimCall, Items<LeasedJob>>(
        "claim", .work, .changes, "Take jobs that are due, waiting for some if asked to.")
    package static let interrupt = StoreCall<Single<String>, Single<Bool>>(
        "interrupt", .work, .settles, "End a claim that waits; it answers at once with what it has.")
    package static let settle = StoreCall<SettleBatch, Items<SettleAnswer>>(
        "settle", .work, .settles, "Write the outcomes of a session's jobs; the same sequence again changes nothing.")
    package static let exchange = StoreCall<ExchangeRequest, ExchangeAnswer>(
        "exchange", .work, .changes, "Settle, then claim without waiting, in one write.")
    package static let renew = StoreCall<Single<SessionID>, SessionNews>(
        "renew", .work, .settles, "Say that a session is alive, and hear what others did.")
    package static let news = StoreCall<Single<SessionID>, SessionNews>(
        "news", .work, .reads, "Hear what a renewal would answer, without renewing.")
    package static let held = StoreCall<HeldRequest, Items<LeasedJob>>(
        "held", .work, .reads, "Find what a session holds, for claims whose answer was lost.")
    package static let record = StoreCall<Items<JobNote>, Items<Bool>>(
        "record", .work, .settles, "Write progress, checkpoints and effects of running jobs.")
    package static let memory = StoreCall<Single<JobID>, JobMemory>(
        "memory", .read, .reads, "Read what a job's earlier attempts have saved.")

    // MARK: Jobs

    package static let find = StoreCall<Items<JobID>, Items<JobRecord?>>(
        "find", .read, .reads, "Look jobs up by their ids; null where there is none.")
    package static let search = StoreCall<SearchRequest, JobPage>(
        "search", .read, .reads, "Read one page of the jobs that a filter means.")
    package static let count = StoreCall<CountRequest, JobCount>(
        "count", .read, .reads, "Count the jobs that a filter means, up to a bound.")
    package static let attempts = StoreCall<Single<JobID>, Items<AttemptRecord>>(
        "attempts", .read, .reads, "List the failed attempts of a job.")
    package static let outcome = StoreCall<OutcomeRequest, Single<JobRecord?>>(
        "outcome", .submit, .reads, "Wait for a job's end.")
    package static let cancel = StoreCall<ChangeRequest, Items<ChangeAnswer>>(
        "cancel", .cancel, .changes, "Cancel jobs, each for itself.")
    package static let change = StoreCall<ChangeRequest, Items<ChangeAnswer>>(
        "change", .operate, .changes, "Cancel, retry, edit or delete jobs, each for itself.")

    // MARK: Queues

    package static let queues = StoreCall<Nothing, Items<QueueInfo>>(
        "queues", .read, .reads, "List the queues with their settings and counts.")
    package static let changeQueue = StoreCall<QueueChangeRequest, Nothing>(
        "change-queue", .operate, .settles, "Pause, resume or set a queue.")
    package static let purge = StoreCall<PurgeRequest, Single<Int>>(
        "purge", .operate, .changes, "Remove waiting or finished jobs of a queue.")
    package static let removeQueue = StoreCall<Single<QueueName>, Nothing>(
        "remove-queue", .operate, .changes, "Forget a queue that has no jobs left.")
    package static let defaults = StoreCall<Nothing, QueueSettings>(
        "defaults", .read, .reads, "Read the settings that hold where a queue says nothing.")
    package static let setDefaults = StoreCall<QueueSettings, Nothing>(
        "set-defaults", .administer, .settles, "Replace the settings that hold where a queue says nothing.")

    // MARK: Sessions

    package static let sessions = StoreCall<Nothing, Items<SessionInfo>>(
        "sessions", .read, .reads, "List the sessions that are open or ended not long ago.")
    package static let fence = StoreCall<FenceRequest, Single<Int?>>(
        "fence", .operate, .changes,
        "End a session from outside; a worker may when it still stands at a number of renewals.")
    package static let instruct = StoreCall<InstructRequest, Nothing>(
        "instruct", .operate, .settles, "Ask a session to claim no more, or to shut down.")

    // MARK: Events

    package static let events = StoreCall<EventsRequest, EventPage>(
        "events", .read, .reads, "Read the event log from a place on, waiting for the first if asked to.")
    package static let latestEvent = StoreCall<Nothing, Single<EventCursor>>(
        "latest-event", .read, .reads, "The place after the newest event.")

    // MARK: Documents and audit

    package static let documents = StoreCall<DocumentsRequest, Items<StoredDocument>>(
        "documents", .administer, .reads, "Read one page of a collection's documents.")
    package static let putDocument = StoreCall<PutDocumentRequest, Single<Int64>>(
        "put-document", .administer, .changes, "Write a document.")
    package static let removeDocument = StoreCall<RemoveDocumentRequest, Single<Bool>>(
        "remove-document", .administer, .changes, "Remove a document.")
    package static let appendAudit = StoreCall<Items<AuditedAction>, Nothing>(
        "append-audit", .administer, .changes, "Put actions into the audit log.")
    package static let audit = StoreCall<AuditRequest, AuditPage>(
        "audit", .administer, .reads, "Read one page of the audit log, newest first.")

    // MARK: Upkeep

    package static let maintain = StoreCall<MaintenanceRequest, MaintenanceReport>(
        "maintain", .operate, .settles, "Do housekeeping; for a worker nothing goes that the settings keep.")
    package static let info = StoreCall<Nothing, StoreInfo>(
        "info", .read, .reads, "What the store is and how safe it keeps things.")
    package static let check = StoreCall<Nothing, Items<StoreFinding>>(
        "check", .operate, .reads, "Look the store over: integrity, settings, clock.")
    package static let repair = StoreCall<RepairRequest, Items<StoreFinding>>(
        "repair", .administer, .settles, "Mend what is damaged, where the store can.")
    package static let now = StoreCall<Nothing, Single<Timestamp>>(
        "now", .read, .reads, "The store's own clock.")
}
