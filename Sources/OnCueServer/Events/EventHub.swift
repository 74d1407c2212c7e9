#if Server
    import HTTPTypes
    import Logging
    import NIOCore
    import OnCue
    import Synchronization

    /// One reader of the store's event log for all streams. It reads while there are streams, and never waits for any of
    /// them.
    final class EventHub: Sendable {
        /// How far behind the newest event the reader may be before it leaves out what lies between.
        private static let patience: Duration = .seconds(2)
        private static let pageSize = 500

        private struct State {
            var streams: [Int: EventStream] = [:]
            /// Streams that are about one job, by that job: the others need not be asked about its events.
            var byJob: [JobID: Set<Int>] = [:]
            /// The others, by what they want: an event is held against each filter once, however many streams have it.
            var broad: [EventFilter: Set<Int>] = [:]
            var nextNumber = 0
            var reader: Task<Void, Never>?
            /// Everything after this place is handed to the streams.
            var head: EventCursor?
            var waitingForHead: [CheckedContinuation<EventCursor?, Never>] = []
            var isOver = false
        }

        private let store: any JobStore
        private let limit: Int
        private let logger: Logger
        private let eventLoop: any EventLoop
        private let state = Mutex(State())

        init(_ store: any JobStore, limit: Int, logger: Logger, eventLoop: any EventLoop) {
            self.store = store
            self.limit = limit
            self.logger = logger
            self.eventLoop = eventLoop
        }

        // MARK: Streams

        /// A stream that gets every event of `filter` after ``EventStream/start``.
        ///
        /// - Throws: 429 when there are as many as may be, 503 when the store cannot be read or the server shuts down.
        func join(_ filter: EventFilter) async throws(APIError) -> EventSeat {
            let seat = EventSeat(stream: try register(filter), hub: self)
            guard let head = await head() else {
                throw APIError(
                    .serviceUnavailable, "unavailable", "the store cannot answer for now; try again",
                    headers: [.retryAfter: "1"])
            }
            seat.stream.start = head
            return seat
        }

        private func register(_ filter: EventFilter) throws(APIError) -> EventStream {
            let stream = state.withLock { state -> EventStream? in
                guard state.streams.count < limit, !state.isOver else { return nil }
                state.nextNumber += 1
                let stream = EventStream(number: state.nextNumber, filter: filter)
                state.streams[stream.number] = stream
                if let job = filter.job {
                    state.byJob[job, default: []].insert(stream.number)
                } else {
                    state.broad[filter, default: []].insert(stream.number)
                }
                if state.reader == nil {
                    let executor = EventLoopExecutor(eventLoop)
                    state.reader = Task(executorPreference: executor) { await self.read() }
                }
                return stream
            }
            guard let stream else {
                throw APIError(
                    .tooManyRequests, "too_many_streams", "as many event streams are open as this server holds",
                    headers: [.retryAfter: "5"])
            }
            return stream
        }

        fileprivate func leave(_ stream: EventStream) {
            state.withLock { state in
                guard state.streams.removeValue(forKey: stream.number) != nil else { return }
                if let job = stream.filter.job {
                    state.byJob[job]?.remove(stream.number)
                    if state.byJob[job]?.isEmpty == true { state.byJob[job] = nil }
                } else {
                    state.broad[stream.filter]?.remove(stream.number)
                    if state.broad[stream.filter]?.isEmpty == true { state.broad[stream.filter] = nil }
                }
            }
            stream.end()
        }

        var count: Int { state.withLock { $0.streams.count } }

        /// Ends every stream; no more are taken.
        func shutDown() {
            let (streams, reader) = state.withLock { state in
                state.isOver = true
                return (Array(state.streams.values), state.reader)
            }
            reader?.cancel()
            for stream in streams { stream.end() }
        }

        /// Lets every stream show that it is alive.
        func ping() {
            for stream in state.withLock({ Array($0.streams.values) }) { stream.ping() }
        }

        // MARK: Reading

        /// The place from which on events are handed out; nil when the log cannot be read.
        private func head() async -> EventCursor? {
            await withCheckedContinuation { continuation in
                let (isKnown, head) = state.withLock { state -> (Bool, EventCursor?) in
                    if state.head != nil || state.reader == nil { return (true, state.head) }
                    state.waitingForHead.append(continuation)
                    return (false, nil)
                }
                if isKnown { continuation.resume(returning: head) }
            }
        }

        private func setHead(_ head: EventCursor?) {
            let waiting = state.withLock { state in
                state.head = head
                defer { state.waitingForHead = [] }
                return state.waitingForHead
            }
            for continuation in waiting { continuation.resume(returning: head) }
        }

        private func read() async {
            do {
                var cursor = try await store.latestEvent()
                setHead(cursor)
                while !endsReading() {
                    let page = try await store.events(after: cursor, limit: Self.pageSize, wait: .seconds(5))
                    if page.hasGap { tellOfGap() }
                    cursor = page.next
                    let cost = hand(out: page.events)
                    setHead(cursor)
                    if let last = page.events.last, page.events.count >= Self.pageSize,
                        try await store.now() - last.at > Self.patience
                    {
                        cursor = try await store.latestEvent()
                        tellOfGap()
                        setHead(cursor)
                    }
                    // Many streams of many events are not to take the machine from the jobs.
                    if cost > .milliseconds(1) { await pause(min(cost * 10, .seconds(1))) }
                }
            } catch {
                if !Task.isCancelled {
                    logger.warning("Event streams end: the log cannot be read", metadata: ["error": "\(error)"])
                }
                stopReading()
            }
        }

        /// True when there is nobody left to read for; then the reader has ended.
        private func endsReading() -> Bool {
            state.withLock { state in
                guard state.streams.isEmpty || state.isOver else { return false }
                state.reader = nil
                state.head = nil
                return true
            }
        }

        /// After an error: the streams end, and their clients come back.
        private func stopReading() {
            let streams = state.withLock { state in
                state.reader = nil
                return Array(state.streams.values)
            }
            setHead(nil)
            for stream in streams { stream.end() }
        }

        private func tellOfGap() {
            for stream in state.withLock({ Array($0.streams.values) }) { stream.tellOfGap() }
        }

        /// Hands events to the streams that want them.
        ///
        /// - Returns: about how much time of a processor they will take of it all.
        private func hand(out events: [JobEvent]) -> Duration {
            guard !events.isEmpty else { return .zero }
            let (streams, byJob, broad) = state.withLock { ($0.streams, $0.byJob, $0.broad) }
            var batches: [Int: [EventStream.Item]] = [:]
            for event in events {
                let narrow = event.job.flatMap { byJob[$0] } ?? []
                var meant = narrow.compactMap { streams[$0] }.filter { $0.filter.matches(event) }
                for (filter, numbers) in broad where filter.matches(event) {
                    meant += numbers.compactMap { streams[$0] }
                }
                guard !meant.isEmpty else { continue }
                let item = EventStream.Item(event: event, text: EventText.event(event))
                for stream in meant { batches[stream.number, default: []].append(item) }
            }
            for (number, items) in batches { streams[number]?.add(items) }
            return .microseconds(20 * batches.count) + .nanoseconds(100 * events.count * broad.count)
        }

        private func pause(_ time: Duration) async {
            try? await eventLoop.scheduleTask(in: TimeAmount(time)) {}.futureResult.get()
        }
    }

    /// A place among the streams: given back when nobody holds it any more.
    final class EventSeat: Sendable {
        let stream: EventStream
        private let hub: EventHub

        fileprivate init(stream: EventStream, hub: EventHub) {
            self.stream = stream
            self.hub = hub
        }

        deinit {
            hub.leave(stream)
        }
    }
#endif
