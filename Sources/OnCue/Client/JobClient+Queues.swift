// Queues, their settings, and the store's defaults.
extension JobClient {
    /// Every queue that has or had jobs or settings, in the order in which workers serve them.
    public func queues() async throws(StoreError) -> [QueueInfo] {
        try await store.queues()
    }

    /// One queue; nil when it has neither jobs nor settings.
    public func queue(_ name: QueueName) async throws(StoreError) -> QueueInfo? {
        try await store.queues().first { $0.name == name }
    }

    /// No job of the queue is started until ``resume(_:)``; those that run go on.
    public func pause(_ queue: QueueName) async throws(StoreError) {
        try await change(queue, .pause)
    }

    public func resume(_ queue: QueueName) async throws(StoreError) {
        try await change(queue, .resume)
    }

    /// Removes jobs of a queue.
    ///
    /// - Parameters:
    ///   - states: any but running. Default: all that wait.
    ///   - limit: how many to remove at most. Default: all.
    /// - Returns: how many went.
    /// - Throws: `invalid` when running jobs are among the states; cancel those instead.
    public func purge(
        _ queue: QueueName, states: Set<JobState> = JobState.waiting, limit: Int = .max,
        onProgress: (@Sendable (Int) -> Void)? = nil
    ) async throws(StoreError) -> Int {
        var removed = 0
        while removed < limit && !Task.isCancelled {
            let slice = min(1_000, limit - removed)
            let count = try await store.purge(queue, states: states, limit: slice)
            removed += count
            onProgress?(removed)
            if count < slice { break }
        }
        return removed
    }

    /// Forgets a queue that has no jobs left.
    ///
    /// - Throws: `conflict` while it has jobs; `notFound`.
    public func removeQueue(_ queue: QueueName) async throws(StoreError) {
        try await store.removeQueue(queue)
    }

    /// What is set for the queue; all nil when nothing is.
    public func settings(of queue: QueueName) async throws(StoreError) -> QueueSettings {
        try await self.queue(queue)?.settings ?? QueueSettings()
    }

    /// Replaces the queue's settings.
    ///
    /// - Throws: `invalid` with the field that is out of range.
    public func setSettings(_ settings: QueueSettings, of queue: QueueName) async throws(StoreError) {
        try Self.checked { () throws(ValidationError) in try settings.validate() }
        try await change(queue, .settings(settings))
    }

    /// Changes some of the queue's settings and leaves the others as they are.
    ///
    /// - Returns: the settings that hold now.
    @discardableResult
    public func updateSettings(
        of queue: QueueName, _ change: (inout QueueSettings) -> Void
    ) async throws(StoreError) -> QueueSettings {
        var settings = try await settings(of: queue)
        change(&settings)
        try await setSettings(settings, of: queue)
        return settings
    }

    /// What holds where a queue says nothing.
    public func defaults() async throws(StoreError) -> QueueSettings {
        try await store.defaults()
    }

    /// Replaces what holds where a queue says nothing.
    ///
    /// - Throws: `invalid` with the field that is out of range.
    public func setDefaults(_ settings: QueueSettings) async throws(StoreError) {
        try Self.checked { () throws(ValidationError) in try settings.validate() }
        try await store.setDefaults(settings)
    }

    private func change(_ queue: QueueName, _ change: QueueChange) async throws(StoreError) {
        try Self.checked { () throws(ValidationError) in try queue.validated(field: "queue") }
        try await store.changeQueue(queue, change)
    }

    private static func checked(_ check: () throws(ValidationError) -> Void) throws(StoreError) {
        do { try check() } catch { throw StoreError(error) }
    }
}
