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
            /// Something is in the log of events, or a queue was made, or there is something to claim.
            case happened
        }

        /// What had been heard on some channels at one moment.
        struct Mark: Sendable {
            fileprivate let kind: Kind
            fileprivate var heard: [String: Heard]
            /// False where a channel is not listened to: what happens there is not heard.
            fileprivate(set) var isListening: Bool

            /// How many new jobs of which level have come on which channel since an earlier mark of the same channels. Nil where a
            /// message did not say it, or one may have been missed.
            func additions(since earlier: Mark) -> [String: [JobPriority: Int]]? {
                guard isListening, earlier.isListening, heard.count == earlier.heard.count else { return nil }
                var additions: [String: [JobPriority: Int]] = [:]
                for (channel, now) in heard where now.claimable != earlier.heard[channel]?.claimable {
                    guard let before = earlier.heard[channel], now.unclear == before.unclear else { return nil }
                    for level in JobPriority.allCases where now.jobs[level.rawValue] != before.jobs[level.rawValue] {
                        additions[channel, default: [:]][level] = now.jobs[level.rawValue] - before.jobs[level.rawValue]
                    }
                }
                return additions
            }
        }

        /// What was heard on one channel.
        struct Heard: Sendable {
            /// Messages of each kind.
            fileprivate var claimable: UInt64 = 0
            fileprivate var happened: UInt64 = 0
            /// Of those of what is claimable: how many did not say what there is.
            fileprivate var unclear: UInt64 = 0
            /// New jobs of each level that the others spoke of.
            fileprivate var jobs = SIMD8<Int>.zero

            fileprivate func count(_ kind: Kind) -> UInt64 { kind == .claimable ? claimable : happened }

            /// - Parameter message: `w`, and behind it a digit for the level and the number where it says them.
            fileprivate mutating func note(claimable message: ByteBuffer) {
                claimable += 1
                let digits = message.readableBytesView.dropFirst()
                if let first = digits.first, let level = JobPriority(rawValue: Int(first) - 0x30),
                    let count = Int(String(decoding: digits.dropFirst(), as: UTF8.self)), count > 0
                {
                    jobs[level.rawValue] += count
                } else {
                    unclear += 1
                }
            }

            /// What was said meanwhile was not heard.
            fileprivate mutating func noteGap() {
                claimable += 1
                unclear += 1
                happened += 1
            }
        }

        private struct Channel {
            var isHeard = false
            var heard = Heard()
            var wantedAt: Duration
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
            let patience = SystemTime().uptime() + .seconds(2)
            while true {
                let mark = glance(channels, kind)
                let rest = patience - SystemTime().uptime()
                if mark.isListening || rest <= .zero || Task.isCancelled || isClosed { return mark }
                await suspend(kind: nil, channels: Set(channels), atMost: rest) { state in
                    channels.allSatisfy { state.channels[$0]?.isHeard ?? false }
                }
            }
        }

        /// The same at once, whether they are heard yet or not.
        func glance(_ channels: [String], _ kind: Kind) -> Mark {
            listen(to: channels)
            return state.withLock { state in
                Mark(
                    kind: kind, heard: Dictionary(channels.map { ($0, state.channels[$0]?.heard ?? Heard()) }) { $1 },
                    isListening: channels.allSatisfy { state.channels[$0]?.isHeard ?? false })
            }
        }

        /// Until something newer than `mark` is heard, `end` on the store's uptime is reached, `dueIn` has passed, the task is
        /// cancelled, or `patience` or a few seconds are over.
        ///
        /// - Returns: whether it was for something newer.
        @discardableResult
        func wait(
            for mark: Mark, until end: Duration, dueIn: Duration? = nil, patience: Duration = .seconds(5)
        ) async -> Bool {
            let clock: any TimeSource = time ?? SystemTime()
            let due = dueIn.map { clock.uptime() + $0 } ?? end
            let limit = SystemTime().uptime() + min(patience, mark.isListening ? .seconds(5) : .milliseconds(500))
            while !Task.isCancelled {
                let rest = min(end, due) - clock.uptime()
                let patience = limit - SystemTime().uptime()
                guard rest > .zero, patience > .zero else { return false }
                let pause = time == nil ? min(rest, patience) : .milliseconds(5)
                let isNewer: @Sendable (borrowing State) -> Bool = { state in
                    if state.isClosed { return true }
                    for (channel, seen) in mark.heard
                    where state.channels[channel]?.heard.count(mark.kind) != seen.count(mark.kind) {
                        return true
                    }
                    return false
                }
                if state.withLock({ isNewer($0) }) { return true }
                await suspend(kind: mark.kind, channels: Set(mark.heard.keys), atMost: pause, unless: isNewer)
            }
            return false
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
                    guard var known = state.channels[channel] else { return [] }
                    known.heard.happened += 1
                    let isClaimable = payload.getInteger(at: payload.readerIndex) == UInt8(ascii: "w")
                    if isClaimable { known.heard.note(claimable: payload) }
                    state.channels[channel] = known
                    return Self.take(&state) { $0.channels.contains(channel) && (isClaimable || $0.kind != .claimable) }
                case .subscribed(let channel):
                    guard state.channels[channel] != nil else { return [] }
                    state.channels[channel]?.isHeard = true
                    state.channels[channel]?.heard.noteGap()
                    return Self.take(&state) { $0.channels.contains(channel) }
                case .interrupted:
                    for channel in state.channels.keys {
                        state.channels[channel]?.isHeard = false
                        state.channels[channel]?.heard.noteGap()
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
