/// Why a job is where it is, in words, with what to do about it.
public struct JobExplanation: Hashable, Sendable {
    public struct Reason: Hashable, Sendable {
        /// Which reason it is, for programs. New ones may come.
        public enum Kind: String, Sendable {
            case notFound = "not_found"
            case completed
            case dead
            case cancelled
            case running
            case workerSilent = "worker_silent"
            case cancelRequested = "cancel_requested"
            case delayed
            case retrying
            case blocked
            case queuePaused = "queue_paused"
            case noWorker = "no_worker"
            case noHandler = "no_handler"
            case queueNotServed = "queue_not_served"
            case workersBusy = "workers_busy"
            case suspect
            case waitsItsTurn = "waits_its_turn"
            case expired
            case expires
            case aboutToStart = "about_to_start"
        }

        public var kind: Kind
        /// One or two sentences.
        public var summary: String
        /// What to do, with a command to type where there is one; nil when there is nothing to be done.
        public var cure: String?

        public init(_ kind: Kind, _ summary: String, cure: String? = nil) {
            self.kind = kind
            self.summary = summary
            self.cure = cure
        }
    }

    public var id: JobID
    /// Nil when there is no such job.
    public var state: JobState?
    /// The one that matters first comes first; never empty.
    public var reasons: [Reason]

    public init(id: JobID, state: JobState?, reasons: [Reason]) {
        self.id = id
        self.state = state
        self.reasons = reasons
    }
}

extension JobClient {
    /// Says in words why a job is where it is: why it does not run, or how it ended.
    public func why(_ id: JobID) async throws(StoreError) -> JobExplanation {
        guard let job = try await job(id) else {
            return JobExplanation(id: id, state: nil, reasons: [JobExplanation.notFound(id)])
        }
        var ahead: JobCount?
        if job.state == .pending {
            ahead = try await store.count(
                JobFilter(states: [.pending], queue: job.queue, createdBefore: job.createdAt), upTo: 1_000)
        }
        let sessions = try await store.sessions()
        let reasons = JobExplanation.explain(
            job: job, queue: try await queue(job.queue), sessions: sessions,
            gone: Set(sessions.filter { $0.standing == .open && $0.process.isCertainlyGone }.map(\.id)),
            ahead: ahead, now: try await store.now())
        return JobExplanation(id: id, state: job.state, reasons: reasons)
    }
}

// MARK: - The reasons, from what is known alone

extension JobExplanation {
    /// - Parameters:
    ///   - queue: the job's queue, nil when nothing is known of it.
    ///   - sessions: every session that the store lists.
    ///   - gone: those among them whose process is certainly gone.
    ///   - ahead: how many jobs of the queue were enqueued before and are pending, too.
    ///   - now: the store's clock.
    public static func explain(
        job: JobRecord, queue: QueueInfo?, sessions: [SessionInfo], gone: Set<SessionID> = [], ahead: JobCount? = nil,
        now: Timestamp
    ) -> [Reason] {
        switch job.state {
        case .completed: return [completed(job)]
        case .dead: return [dead(job)]
        case .cancelled: return [cancelled(job)]
        case .running: return running(job, sessions: sessions, gone: gone, now: now)
        case .blocked: return [Reason(.blocked, "It waits for other jobs to end.")] + expiry(job, now: now)
        case .delayed, .retrying, .pending: break
        }
        var reasons: [Reason] = []
        if job.state == .delayed { reasons.append(delayed(job, now: now)) }
        if job.state == .retrying { reasons.append(retrying(job, now: now)) }
        reasons += expiry(job, now: now)
        if queue?.isPaused == true {
            reasons.append(
                Reason(
                    .queuePaused, "The queue '\(job.queue)' is paused: nothing of it is started.",
                    cure: "oncue queues resume \(job.queue)"))
        }
        reasons += workers(
            for: job, live: sessions.filter { $0.isLive(at: now) && !gone.contains($0.id) },
            silent: sessions.count { $0.standing == .open && (!$0.isLive(at: now) || gone.contains($0.id)) })
        guard job.state == .pending else { return reasons }
        if job.lostWorkers > 0 {
            reasons.append(
                Reason(
                    .suspect,
                    "\(times(job.lostWorkers)) the worker that ran it was lost. A process runs only one such job at "
                        + "a time, so that a job that kills its process is found out; it may wait for another such.",
                    cure: "oncue jobs show \(job.id) shows how its attempts ended"))
        }
        if let ahead, ahead.count > 0 {
            let number = ahead.isExact ? "\(ahead.count)" : "more than \(ahead.count)"
            reasons.append(
                Reason(
                    .waitsItsTurn,
                    "\(number) pending \(ahead.count == 1 && ahead.isExact ? "job was" : "jobs were") enqueued before "
                        + "it in '\(job.queue)'; its priority is \(job.priority.name), and higher ones go first.",
                    cure: "oncue jobs edit \(job.id) --priority critical"))
        }
        if reasons.allSatisfy({ $0.kind == .expires }) {
            reasons.insert(
                Reason(.aboutToStart, "It is due and a worker is free: it should start within a second."), at: 0)
        }
        return reasons
    }

    static func notFound(_ id: JobID) -> Reason {
        Reason(
            .notFound,
            "There is no job \(id) in this store: it was never enqueued here, was deleted, or ended longer ago than "
                + "finished jobs are kept.",
            cure: "oncue doctor shows which store this is; oncue jobs list shows what is in it")
    }

    // MARK: Ended

    private static func completed(_ job: JobRecord) -> Reason {
        var text = "It has completed"
        if let finished = job.finishedAt {
            text += " at \(finished)"
            if let started = job.startedAt { text += ", after a run of \(rough(finished - started))" }
        }
        if job.attempt > 1 { text += ", at attempt \(job.attempt)" }
        return Reason(.completed, text + ".")
    }

    private static func dead(_ job: JobRecord) -> Reason {
        let error = job.lastError.map { ": \(firstLine($0))" } ?? ""
        let again = "oncue jobs retry \(job.id)"
        switch job.deadReason {
        case .permanent:
            return Reason(
                .dead, "It is dead: its handler said that trying again is of no use\(error)",
                cure: "mend the cause, then: \(again)")
        case .expired:
            let time = job.expiresAt.map { " by \($0)" } ?? " in the time it was given"
            return Reason(.dead, "It is dead: it was not started\(time).", cure: "to run it after all: \(again)")
        case .workerLost:
            return Reason(
                .dead, "It is dead: its last attempts each lost the worker that ran them\(error)",
                cure: "see the worker's log and memory for why its process ended, then: \(again)")
        case .attemptsExhausted, nil:
            let count = job.attempt == 1 ? "its only attempt" : "each of its \(job.attempt) attempts"
            return Reason(
                .dead, "It is dead: \(count) has failed, the last with\(error.isEmpty ? " no message" : error)",
                cure: "mend the cause, then: \(again)")
        }
    }

    private static func cancelled(_ job: JobRecord) -> Reason {
        let time = job.finishedAt.map { " at \($0)" } ?? ""
        let reason = job.cancelReason.map { ": \(firstLine($0))" } ?? "."
        return Reason(
            .cancelled, "It was cancelled\(time)\(reason)", cure: "to run it after all: oncue jobs retry \(job.id)")
    }

    // MARK: Running

    private static func running(
        _ job: JobRecord, sessions: [SessionInfo], gone: Set<SessionID>, now: Timestamp
    ) -> [Reason] {
        let session = sessions.first { $0.id == job.session }
        let worker = session?.worker ?? job.worker ?? "unknown"
        var text = "It runs on the worker \(worker)"
        if let started = job.startedAt { text += " since \(rough(now - started))" }
        text += ": attempt \(job.attempt)" + (job.options.maxAttempts.map { " of \($0)" } ?? "")
        if let progress = job.progress {
            text += ", \(Int((min(1, max(0, progress)) * 100).rounded())) % done"
            if let message = job.progressMessage { text += " (\(firstLine(message)))" }
        }
        var reasons = [Reason(.running, text + ".")]
        if let session, gone.contains(session.id) {
            reasons.append(
                Reason(
                    .workerSilent,
                    "The process of \(worker) is gone; another worker takes the job over within seconds.",
                    cure: "if no worker is left: oncue workers prune"))
        } else if session.map({ !$0.isLive(at: now) }) ?? true {
            let silence =
                session.map { "for \(rough(now - $0.renewedAt)), its lease is \($0.lease.text)" } ?? "for long"
            reasons.append(
                Reason(
                    .workerSilent,
                    "The worker \(worker) has not been heard of \(silence): another worker takes the job over soon.",
                    cure: "if no worker is left: oncue workers prune"))
        }
        if job.isCancelRequested {
            let why = job.cancelReason.map { " (\(firstLine($0)))" } ?? ""
            reasons.append(
                Reason(
                    .cancelRequested,
                    "It has been told to stop\(why) and ends as cancelled when its handler heeds that.",
                    cure: "to give it up at once: oncue jobs cancel \(job.id) --force"))
        }
        return reasons
    }

    // MARK: Waiting

    private static func delayed(_ job: JobRecord, now: Timestamp) -> Reason {
        Reason(
            .delayed, "It is delayed \(until(job.dueAt, now: now)).", cure: "to run it now: oncue jobs retry \(job.id)")
    }

    private static func retrying(_ job: JobRecord, now: Timestamp) -> Reason {
        let error = job.lastError.map { ": \(firstLine($0))" } ?? "."
        return Reason(
            .retrying,
            "It waits \(until(job.dueAt, now: now)) to be tried again. Attempt \(job.attempt) has failed\(error)",
            cure: "to run it now: oncue jobs retry \(job.id)")
    }

    private static func expiry(_ job: JobRecord, now: Timestamp) -> [Reason] {
        guard let expires = job.expiresAt else { return [] }
        if expires <= now {
            return [
                Reason(
                    .expired,
                    "It was not started by \(expires) and has expired: it goes to the dead letters within seconds, and "
                        + "no worker takes it.")
            ]
        }
        return [
            Reason(
                .expires, "If it is not started by \(expires), in \(rough(expires - now)), it goes to the dead letters."
            )
        ]
    }

    private static func workers(for job: JobRecord, live: [SessionInfo], silent: Int) -> [Reason] {
        guard !live.isEmpty else {
            let others = silent == 0 ? "" : " (\(silent) went silent)"
            return [
                Reason(
                    .noWorker, "No live worker is connected to this store\(others).",
                    cure: "start one: oncue work, or oncue serve")
            ]
        }
        let serving = live.filter { $0.queues.isEmpty || $0.queues.contains(job.queue) }
        let handling = live.filter { $0.names.contains(job.name) }
        var reasons: [Reason] = []
        if handling.isEmpty {
            let known = Set(live.flatMap(\.names)).sorted()
            let list = known.prefix(8).map(\.rawValue).joined(separator: ", ") + (known.count > 8 ? ", …" : "")
            reasons.append(
                Reason(
                    .noHandler,
                    "No live worker has a handler for '\(job.name)'. "
                        + (known.isEmpty ? "They have none at all." : "They have: \(list)."),
                    cure: "register it with worker.on(\"\(job.name)\"), or name it in the file given to "
                        + "oncue work --handlers FILE"))
        }
        if serving.isEmpty {
            reasons.append(
                Reason(
                    .queueNotServed, "No live worker serves the queue '\(job.queue)'.",
                    cure: "oncue work --queues \(job.queue)"))
        }
        guard reasons.isEmpty else { return reasons }
        let able = serving.filter { $0.names.contains(job.name) }
        if able.isEmpty {
            return [
                Reason(
                    .queueNotServed,
                    "The live workers that have a handler for '\(job.name)' do not serve the queue '\(job.queue)'.",
                    cure: "add the queue to what they serve: oncue work --queues …,\(job.queue)")
            ]
        }
        guard job.state == .pending, able.allSatisfy({ $0.held >= $0.concurrency }) else { return [] }
        let slots = able.reduce(0) { $0 + $1.concurrency }
        let who = able.count == 1 ? "The one live worker" : "All \(able.count) live workers"
        return [
            Reason(
                .workersBusy,
                "\(who) that could run it \(able.count == 1 ? "is" : "are") busy: \(slots) slots, all taken.",
                cure: "start another worker, or give them more slots: oncue work --concurrency N")
        ]
    }

    // MARK: Words

    private static func until(_ due: Timestamp?, now: Timestamp) -> String {
        guard let due else { return "for a while" }
        return due > now ? "until \(due), in \(rough(due - now))" : "until \(due), which is now"
    }

    private static func times(_ count: Int) -> String {
        count == 1 ? "Once" : count == 2 ? "Twice" : "\(count) times"
    }

    private static func firstLine(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let short = Limits.clipped(line, to: 300)
        return short.utf8.count < text.utf8.count ? short + " …" : short
    }

    /// To the millisecond below a second, to the second above.
    private static func rough(_ span: Duration) -> String {
        let milliseconds = max(0, span.wholeMicroseconds / 1_000)
        return milliseconds < 1_000
            ? Duration.milliseconds(milliseconds).text : Duration.seconds((milliseconds + 500) / 1_000).text
    }
}
