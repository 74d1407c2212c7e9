#if Redis
    import NIOCore
    import OnCue
    import RedisWire
    import Synchronization

    /// Tells who waits that something happened in a queue: its scripts say so on its channel.
    ///
    /// A message may be lost with a connection, so a wait looks again by itself every few seconds.
    final class WakeHub: Sendable {
        enum Kind: Sendable {
            /// There is something to claim.
            case claimable
            /// Something is in the log of events, or a queue was made.
            case happened
        }

        /// What had been heard on some channels at one moment.
        struct Mark: Sendable {
            fileprivate let kind: Kind
            fileprivate(set) var heard: [String: UInt64]
            /// False where a channel is not listened to: what happens there is not heard.
            fileprivate var isListening: Bool
        }

        /// What a message says of the jobs that there are to claim: so many new ones of one level.
        struct Hint: Hashable, Sendable {
            var channel: String
            var level: JobPriority
            var count: Int

            /// - Parameter message: a digit for the level and the number, behind the letter.
            fileprivate init?(_ channel: String, _ message: ByteBuffer) {
                let digits = message.readableBytesView.dropFirst()
                guard let first = digits.first, let level = JobPriority(rawValue: Int(first) - 0x30),
                    let count = Int(String(decoding: digits.dropFirst(), as: UTF8.self)), count > 0
                else { return nil }
                (self.channel, self.level, self.count) = (channel, level, count)
            }
        }

        private struct Channel {
            var isHeard = false
            var claimable: UInt64 = 0
            var happened: UInt64 = 0
            /// What the last message of what is claimable said.
            var hint: Hint?
            var wantedAt: Duration

            func count(_ kind: Kind) -> UInt64 { kind == .claimable ? claimable : happened }
        }

        private struct Waiter {
            /// Nil: for any change.
            var kind: Kind?
            var channels: Set<String>
            let resume: @Sendable () -> Void
        }

        private struct State {
            var channels: [String: Channel] = [:]
            var waiters: [UInt64: Waiter] = [:]
            var lastWaiter: UInt64 = 0
            var subscriber: RedisSubscriber?
            var isClosed = false
        }

        private let client: RedisClient
        /// A test's clocks; nil: the machine's.
        private let time: (any TimeSource)?
        private let state = Mutex(State())

        /// Channels that nobody asked for so long are given up.
        private static let forgottenAfter: Duration = .seconds(60)

        init(client: RedisClient, time: (any TimeSource)?) {
            self.client = client
            self.time = time
        }

        /// Listens to the channels and answers what was heard so far, once they are heard: take it before you look.
        ///
        /// Where they cannot be listened to for now, it answers after a moment all the same, and a wait is short.
        func mark(_ channels: [String], _ kind: Kind) async -> Mark {
            listen(to: channels)
            let patience = SystemTime().uptime() + .seconds(2)
            while true {
                let mark = state.withLock { state in
                    Mark(
                        kind: kind,
                        heard: Dictionary(channels.map { ($0, state.channels[$0]?.count(kind) ?? 0) }) { $1 },
                        isListening: channels.allSatisfy { state.channels[$0]?.isHeard ?? false })
                }
                let rest = patience - SystemTime().uptime()
                if mark.isListening || rest <= .zero || Task.isCancelled || isClosed { return mark }
                await suspend(kind: nil, channels: Set(channels), atMost: rest) { state in
                    channels.allSatisfy { state.channels[$0]?.isHeard ?? false }
                }
            }
        }

        /// Until something newer than `mark` is heard, `end` on the store's uptime is reached, `dueIn` has passed, the task is
        /// cancelled, or a few seconds are over.
        ///
        /// - Returns: what there is to claim, where one message said all of it.
        @discardableResult
        func wait(for mark: Mark, until end: Duration, dueIn: Duration? = nil) async -> Hint? {
            let clock: any TimeSource = time ?? SystemTime()
            let due = dueIn.map { clock.uptime() + $0 } ?? end
            let limit = SystemTime().uptime() + (mark.isListening ? .seconds(5) : .milliseconds(500))
            while !Task.isCancelled {
                let rest = min(end, due) - clock.uptime()
                let patience = limit - SystemTime().uptime()
                guard rest > .zero, patience > .zero else { return nil }
                let pause = time == nil ? min(rest, patience) : .milliseconds(5)
                let isNewer: @Sendable (borrowing State) -> Bool = { state in
                    if state.isClosed { return true }
                    for (channel, seen) in mark.heard
                    where (state.channels[channel]?.count(mark.kind) ?? seen + 1) != seen {
                        return true
                    }
                    return false
                }
                if state.withLock({ isNewer($0) }) { return hint(since: mark) }
                await suspend(kind: mark.kind, channels: Set(mark.heard.keys), atMost: pause, unless: isNewer)
            }
            return nil
        }

        private func hint(since mark: Mark) -> Hint? {
            state.withLock { state in
                let news = mark.heard.filter { (state.channels[$0.key]?.count(mark.kind) ?? $0.value + 1) != $0.value }
                guard mark.kind == .claimable, news.count == 1, let (name, seen) = news.first,
                    let channel = state.channels[name], channel.claimable == seen + 1
                else { return nil }
                return channel.hint
            }
        }

        func close() {
            let (subscriber, waiters) = state.withLock { state in
                state.isClosed = true
                defer {
                    state.subscriber = nil
                    state.waiters = [:]
                }
                return (state.subscriber, Array(state.waiters.values))
            }
            subscriber?.close()
            for waiter in waiters { waiter.resume() }
        }

        private var isClosed: Bool { state.withLock { $0.isClosed } }

        // MARK: Listening

        private func listen(to channels: [String]) {
            let now = SystemTime().uptime()
            let (subscriber, isNew, wanted, unwanted) = state.withLock {
                state -> (RedisSubscriber?, Bool, [String], [String]) in
                guard !state.isClosed else { return (nil, false, [], []) }
                var wanted: [String] = []
                for channel in channels {
                    if state.channels[channel] == nil { wanted.append(channel) }
                    state.channels[channel, default: Channel(wantedAt: now)].wantedAt = now
                }
                guard !wanted.isEmpty else { return (nil, false, [], []) }
                let inUse = state.waiters.values.reduce(into: Set<String>()) { $0.formUnion($1.channels) }
                let unwanted = state.channels.filter {
                    $0.value.wantedAt + Self.forgottenAfter < now && !inUse.contains($0.key)
                }.map(\.key)
                for channel in unwanted { state.channels[channel] = nil }
                let isNew = state.subscriber == nil
                if isNew {
                    state.subscriber = client.subscriber { [weak self] event in self?.heard(event) }
                }
                return (state.subscriber, isNew, wanted, unwanted)
            }
            guard let subscriber else { return }
            if !unwanted.isEmpty, !isNew { subscriber.unsubscribe(unwanted) }
            subscriber.subscribe(wanted)
        }

        private func heard(_ event: RedisSubscriptionEvent) {
            let waiters = state.withLock { state -> [Waiter] in
                switch event {
                case .message(let channel, let payload):
                    guard var heard = state.channels[channel] else { return [] }
                    let kind: Kind =
                        payload.getInteger(at: payload.readerIndex) == UInt8(ascii: "w")
                        ? .claimable : .happened
                    if kind == .claimable {
                        heard.claimable += 1
                        heard.hint = Hint(channel, payload)
                    } else {
                        heard.happened += 1
                    }
                    state.channels[channel] = heard
                    return Self.take(&state) { $0.channels.contains(channel) && ($0.kind ?? kind) == kind }
                case .subscribed(let channel):
                    guard state.channels[channel] != nil else { return [] }
                    // What was said before was not heard.
                    state.channels[channel]?.isHeard = true
                    state.channels[channel]?.claimable += 1
                    state.channels[channel]?.hint = nil
                    state.channels[channel]?.happened += 1
                    return Self.take(&state) { $0.channels.contains(channel) }
                case .interrupted:
                    for channel in state.channels.keys {
                        state.channels[channel]?.isHeard = false
                        state.channels[channel]?.claimable += 1
                        state.channels[channel]?.hint = nil
                        state.channels[channel]?.happened += 1
                    }
                    return Self.take(&state) { _ in true }
                }
            }
            for waiter in waiters { waiter.resume() }
        }

        private static func take(_ state: inout State, where isMeant: (Waiter) -> Bool) -> [Waiter] {
            guard !state.waiters.isEmpty else { return [] }
            let meant = state.waiters.filter { isMeant($0.value) }
            for number in meant.keys { state.waiters[number] = nil }
            return Array(meant.values)
        }

        // MARK: Waiting

        private func suspend(
            kind: Kind?, channels: Set<String>, atMost pause: Duration,
            unless isOver: @Sendable (borrowing State) -> Bool
        ) async {
            let number = state.withLock { state in
                state.lastWaiter += 1
                return state.lastWaiter
            }
            // Set behind the waiter's registration: a timer that fires finds whom to wake.
            var timer: Scheduled<Void>?
            await withTaskCancellationHandler {
                await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                    let isLate = state.withLock { state in
                        if state.isClosed || Task.isCancelled || isOver(state) { return true }
                        state.waiters[number] = Waiter(kind: kind, channels: channels) { continuation.resume() }
                        return false
                    }
                    if isLate { return continuation.resume() }
                    let time = TimeAmount.nanoseconds(max(0, pause.wholeMicroseconds * 1_000))
                    timer = client.eventLoop.scheduleTask(in: time) { self.wake(number) }
                }
            } onCancel: {
                wake(number)
            }
            timer?.cancel()
        }

        private func wake(_ number: UInt64) {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
#endif
