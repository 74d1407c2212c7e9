#if Server
    import NIOCore
    import OnCue
    import Synchronization

    /// Which events a stream is about. What is set has to hold together.
    struct EventFilter: Hashable, Sendable {
        var job: JobID?
        var queue: QueueName?
        /// A job name in which `*` stands for any text.
        var name: String?

        func matches(_ event: JobEvent) -> Bool {
            if let job, event.job != job { return false }
            if let queue, event.queue != queue { return false }
            if let name { return event.name.map { JobFilter.matches(pattern: name, text: $0.rawValue) } ?? false }
            return true
        }
    }

    /// What waits to be written to one client. It holds a bounded number of events: a client that is slower than they come
    /// is told that it missed some.
    final class EventStream: Sendable {
        /// An event with the text that all streams share.
        struct Item: Sendable {
            var event: JobEvent
            var text: ByteBuffer
        }

        struct Delivery: Sendable {
            var items: [Item]
            /// Events that came before these were left out.
            var hasGap: Bool
        }

        /// Events that may wait.
        private static let capacity = 1_000

        private struct State {
            var items: [Item] = []
            var hasGap = false
            var isPinged = false
            var hasEnded = false
            var start = EventCursor.start
            var reader: CheckedContinuation<Void, Never>?
        }

        let number: Int
        let filter: EventFilter
        private let state = Mutex(State())

        init(number: Int, filter: EventFilter) {
            self.number = number
            self.filter = filter
        }

        /// Every event after this place arrives here.
        var start: EventCursor {
            get { state.withLock { $0.start } }
            set { state.withLock { $0.start = newValue } }
        }

        func add(_ items: [Item]) {
            change { state in
                guard !state.hasEnded else { return }
                if state.items.count + items.count > Self.capacity {
                    state.items = []
                    state.hasGap = true
                } else {
                    state.items += items
                }
            }
        }

        func tellOfGap() { change { $0.hasGap = true } }
        func ping() { change { $0.isPinged = true } }
        func end() { change { $0.hasEnded = true } }

        /// What has come since; with nothing in it when it is time for a sign of life. Nil at the end.
        func next() async -> Delivery? {
            while true {
                let (delivery, isOver) = state.withLock { state -> (Delivery?, Bool) in
                    guard state.hasGap || state.isPinged || !state.items.isEmpty else { return (nil, state.hasEnded) }
                    let delivery = Delivery(items: state.items, hasGap: state.hasGap)
                    state.items = []
                    state.hasGap = false
                    state.isPinged = false
                    return (delivery, false)
                }
                if let delivery { return delivery }
                if isOver || Task.isCancelled { return nil }
                await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        let isReady = state.withLock { state in
                            let isReady =
                                state.hasEnded || state.hasGap || state.isPinged || !state.items.isEmpty
                                || Task.isCancelled
                            if !isReady { state.reader = continuation }
                            return isReady
                        }
                        if isReady { continuation.resume() }
                    }
                } onCancel: {
                    end()
                }
            }
        }

        private func change(_ change: (inout State) -> Void) {
            let reader = state.withLock { state in
                change(&state)
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume()
        }
    }

    /// Server-sent events as text: `event`, then `data` on one line, then `id`.
    enum EventText {
        static func event(_ event: JobEvent, job: JobRecord? = nil, settings: QueueSettings = QueueSettings())
            -> ByteBuffer
        {
            var json = JSONWriter()
            if let job {
                JobJSON.write(job, settings: settings, includesPayload: false, event: event, to: &json)
            } else {
                JobJSON.write(event, to: &json)
            }
            return text(event.kind.name, json, id: event.cursor)
        }

        static func connected(at cursor: EventCursor) -> ByteBuffer {
            var json = JSONWriter()
            json.object { $0.field("status", "connected") }
            return text("connected", json, id: cursor)
        }

        /// Says that events were left out.
        static let gap: ByteBuffer = {
            var json = JSONWriter()
            json.object { $0.field("status", "events were missed; look at what matters anew") }
            return text("gap", json, id: nil)
        }()

        static let keepalive = ByteBuffer(string: ": keepalive\n\n")

        private static func text(_ name: String, _ json: JSONWriter, id: EventCursor?) -> ByteBuffer {
            var buffer = ByteBuffer()
            buffer.writeString("event: \(name)\ndata: ")
            buffer.writeBytes(json.bytes)
            if let id { buffer.writeString("\nid: \(id)") }
            buffer.writeString("\n\n")
            return buffer
        }
    }
#endif
