#if Redis
    import OnCue
    import RedisWire

    /// Goes through the jobs of a store that a filter may mean, in the order of their ids.
    ///
    /// Each queue is read a stretch at a time, from all places where it keeps jobs; the stretches are merged.
    struct JobListing {
        /// Jobs whose records are looked at together.
        private static let width = 128
        private static let widest = 2_000

        private let core: StoreCore
        private let filter: JobFilter
        private let order: JobOrder
        private var queues: [QueueStretch]
        /// Jobs that the next stretch of a level is to have.
        private var breadth: Int
        private var hasBegun = false
        private var last: JobID?
        /// Everything up to here has been gone through: where the listing began, at first.
        private(set) var reached: JobID?

        /// - Parameter expected: how many jobs are wanted, as far as that is known.
        init(
            _ filter: JobFilter, order: JobOrder, after start: JobID?, expecting expected: Int, core: StoreCore
        ) async throws(StoreError) {
            self.core = core
            self.filter = filter
            self.order = order
            reached = start
            breadth = min(max(expected, 64), Self.widest)
            let queues: [Queue]
            if let name = filter.queue {
                queues = [try await core.registry.queue(name)].compactMap(\.self)
            } else {
                queues = try await core.registry.allQueues()
            }
            self.queues = queues.map { QueueStretch($0, order, after: start) }
        }

        /// The next few jobs that the filter means, maybe none; nil: there are no more.
        mutating func next() async throws(StoreError) -> [JobRecord]? {
            var picked: [(id: JobID, queue: Int, record: JobRecord?)] = []
            while picked.count < Self.width {
                let first = first
                let unread = queues.indices.filter { queues[$0].mustBeReadOn(before: first?.id) }
                if !unread.isEmpty {
                    guard picked.isEmpty else { break }
                    try await readOn(unread)
                    continue
                }
                guard let first else { break }
                picked.append((first.id, first.queue, queues[first.queue].removeFirst()))
            }
            guard let end = picked.last?.id else { return nil }
            reached = end
            return try await complete(picked).filter { job in
                defer { last = job.id }
                return job.id != last && filter.matches(job)
            }
        }

        /// The next job among all queues.
        private var first: (id: JobID, queue: Int)? {
            var first: (id: JobID, queue: Int)?
            for index in queues.indices {
                guard let id = queues[index].first else { continue }
                if let known = first, !order.puts(id, before: known.id) { continue }
                first = (id, index)
            }
            return first
        }

        /// Reads the records that are missing, and leaves out what is gone.
        private func complete(
            _ picked: [(id: JobID, queue: Int, record: JobRecord?)]
        ) async throws(StoreError) -> [JobRecord] {
            let missing = Dictionary(grouping: picked.filter { $0.record == nil }, by: \.queue)
            guard !missing.isEmpty else { return picked.compactMap(\.record) }
            let read = try await core.look(missing.map { (queues[$0].queue, $1.map(\.id)) })
            let found = Dictionary(read.map { ($0.id, $0) }) { first, _ in first }
            return picked.compactMap { $0.record ?? found[$0.id] }
        }

        // MARK: - Reading queues

        private mutating func readOn(_ indices: [Int]) async throws(StoreError) {
            // What is kept for a time of its own is in no order that would tell what is new: it is read once.
            let lists = hasBegun ? endedKeys.filter { $0 != .keep } : endedKeys
            hasBegun = true
            var commands: [RedisCommand] = []
            // What has ended is read behind what has not: a job that ends meanwhile is rather seen twice than never.
            for index in indices {
                commands.append(listCommand(queues[index]))
                commands += lists.map { queues[index].endedCommand($0) }
            }
            var replies = try await core.send(commands)[...]
            var missed: [(queue: Int, list: QueueKeys.Key)] = []
            for index in indices {
                try queues[index].add(replies.removeFirst())
                for list in lists {
                    let members = replies.removeFirst().elements?.compactMap(\.array) ?? []
                    if !queues[index].add(ended: members, of: list, after: reached) { missed.append((index, list)) }
                }
            }
            if !missed.isEmpty {
                let all = try await core.send(missed.map { queues[$0.queue].endedCommand($0.list, whole: true) })
                for ((index, list), reply) in zip(missed, all) {
                    _ = queues[index].add(
                        ended: reply.elements?.compactMap(\.array) ?? [], of: list, after: reached, whole: true)
                }
            }
            breadth = min(breadth * 2, Self.widest)
        }

        private var endedKeys: [QueueKeys.Key] {
            let lists: [(JobState, QueueKeys.Key)] = [
                (.completed, .doneCompleted), (.dead, .doneDead), (.cancelled, .doneCancelled),
            ]
            let wanted = lists.filter { isWanted($0.0) }.map(\.1)
            return wanted.isEmpty ? [] : wanted + [.keep]
        }

        private func isWanted(_ state: JobState) -> Bool {
            filter.states.isEmpty || filter.states.contains(state)
        }

        private func listCommand(_ stretch: QueueStretch) -> RedisCommand {
            let range = ListingRange(
                order: order, after: stretch.bound, createdFrom: filter.createdFrom)
            let wantsPlain = isWanted(.pending) || isWanted(.running)
            let positions = wantsPlain ? range.positions : nil
            let states = Set(JobState.allCases.filter { isWanted($0) && !$0.isFinal })
            let name = filter.name?.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
            return core.command(Scripts.list, on: stretch.queue, isSafeToRepeat: true) { arguments in
                arguments.append(order == .oldestFirst ? "f" : "r")
                arguments.append(positions?.low ?? "")
                arguments.append(positions?.high ?? "")
                arguments.append(isWanted(.pending) ? 1 : 0)
                arguments.append(isWanted(.running) ? 1 : 0)
                arguments.append(states.isEmpty ? [] : range.ids.low)
                arguments.append(states.isEmpty ? [] : range.ids.high)
                arguments.append(states.digits)
                arguments.append(breadth)
                arguments.append(name?.first.map(String.init) ?? "")
                arguments.append(name?.count == 1 ? 1 : 0)
            }
        }
    }
#endif
