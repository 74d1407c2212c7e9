#if Server
    import OnCue
    import OnCueAPI
    import Synchronization

    // Calls that wait: in slices, each a request of its own, ended early when the caller's task is cancelled.
    extension RemoteStore {
        /// Asks in slices until `isAnswer` or the wait is over. What a server counts as waited is waited: it has the clock.
        ///
        /// A server that goes away meanwhile is looked for as long as a call may take.
        func slices<Answer>(
            of wait: Duration, _ ask: (Duration) async throws(StoreError) -> Answer, isAnswer: (Answer) -> Bool
        ) async throws(StoreError) -> Answer {
            var left = max(wait, .zero)
            var troubleSince: ContinuousClock.Instant?
            var pause: Duration = .milliseconds(100)
            while true {
                let slice = Task.isCancelled ? .zero : min(left, options.longestRequest)
                let start = ContinuousClock.now
                do throws(StoreError) {
                    let answer = try await ask(slice)
                    let waited = min(slice, transport.longestWait ?? slice)
                    if isAnswer(answer) || waited >= left || Task.isCancelled { return answer }
                    left -= waited
                    troubleSince = nil
                    pause = .milliseconds(100)
                } catch {
                    if Task.isCancelled, slice > .zero, !transport.isClosed { continue }
                    let began = troubleSince ?? start
                    guard slice > .zero, [.unavailable, .timedOut, .closed].contains(error.code), !transport.isClosed,
                        .now - began < options.callDeadline
                    else { throw error }
                    troubleSince = began
                    await transport.pause(pause)
                    pause = min(pause * 2, .seconds(1))
                    left = max(.zero, left - (.now - start))
                }
            }
        }

        /// Asks and gives the request up when the caller's task is cancelled. For calls that change nothing.
        func askUntilCancelled<Request, Answer>(
            _ call: StoreCall<Request, Answer>, _ request: Request, wait: Duration
        ) async throws(StoreError) -> Answer {
            guard wait > .zero else { return try await ask(call, request) }
            let end = Ending()
            return try await withCancellation(
                { () async throws(StoreError) in
                    try await ask(call, request, wait: wait) { end.begun($0) }
                }, onCancel: { end.end() })
        }

        /// A claim that waits. When the caller's task is cancelled the server is asked to end the wait, so that no answer is
        /// lost; only when that brings none is the request given up, and what it took is found by `held`.
        func claimWaiting(_ request: ClaimRequest) async throws(StoreError) -> [LeasedJob] {
            let ticket = Self.ticket()
            let end = Ending()
            defer { end.isOver() }
            do {
                return try await withCancellation(
                    { () async throws(StoreError) in
                        try await ask(StoreCalls.claim, ClaimCall(request, ticket: ticket), wait: request.wait) {
                            end.begun($0)
                        }.items
                    },
                    onCancel: {
                        self.interrupt(ticket, end)
                        self.transport.after(Self.patience) { end.end() }
                    })
            } catch {
                guard Task.isCancelled, error.code == .outcomeUnknown else { throw error }
                return []
            }
        }

        /// How long a claim that is to end may take to answer.
        private static let patience: Duration = .seconds(2)

        /// Again and again until the claim has answered: it may not have arrived yet.
        private func interrupt(_ ticket: String, _ end: Ending) {
            guard !end.isEnded else { return }
            Task {
                guard let found = try? await ask(StoreCalls.interrupt, Single(ticket)), !found.value else { return }
                transport.after(.milliseconds(50)) { self.interrupt(ticket, end) }
            }
        }

        private static func ticket() -> String {
            String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
        }

        /// `withTaskCancellationHandler` that keeps the type of the error.
        private func withCancellation<Value>(
            _ body: () async throws(StoreError) -> Value, onCancel: @escaping @Sendable () -> Void
        ) async throws(StoreError) -> Value {
            let result: Result<Value, StoreError> = await withTaskCancellationHandler {
                do throws(StoreError) {
                    return .success(try await body())
                } catch {
                    return .failure(error)
                }
            } onCancel: {
                onCancel()
            }
            return try result.get()
        }
    }

    /// Ends a request that may not have begun yet.
    private final class Ending: Sendable {
        private struct State {
            var action: (@Sendable () -> Void)?
            var isEnded = false
        }

        private let state = Mutex(State())

        func begun(_ action: @escaping @Sendable () -> Void) {
            let isEnded = state.withLock { state in
                state.action = action
                return state.isEnded
            }
            if isEnded { action() }
        }

        var isEnded: Bool { state.withLock { $0.isEnded } }

        /// It has ended by itself.
        func isOver() {
            state.withLock { state in
                state.isEnded = true
                state.action = nil
            }
        }

        func end() {
            let action = state.withLock { state in
                state.isEnded = true
                return state.action
            }
            action?()
        }
    }
#endif
