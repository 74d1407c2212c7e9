#if Server
    import NIOHTTP1
    import OnCue
    import OnCueAPI

    // One call: its request, what is tried again, and what an answer means.
    extension RemoteStore {
        /// Asks, and asks again where that does no harm.
        ///
        /// - Parameters:
        ///   - wait: how long the server was asked to wait, which the deadline does not count.
        ///   - started: is handed what ends the request early.
        func ask<Request, Answer>(
            _ call: StoreCall<Request, Answer>, _ request: Request, wait: Duration = .zero,
            started: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil
        ) async throws(StoreError) -> Answer {
            guard !transport.isClosed else { throw Self.closed }
            var json = JSONWriter()
            request.write(to: &json)
            let end = ContinuousClock.now + options.callDeadline + wait
            var triesLeft = 2
            while true {
                let limit = max(.milliseconds(1), end - .now)
                let failure: Transport.Failure
                switch await transport.post(call.path, json.bytes, within: limit, started: started) {
                case .success(let answer):
                    if answer.status == 200 { return try read(answer, of: call) }
                    guard let pause = Self.pause(before: end, answer) else { throw refusal(answer, of: call) }
                    await transport.pause(pause)
                    continue
                case .failure(let lost): failure = lost
                }
                if transport.isClosed, call.isRepeatable || !failure.wasSent { throw Self.closed }
                let isGivenUp = started != nil && Task.isCancelled
                let mayRepeat = failure.isRefusal || failure.wasSent && call.isRepeatable && !failure.isDeadline
                guard mayRepeat, !isGivenUp, triesLeft > 0 else { throw lost(failure, of: call) }
                // What others began before has ended by then.
                if failure.isRefusal { await transport.pause(.milliseconds(50)) }
                triesLeft -= 1
            }
        }

        static let closed = StoreError(.closed, "The store was closed.")

        private func read<Request, Answer>(
            _ answer: Transport.Answer, of call: StoreCall<Request, Answer>
        ) throws(StoreError) -> Answer {
            do throws(ValidationError) {
                return try Answer(JSONFields(answer.body))
            } catch {
                throw StoreError(
                    call.isRepeatable ? .unsupported : .outcomeUnknown,
                    "The server at \(url) answered what this version cannot read: \(error)")
            }
        }

        /// A key that asks too often is told when to come again; nothing was done. Nil: not such an answer, or too late.
        private static func pause(before end: ContinuousClock.Instant, _ answer: Transport.Answer) -> Duration? {
            guard answer.status == 429, AnsweredError(answer)?.store == nil,
                let seconds = answer.headers.first(name: "Retry-After").flatMap({ Int($0) }), seconds >= 0
            else { return nil }
            let pause = Duration.seconds(max(1, min(seconds, 3_600)))
            return .now + pause < end ? pause : nil
        }

        /// What it means that no answer came.
        private func lost<Request, Answer>(
            _ failure: Transport.Failure, of call: StoreCall<Request, Answer>
        ) -> StoreError {
            guard failure.wasSent else {
                return StoreError(.unavailable, "The server at \(url) cannot be reached: \(failure.error)")
            }
            if !call.isRepeatable {
                return StoreError(
                    .outcomeUnknown,
                    "The server at \(url) may or may not have done it: its answer did not come (\(failure.error)).")
            }
            return StoreError(
                failure.isDeadline ? .timedOut : .unavailable,
                "The server at \(url) did not answer: \(failure.error)")
        }

        /// What a refusal says, in the store's own words where it has them.
        private func refusal<Request, Answer>(
            _ answer: Transport.Answer, of call: StoreCall<Request, Answer>
        ) -> StoreError {
            let error = AnsweredError(answer)
            if let store = error?.store { return store }
            let message = error?.message ?? "HTTP status \(answer.status)"
            switch answer.status {
            case 401:
                return StoreError(.unsupported, "The server at \(url) does not let this caller in: \(message)")
            case 403:
                return StoreError(.unsupported, "The server at \(url) does not allow '\(call.name)': \(message)")
            case 404, 405, 501:
                return StoreError(
                    .unsupported,
                    "The server at \(url) does not offer '\(call.name)': it is older than this version, or no OnCue server."
                )
            case 413:
                return StoreError(.invalid, "is more than the server at \(url) takes in one request", field: "body")
            case 429, 503:
                return StoreError(.unavailable, "The server at \(url) cannot answer for now: \(message)")
            case 500..., 408:
                return StoreError(
                    call.isRepeatable ? .unavailable : .outcomeUnknown, "The server at \(url) failed: \(message)")
            default:
                return StoreError(.unsupported, "The server at \(url) refused '\(call.name)': \(message)")
            }
        }
    }

    /// The body of a refusal.
    private struct AnsweredError {
        var message: String
        var store: StoreError?

        /// Nil when it is none of an OnCue server.
        init?(_ answer: Transport.Answer) {
            guard let fields = try? JSONFields(answer.body), fields["error"] != nil,
                let error = try? fields.object("error", "an object"), let message = try? error.text("message")
            else { return nil }
            self.message = message
            store = try? error.read(ifPresent: "store")
        }
    }
#endif
