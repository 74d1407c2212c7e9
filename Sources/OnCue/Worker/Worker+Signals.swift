public import UnixSignals

extension Worker {
    /// Works until the process gets one of `signals`, then shuts down gracefully; a second one interrupts at once.
    ///
    /// For programs without a `ServiceGroup`, which does the same for all of its services.
    ///
    /// - Throws: ``WorkerError`` as ``run()`` does.
    public func runUntilSignal(_ signals: [UnixSignal] = [.sigterm, .sigint]) async throws {
        let listener = ThreadExecutor(name: "oncue-signals")
        defer { listener.retire() }
        let received = await UnixSignalsSequence(trapping: signals)
        // On a thread of its own: a signal has to be heard also while handlers keep the global pool busy.
        let listening = Task.detached(executorPreference: listener) {
            var count = 0
            for await _ in received {
                count += 1
                if count == 1 { self.shutDown() } else { self.interrupt() }
            }
        }
        defer { listening.cancel() }
        try await run()
    }
}
