#if Redis
    import NIOCore
    public import OnCue
    import RedisWire

    extension RedisStore {
        /// A busy queue says many times a second that something happened: one look in this time is enough.
        private static let lookEvery: TimeAmount = .milliseconds(10)

        /// That someone waits is noted in the job's queue for as long, so that a job which is not to be kept stays a minute.
        public func outcome(of job: JobID, wait: Duration) async throws(StoreError) -> JobRecord? {
            let end = core.uptime() + wait
            let first = try await find([job])[0]
            guard wait > .zero, let first, !first.state.isFinal,
                let queue = try await core.registry.queue(first.queue)
            else { return first }
            // A process that is gone leaves its note: it says until when, and is renewed.
            let noteFor: Duration = .seconds(600)
            var renewAt = core.uptime()
            while true {
                if core.uptime() >= renewAt {
                    _ = try await core.run(Scripts.watch, on: queue, isSafeToRepeat: true) { arguments in
                        arguments.append(job.storedBytes)
                        arguments.append((min(wait, noteFor) + .seconds(60)).wholeMicroseconds)
                    }
                    renewAt = core.uptime() + noteFor / 2
                }
                let nextLook = NIODeadline.now() + Self.lookEvery
                let mark = await core.wakes.mark([queue.keys.channel], .happened)
                let record = try await find([job])[0]
                guard let record, !record.state.isFinal, core.uptime() < end, !Task.isCancelled else { return record }
                await core.wakes.wait(for: mark, until: min(end, renewAt))
                if !Task.isCancelled, nextLook > .now() {
                    // It fails only when the loop has ended, and with it the client.
                    try? await core.client.eventLoop.scheduleTask(deadline: nextLook) {}.futureResult.get()
                }
            }
        }
    }
#endif
