#if Redis
    public import OnCue

    // What is still to come.
    extension RedisStore {
        private var missing: StoreError { StoreError(.unsupported, "the Redis store cannot do this yet") }

        public func claim(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] { throw missing }
        public func held(by session: SessionID, besides known: Set<JobID>) async throws(StoreError) -> [LeasedJob] {
            throw missing
        }
    }
#endif
