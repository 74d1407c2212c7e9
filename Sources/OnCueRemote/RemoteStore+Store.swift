#if Server
    public import OnCue
    import OnCueAPI

    extension RemoteStore {
        // MARK: Jobs

        public func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] {
            try await ask(StoreCalls.find, Items(ids)).items
        }

        public func search(
            _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
        ) async throws(StoreError) -> JobPage {
            try await ask(StoreCalls.search, SearchRequest(filter, order: order, after: cursor, limit: limit))
        }

        public func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
            try await ask(StoreCalls.count, CountRequest(filter, upTo: bound))
        }

        public func attempts(of job: JobID) async throws(StoreError) -> [AttemptRecord] {
            try await ask(StoreCalls.attempts, Single(job)).items
        }

        public func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
            try await slices(of: wait) { (slice) async throws(StoreError) in
                try await askUntilCancelled(StoreCalls.outcome, OutcomeRequest(job, wait: slice), wait: slice).value
            } isAnswer: {
                $0?.state.isFinal ?? true
            }
        }

        public func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
            let request = ChangeRequest(ids, change)
            // Whoever may cancel may not do the rest as well.
            if case .cancel = change { return try await ask(StoreCalls.cancel, request).items }
            return try await ask(StoreCalls.change, request).items
        }

        // MARK: Queues

        public func queues() async throws(StoreError) -> [QueueInfo] {
            try await ask(StoreCalls.queues, Nothing()).items
        }

        public func changeQueue(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
            _ = try await ask(StoreCalls.changeQueue, QueueChangeRequest(queue, change))
        }

        public func purge(_ queue: QueueName, states: Set<JobState>, limit: Int) async throws(StoreError) -> Int {
            try await ask(StoreCalls.purge, PurgeRequest(queue, states: states, limit: limit)).value
        }

        public func removeQueue(_ queue: QueueName) async throws(StoreError) {
            _ = try await ask(StoreCalls.removeQueue, Single(queue))
        }

        public func defaults() async throws(StoreError) -> QueueSettings {
            try await ask(StoreCalls.defaults, Nothing())
        }

        public func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
            _ = try await ask(StoreCalls.setDefaults, settings)
        }

        // MARK: Sessions

        public func sessions() async throws(StoreError) -> [SessionInfo] {
            try await ask(StoreCalls.sessions, Nothing()).items
        }

        public func fence(
            _ session: SessionID, ifRenewals renewals: Int64?, error: String
        ) async throws(StoreError) -> Int? {
            try await ask(StoreCalls.fence, FenceRequest(session, ifRenewals: renewals, error: error)).value
        }

        public func instruct(_ session: SessionID, quiet: Bool, stop: Bool) async throws(StoreError) {
            _ = try await ask(StoreCalls.instruct, InstructRequest(session, quiet: quiet, stop: stop))
        }

        // MARK: Events

        public func events(after cursor: EventCursor, limit: Int, wait: Duration) async throws(StoreError) -> EventPage
        {
            try await slices(of: wait) { (slice) async throws(StoreError) in
                try await askUntilCancelled(
                    StoreCalls.events, EventsRequest(after: cursor, limit: limit, wait: slice), wait: slice)
            } isAnswer: {
                !$0.events.isEmpty || $0.hasGap || $0.next != cursor
            }
        }

        public func latestEvent() async throws(StoreError) -> EventCursor {
            try await ask(StoreCalls.latestEvent, Nothing()).value
        }

        // MARK: Documents and audit

        public func documents(
            in collection: String, after key: String?, limit: Int
        ) async throws(StoreError) -> [StoredDocument] {
            try await ask(StoreCalls.documents, DocumentsRequest(in: collection, after: key, limit: limit)).items
        }

        public func putDocument(
            _ value: [UInt8], at key: String, in collection: String, expecting: StoredDocument.Expectation
        ) async throws(StoreError) -> Int64 {
            try await ask(
                StoreCalls.putDocument, PutDocumentRequest(value, at: key, in: collection, expecting: expecting)
            ).value
        }

        public func removeDocument(
            _ key: String, in collection: String, expecting: StoredDocument.Expectation
        ) async throws(StoreError) -> Bool {
            try await ask(
                StoreCalls.removeDocument, RemoveDocumentRequest(key, in: collection, expecting: expecting)
            ).value
        }

        public func appendAudit(_ actions: [AuditedAction]) async throws(StoreError) {
            _ = try await ask(StoreCalls.appendAudit, Items(actions))
        }

        public func audit(after cursor: String?, limit: Int) async throws(StoreError) -> AuditPage {
            try await ask(StoreCalls.audit, AuditRequest(after: cursor, limit: limit))
        }

        // MARK: Upkeep

        public func maintain(_ request: MaintenanceRequest) async throws(StoreError) -> MaintenanceReport {
            try await ask(StoreCalls.maintain, request)
        }

        public func info() async throws(StoreError) -> StoreInfo {
            try await ask(StoreCalls.info, Nothing())
        }

        public func check() async throws(StoreError) -> [StoreFinding] {
            try await ask(StoreCalls.check, Nothing()).items
        }

        /// As far as the server's store can.
        public func repair(dryRun: Bool) async throws(StoreError) -> [StoreFinding] {
            try await ask(StoreCalls.repair, RepairRequest(dryRun: dryRun)).items
        }

        public func now() async throws(StoreError) -> Timestamp {
            try await ask(StoreCalls.now, Nothing()).value
        }
    }
#endif
