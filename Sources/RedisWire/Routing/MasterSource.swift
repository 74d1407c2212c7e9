#if Redis
    import NIOCore

    /// The one server that takes all commands: always the same, or whoever the Sentinels name.
    enum MasterSource: Sendable {
        case fixed(RedisNode)
        case sentinels(SentinelRouter)

        /// - Parameter isPatient: whether to wait for a server until the deadline, or to throw what the first look meets.
        func node(until deadline: NIODeadline, isPatient: Bool = true) async throws(RedisError) -> RedisNode {
            switch self {
            case .fixed(let node): node
            case .sentinels(let sentinels): try await sentinels.master(until: deadline, isPatient: isPatient)
            }
        }

        func deliver(
            _ commands: [RedisCommand], by delivery: Delivery, until deadline: NIODeadline
        ) async -> DeliveryOutcome {
            let node: RedisNode
            do throws(RedisError) {
                node = try await self.node(until: deadline)
            } catch {
                return DeliveryOutcome(error, count: commands.count)
            }
            let answer =
                if case .pipeline = delivery {
                    Delivery.Answer(results: await node.send(commands, deadline: deadline).results)
                } else {
                    await delivery.send([Delivery.Part(node: node, commands: commands)], deadline: deadline)[0]
                }
            guard answer.acknowledgement != nil || answer.results.contains(where: \.isFailure) else {
                return DeliveryOutcome(answer.results)
            }
            return await finish(MasterProgress(commands, answer), by: delivery, at: node, until: deadline)
        }

        /// Sends what may be sent again until it succeeds, fails for good, or the deadline is near.
        private func finish(
            _ progress: MasterProgress, by delivery: Delivery, at node: RedisNode, until deadline: NIODeadline
        ) async -> DeliveryOutcome {
            var progress = progress
            var node = node
            var attempt = 0
            while true {
                for error in progress.errors { note(error, from: node) }
                guard let pauses = progress.next() else { return progress.results.outcome }
                if pauses {
                    attempt += 1
                    guard let next = await self.node(after: node, attempt: attempt, until: deadline) else {
                        return progress.results.timedOut
                    }
                    node = next
                }
                let part = Delivery.Part(node: node, commands: progress.openCommands)
                progress.note(await delivery.send([part], deadline: deadline)[0])
            }
        }

        private func note(_ error: RedisError, from node: RedisNode) {
            switch self {
            case .fixed:
                // A name that leads to another server by now.
                if error.server?.code == "READONLY" { node.replaceConnections() }
            case .sentinels(let sentinels): sentinels.note(error, from: node)
            }
        }

        /// Pauses; nil when there is no time for it.
        private func node(after node: RedisNode, attempt: Int, until deadline: NIODeadline) async -> RedisNode? {
            switch self {
            case .fixed:
                let delay = Backoff().delay(attempt: attempt)
                guard .now() + delay < deadline else { return nil }
                await node.eventLoop.pause(delay)
                return node
            case .sentinels(let sentinels):
                let delay = Backoff.withinTopology.delay(attempt: attempt)
                guard .now() + delay < deadline else { return nil }
                return await sentinels.master(after: node, pause: delay, until: deadline)
            }
        }
    }

    extension Backoff {
        /// Where another server may take over at any time.
        static let withinTopology = Backoff(longest: .milliseconds(250))
    }

    /// How far a pipeline to one server has come.
    private struct MasterProgress {
        private(set) var results: PipelineResults
        private var commands: [RedisCommand]
        /// The places of what was sent last.
        private var open: [Int]

        init(_ commands: [RedisCommand], _ answer: Delivery.Answer) {
            self.commands = commands
            results = PipelineResults(count: commands.count)
            open = Array(commands.indices)
            note(answer)
        }

        mutating func note(_ answer: Delivery.Answer) {
            for (index, result) in zip(open, answer.results) { results.set(result, at: index) }
            if let count = answer.acknowledgement { results.note(count, for: open) }
        }

        /// What came of what was sent last.
        var errors: [RedisError] { open.compactMap { results[$0].failure } }
        var openCommands: [RedisCommand] { open.map { commands[$0] } }

        /// Leaves open what is worth sending again. nil when nothing is, otherwise whether to pause before.
        mutating func next() -> Bool? {
            var pauses = false
            var again: [Int] = []
            for index in open {
                guard let error = results[index].failure else { continue }
                switch Repetition.decide(commands[index], error) {
                case .no: continue
                case .now(let command): commands[index] = command
                case .later: pauses = true
                }
                again.append(index)
            }
            open = again
            return again.isEmpty ? nil : pauses
        }
    }
#endif
