#if Redis
    import OnCue
    import RedisWire

    /// One change of many jobs, under way.
    ///
    /// A script has the keys of one session only: a job that another one runs is answered with its name, and goes out again
    /// with that. Mostly the first round is the only one.
    struct ChangeRun {
        /// Jobs that one script changes at most.
        static let width = 200
        /// A job goes from one worker to the next so often at most while it is to be stopped.
        private static let rounds = 20

        /// Jobs of one queue that the same session runs, or nobody as far as is known.
        private struct Part: Hashable {
            var queue: Queue
            var session: SessionID?
        }

        private let core: StoreCore
        private let ids: [JobID]
        private let change: PackedChange
        private let attempts: [JobID: Int]
        private var answers: [ChangeAnswer]
        private var hasWritten = false

        /// - Parameter attempts: what the options of the jobs say, where the change needs it.
        init(_ change: PackedChange, of ids: [JobID], attempts: [JobID: Int], core: StoreCore) {
            self.core = core
            self.ids = ids
            self.change = change
            self.attempts = attempts
            answers = [ChangeAnswer](repeating: .notFound, count: ids.count)
        }

        mutating func run() async throws(StoreError) -> [ChangeAnswer] {
            let own = try await core.queuesByID(Set(ids))
            try await go(through: places(in: own.map { ($0.queue, Set($0.ids)) }))
            let missing = Set(zip(ids, answers).lazy.filter { $1 == .notFound }.map { id, _ in id })
            if !missing.isEmpty {
                let elsewhere = try await core.locate(try await core.queuesBesides(own, of: missing))
                try await go(through: places(in: elsewhere))
            }
            return answers
        }

        /// Where in `ids` the jobs of each queue stand.
        private func places(in queues: [(queue: Queue, ids: Set<JobID>)]) -> [Part: [Int]] {
            var parts: [Part: [Int]] = [:]
            for (queue, wanted) in queues where !wanted.isEmpty {
                parts[Part(queue: queue), default: []] += ids.indices.filter { wanted.contains(ids[$0]) }
            }
            return parts
        }

        private mutating func go(through parts: [Part: [Int]]) async throws(StoreError) {
            var parts = parts
            for _ in 0..<Self.rounds {
                guard !parts.isEmpty else { return }
                parts = try await round(parts)
            }
            throw failure(
                StoreError(.conflict, "a job goes from worker to worker too fast to be stopped; try again"))
        }

        /// - Returns: what has to go out once more.
        private mutating func round(_ parts: [Part: [Int]]) async throws(StoreError) -> [Part: [Int]] {
            var sent: [(part: Part, places: ArraySlice<Int>)] = []
            var commands: [RedisCommand] = []
            for (part, places) in parts {
                let worker =
                    if let session = part.session { try await core.workerIfKnown(session) } else { String?.none }
                for start in stride(from: 0, to: places.count, by: Self.width) {
                    let chunk = places[start..<min(start + Self.width, places.count)]
                    sent.append((part, chunk))
                    commands.append(command(part, worker, chunk))
                }
            }
            let results = await core.sendDurably(commands)
            hasWritten = hasWritten || results.contains { if case .success = $0 { true } else { false } }
            var again: [Part: [Int]] = [:]
            for ((part, places), result) in zip(sent, results) {
                let reply: RESPToken
                do throws(StoreError) {
                    reply = try result.get()
                } catch {
                    throw failure(error)
                }
                guard let said = reply.elements.map({ $0.compactMap(\.text) }), said.count == places.count else {
                    throw .unreadable("a change of jobs")
                }
                for (place, word) in zip(places, said) {
                    if word.first == "S" {
                        let session = SessionID(rawValue: String(word.dropFirst()))
                        again[Part(queue: part.queue, session: session), default: []].append(place)
                    } else if let answer = ChangeAnswer(word) {
                        answers[place] = answer
                    } else {
                        throw .unreadable("a change of jobs")
                    }
                }
            }
            return again
        }

        private func command(_ part: Part, _ worker: String?, _ places: ArraySlice<Int>) -> RedisCommand {
            core.command(Scripts.change, on: part.queue, session: part.session) { arguments in
                arguments.append(change.kind)
                arguments.append(change.with)
                arguments.append(part.session?.rawValue ?? "")
                arguments.append(worker ?? "")
                for place in places {
                    arguments.append(job: ids[place])
                    arguments.append(attempts[ids[place]] ?? 0)
                }
            }
        }

        /// What is thrown for `error`: after the first write, nobody can say that nothing was written.
        private func failure(_ error: StoreError) -> StoreError {
            guard hasWritten, error.code != .outcomeUnknown else { return error }
            return StoreError(.outcomeUnknown, "some of the jobs were changed, others not: \(error.message)")
        }
    }

    extension ChangeAnswer {
        /// What ``Scripts/change`` says of a job; nil for anything else.
        fileprivate init?(_ word: String) {
            let state = Int(word.dropFirst()).flatMap(JobState.init(rawValue:))
            switch (word.first, state) {
            case ("N", _): self = .notFound
            case ("Q", _): self = .requested
            case ("G", _): self = .done(nil)
            case ("D", let state?): self = .done(state)
            case ("R", let state?): self = .refused(state)
            default: return nil
            }
        }
    }
#endif
