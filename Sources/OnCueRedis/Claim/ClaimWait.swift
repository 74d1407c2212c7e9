#if Redis
    import NIOCore
    import OnCue
    import RedisWire

    /// How a claim waits that has found nothing: for messages, and where that is possible beside a read that waits at the server.
    struct ClaimWait: Sendable {
        let core: StoreCore
        /// What had been heard before it looked.
        let mark: WakeHub.Mark
        let channels: [String]
        /// On the store's uptime.
        let end: Duration
        /// Until the next delayed job is due.
        let dueIn: Duration?

        /// A message may be lost: after so long it is looked again.
        private static let longest: Duration = .seconds(5)

        /// Until it is worth looking again.
        func wait() async {
            await core.wakes.wait(for: mark, until: end, dueIn: dueIn)
        }

        /// The same, or until the read has brought something: it is over in any case. Nil where it did not begin.
        func wait(beside read: BlockedRead) async -> BlockedRead.Replies? {
            let progress = BlockedRead.Progress()
            let listening = Task(executorPreference: core.executor) { await end(read, progress) }
            // What was read does not wait until nobody listens any more.
            defer { core.client.eventLoop.execute { listening.cancel() } }
            return await withTaskCancellationHandler {
                await read.send(progress)
            } onCancel: {
                listening.cancel()
            }
        }

        /// Ends the read when there is something that it would not get, or the task is cancelled.
        private func end(_ read: BlockedRead, _ progress: BlockedRead.Progress) async {
            await listen(beside: read)
            guard progress.beginToEnd() else { return }
            await read.end()
        }

        /// Until there is something that the read does not get: new jobs of its queues it gets by itself, or others have.
        private func listen(beside read: BlockedRead) async {
            var mark = mark
            let due = dueIn.map { core.uptime() + $0 }
            let limit = SystemTime().uptime() + Self.longest
            while !Task.isCancelled {
                await core.wakes.wait(
                    for: mark, until: end, dueIn: due.map { $0 - core.uptime() },
                    patience: limit - SystemTime().uptime())
                let now = core.wakes.glance(channels, .claimable)
                guard let additions = now.additions(since: mark), !additions.isEmpty,
                    additions.keys.allSatisfy(read.channels.contains)
                else { return }
                mark = now
            }
        }
    }
#endif
