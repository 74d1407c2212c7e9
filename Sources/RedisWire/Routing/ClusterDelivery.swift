#if Redis
    import NIOCore

    extension ClusterRouter {
        /// Sends each command to the server that takes it, follows where it is sent on to, and repeats what may be repeated
        /// until the deadline is near. Commands for one slot go out in their order.
        func deliver(
            _ commands: [RedisCommand], by delivery: Delivery, until deadline: NIODeadline
        ) async -> DeliveryOutcome {
            do throws(RedisError) {
                try await ready(until: deadline)
            } catch {
                return DeliveryOutcome(error, count: commands.count)
            }
            var progress: ClusterProgress
            if case .pipeline = delivery, let node = onlyNode(for: commands) {
                let results = await node.send(commands, deadline: deadline).results
                guard results.contains(where: \.isFailure) else { return DeliveryOutcome(results) }
                progress = ClusterProgress(commands, results, from: node)
            } else {
                progress = ClusterProgress(commands)
                await send(&progress, by: delivery, deadline: deadline)
            }
            while true {
                for (error, sender) in progress.errors { note(error, from: sender) }
                let generation = changes.generation
                switch progress.next() {
                case .stop: return progress.results.outcome
                case .again: break
                case .pause(let attempt, let refreshes):
                    let delay = Backoff.withinTopology.delay(attempt: attempt)
                    let end = NIODeadline.now() + delay
                    guard end < deadline else { return progress.results.timedOut }
                    if refreshes {
                        refresh()
                        await changes.wait(beyond: generation, until: end, on: eventLoop)
                    } else {
                        await eventLoop.pause(delay)
                    }
                }
                await send(&progress, by: delivery, deadline: deadline)
            }
        }

        private func send(
            _ progress: inout ClusterProgress, by delivery: Delivery, deadline: NIODeadline
        ) async {
            let parts = progress.parts(place(progress.openAttempts))
            let answers = await delivery.send(parts, deadline: deadline)
            for (place, part) in parts.enumerated() { progress.note(answers[place], to: part, at: place) }
        }
    }

    /// How far a pipeline over several servers has come.
    private struct ClusterProgress {
        private(set) var results: PipelineResults
        private var attempts: [ClusterAttempt]
        /// The places of the commands that are sent next, or were sent last.
        private var open: [Int]
        /// The places of the open commands, part by part.
        private var places: [[Int]] = []
        /// Who refused an open command, and how.
        private(set) var errors: [(error: RedisError, sender: RedisAddress)] = []
        private var senders: [Int: RedisAddress] = [:]

        init(_ commands: [RedisCommand]) {
            attempts = commands.map(ClusterAttempt.init)
            results = PipelineResults(count: commands.count)
            open = Array(commands.indices)
        }

        /// After they were all sent to one server.
        init(_ commands: [RedisCommand], _ results: [RedisResult], from node: RedisNode) {
            self.init(commands)
            places = [open]
            note(Delivery.Answer(results: results), to: Delivery.Part(node: node, commands: commands), at: 0)
        }

        var openAttempts: [ClusterAttempt] { open.map { attempts[$0] } }

        /// What to send to whom, by the servers of the open commands.
        mutating func parts(_ nodes: [Result<RedisNode, RedisError>]) -> [Delivery.Part] {
            errors = []
            senders = [:]
            let placed = nodes.map { try? $0.get() }
            for (index, node) in zip(open, nodes) {
                if case .failure(let error) = node { results.set(.failure(error), at: index) }
            }
            let split = PipelineSplit(placed.map { $0?.id })
            places = split.parts.map { part in part.indices.map { open[$0] } }
            return zip(split.parts, places).compactMap { part, places in
                guard let node = placed[part.indices[0]] else { return nil }
                let asking = places.indices.filter { attempts[places[$0]].asks }
                return Delivery.Part(
                    node: node, commands: places.map { attempts[$0].command }, asking: Set(asking))
            }
        }

        /// What the part in this place was answered.
        mutating func note(_ answer: Delivery.Answer, to part: Delivery.Part, at place: Int) {
            for (index, result) in zip(places[place], answer.results) {
                results.set(result, at: index)
                senders[index] = part.node.id.address
                if let error = result.failure { errors.append((error, part.node.id.address)) }
            }
            if let count = answer.acknowledgement { results.note(count, for: places[place]) }
        }

        /// Leaves open what is worth sending again.
        mutating func next() -> ClusterAttempt.Step {
            var again: [Int] = []
            var pause: (attempt: Int, refreshes: Bool)?
            for index in open {
                guard let error = results[index].failure else { continue }
                switch attempts[index].next(after: error, from: senders[index]) {
                case .stop: continue
                case .again: break
                case .pause(let attempt, let refreshes):
                    pause = (max(pause?.attempt ?? 0, attempt), refreshes || pause?.refreshes == true)
                }
                again.append(index)
            }
            open = again
            if again.isEmpty { return .stop }
            return pause.map { .pause(attempt: $0.attempt, refreshes: $0.refreshes) } ?? .again
        }
    }
#endif
