#if Redis
    import OnCue
    import RedisWire
    import Synchronization

    /// A read that waits at the server for the first new job of some queues: nothing is nearer to it.
    ///
    /// Right behind it, in the same write, goes the ``Admission`` of each queue: what is read after a pause or a fence is given back.
    struct BlockedRead: Sendable {
        /// Of the request; nil for those that give nothing.
        let queues: [Queue?]
        /// The most urgent level of each queue first.
        private let streams: [(key: String, place: ClaimPlan.Place)]
        private let commands: [RedisCommand]
        private let ring: [RedisCommand]
        private let time: Duration
        private let core: StoreCore
        private let session: SessionID

        /// A server looks at each stream of each read that waits. Whoever serves more queues waits for messages.
        private static let queuesAtMost = 8
        /// What comes while a machine cannot be reached goes to its read all the same, and waits there for the end of its lease.
        private static let longest: Duration = .seconds(1)
        /// The read of a process that stands still has to be over before others may take its session for dead: it is renewed each
        /// third of its lease.
        private static let shareOfLease = 4

        /// - Parameter call: has looked and found nothing. Nil where waiting for messages is better.
        init?(after call: ClaimCall) {
            let core = call.core
            guard let left = call.answer.left, let lease = core.sessions.lease(of: call.request.session) else {
                return nil
            }
            // What is paused has no supply: the end of the pause is a message.
            queues = call.queues.map { queue in
                queue.flatMap { queue in left[queue.keys.channel] == nil ? nil : queue }
            }
            let open = queues.compactMap(\.self)
            guard let first = open.first, open.count <= (core.client.isCluster ? 1 : Self.queuesAtMost) else {
                return nil
            }
            self.core = core
            streams = queues.enumerated().flatMap { index, queue in
                JobPriority.allCases.compactMap { level in
                    (queue?.keys.stream(of: level)).map { ($0, ClaimPlan.Place(queue: index, level: level)) }
                }
            }
            session = call.request.session
            time = min(Self.longest, lease / Self.shareOfLease)
            // Of each queue, whatever comes of the others: more than any may give would have to go back.
            let wanted = zip(queues, call.request.queues).filter { $0.0 != nil }.map(\.1.limit)
            let count = min(call.request.limit, wanted.min() ?? 0)
            commands =
                [core.readCommand(open, for: session, count: count, waitingAtMost: time)]
                + open.flatMap { [session] in Admission.commands($0, for: session) }
            ring = core.ringCommands(first, for: session)
        }

        /// Again and again, until there is something to know or ``end()`` was called meanwhile.
        ///
        /// Nil where another read of the session waits: they would hear each other's bell. Cancelling the task does not end it.
        func send(_ progress: Progress) async -> Replies? {
            defer { progress.finish() }
            guard core.blockedReads.withLock({ $0.insert(session).inserted }) else { return nil }
            defer { _ = core.blockedReads.withLock { $0.remove(session) } }
            while true {
                let replies = Replies(all: await core.sendBlocking(commands, wait: time))
                if progress.isEnding || !replies.sayOnlyThatTimeIsOver { return replies }
            }
        }

        /// Ends the wait at the server. Where that cannot be written it ends by its own time.
        func end() async {
            _ = await core.sendEach(ring)
        }

        /// Of the queues that are read.
        var channels: Set<String> { Set(queues.compactMap { $0?.keys.channel }) }

        /// Those of the queues of the request that are read, as the replies have them.
        var places: [Int] { queues.indices.filter { queues[$0] != nil } }

        /// How far a read is: shared by who sends it and who ends it.
        final class Progress: Sendable {
            private enum Phase { case waiting, ending, over }

            private let phase = Mutex(Phase.waiting)

            var isEnding: Bool { phase.withLock { $0 == .ending } }

            fileprivate func finish() { phase.withLock { $0 = .over } }

            /// False where there is nothing to end any more.
            func beginToEnd() -> Bool {
                phase.withLock { phase in
                    if phase == .waiting { phase = .ending }
                    return phase == .ending
                }
            }
        }

        struct Replies: Sendable {
            fileprivate let all: [Result<RESPToken, StoreError>]

            /// Of the queues that are read, in their order.
            var admissions: [Admission] {
                get throws(StoreError) {
                    var admissions: [Admission] = []
                    var rest = all.dropFirst()
                    while !rest.isEmpty {
                        admissions.append(try Admission(rest.prefix(Admission.commandCount)))
                        rest = rest.dropFirst(Admission.commandCount)
                    }
                    return admissions
                }
            }

            var hasFailed: Bool { if case .failure = all[0] { true } else { false } }

            var mayHaveRun: Bool { all[0].mayHaveRun }

            /// Nothing came, the session has not ended, no queue was paused.
            fileprivate var sayOnlyThatTimeIsOver: Bool {
                guard case .success(let read) = all[0], read.isNull else { return false }
                return (try? admissions)?.allSatisfy { $0.standing == .open } ?? false
            }

            /// What was read from where. Nothing where the server refused to read: a look says why.
            func entries(of read: BlockedRead) throws(StoreError) -> [(ClaimPlan.Place, [ClaimedEntry])] {
                if hasFailed, !mayHaveRun { return [] }
                let found = try all[0].get().entriesByStream()
                return read.streams.compactMap { key, place in
                    found.first { $0.stream == key }.map { (place, $0.entries) }
                }
            }
        }
    }
#endif
