/// The event log as a sequence. It ends only when its task is cancelled; a ``StoreError`` ends it with that error, and a
/// new sequence after the last event's cursor goes on from there.
public struct JobEvents: AsyncSequence, Sendable {
    public typealias Element = JobEvent
    public typealias Failure = StoreError

    let store: any JobStore
    let cursor: EventCursor?
    let onGap: (@Sendable (EventCursor) -> Void)?

    public func makeAsyncIterator() -> Iterator {
        Iterator(store: store, cursor: cursor, onGap: onGap)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let store: any JobStore
        private var cursor: EventCursor?
        private let onGap: (@Sendable (EventCursor) -> Void)?
        private var page: ArraySlice<JobEvent> = []

        init(store: any JobStore, cursor: EventCursor?, onGap: (@Sendable (EventCursor) -> Void)?) {
            self.store = store
            self.cursor = cursor
            self.onGap = onGap
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws(StoreError) -> JobEvent? {
            while page.isEmpty {
                if Task.isCancelled { return nil }
                let place = if let cursor { cursor } else { try await store.latestEvent() }
                let found = try await store.events(after: place, limit: Self.pageSize, wait: Self.wait)
                if found.hasGap { onGap?(place) }
                cursor = found.next
                page = found.events[...]
            }
            return page.removeFirst()
        }

        public mutating func next() async throws(StoreError) -> JobEvent? {
            try await next(isolation: nil)
        }

        private static let pageSize = 500
        private static let wait: Duration = .seconds(10)
    }
}
