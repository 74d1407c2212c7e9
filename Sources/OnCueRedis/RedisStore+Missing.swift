#if Redis
    public import OnCue

    // What is still to come.
    extension RedisStore {
        private var missing: StoreError { StoreError(.unsupported, "the Redis store cannot do this yet") }

        public func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] { throw missing }
        public func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
            throw missing
        }

        public func find(_ ids: [JobID]) async throws(StoreError) -> [JobRecord?] { throw missing }
        public func search(
            _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
        ) async throws(StoreError) -> JobPage { throw missing }
        public func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount { throw missing }
        public func change(_ ids: [JobID], _ change: JobChange) async throws(StoreError) -> [ChangeAnswer] {
            throw missing
        }
        public func purge(
            _ queue: QueueName, states: Set<JobState>, limit: Int
        ) async throws(StoreError) -> Int { throw missing }
    }
#endif
