#if Redis
    public import OnCue
    import RedisWire

    extension RedisStore {
        public func search(
            _ filter: JobFilter, order: JobOrder, after cursor: String?, limit: Int
        ) async throws(StoreError) -> JobPage {
            let start = try JobPage.start(after: cursor, limit: limit)
            let deadline = SystemTime().uptime() + core.options.callTimeout / 2
            var listing = try await JobListing(filter, order: order, after: start, expecting: limit + 1, core: core)
            var found: [JobRecord?] = []
            while found.count <= limit, let more = try await listing.next() {
                found += more
                // Where little of very much is meant, a page ends early and says where the next one begins.
                if found.count <= limit, SystemTime().uptime() > deadline {
                    try await core.nameWorkers(of: &found)
                    return JobPage(jobs: found.compactMap(\.self), nextCursor: listing.reached?.description)
                }
            }
            let isLast = found.count <= limit
            found = Array(found.prefix(limit))
            try await core.nameWorkers(of: &found)
            let jobs = found.compactMap(\.self)
            return JobPage(jobs: jobs, nextCursor: isLast ? nil : jobs.last?.id.description)
        }

        public func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> JobCount {
            let count: Int
            if filter == JobFilter(states: filter.states, queue: filter.queue) {
                count = try await core.census(of: filter)
            } else {
                count = try await core.count(filter, upTo: bound)
            }
            return count > bound ? JobCount(max(0, bound), isExact: false) : JobCount(count, isExact: true)
        }
    }

    extension StoreCore {
        /// How many jobs a filter means; goes no further than one beyond `bound`.
        fileprivate func count(_ filter: JobFilter, upTo bound: Int) async throws(StoreError) -> Int {
            var listing = try await JobListing(
                filter, order: .oldestFirst, after: nil, expecting: min(max(0, bound), 1_000) + 1, core: self)
            var count = 0
            while count <= bound, let more = try await listing.next() { count += more.count }
            return count
        }

        /// What the queues' counters say.
        fileprivate func census(of filter: JobFilter) async throws(StoreError) -> Int {
            let queues: [Queue]
            if let name = filter.queue {
                queues = [try await registry.queue(name)].compactMap(\.self)
            } else {
                queues = try await registry.allQueues()
            }
            let replies = try await send(
                queues.map { command(Scripts.census, on: $0, isSafeToRepeat: true) { _ in } })
            var count = 0
            for reply in replies {
                guard let counts = reply.elements.map({ $0.compactMap(\.integer) }), counts.count == 8 else {
                    throw .unreadable("the number of jobs")
                }
                for state in JobState.allCases where filter.states.isEmpty || filter.states.contains(state) {
                    count += max(0, Int(counts[state.rawValue]))
                }
            }
            return count
        }
    }
#endif
