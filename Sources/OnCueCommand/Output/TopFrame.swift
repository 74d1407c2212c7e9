import OnCue

/// What `oncue top` knows at one moment.
struct TopReading: Sendable {
    var queues: [QueueInfo]
    var workers: [WorkerInfo]
    var now: Timestamp
    var location: String
}

/// One picture of `oncue top`: where the store stands, and what happened since the reading before.
struct TopFrame: Sendable {
    /// Jobs a second.
    struct Rate: Hashable, Sendable {
        var enqueued: Double
        /// Completed, dead and cancelled.
        var finished: Double
        /// Attempts that failed, tried again or not.
        var failed: Double
    }

    let reading: TopReading
    /// Nil in the first picture: there is nothing to compare with.
    let rates: [QueueName: Rate]?

    init(_ reading: TopReading, after previous: TopReading?) {
        self.reading = reading
        guard let previous, reading.now > previous.now else {
            rates = nil
            return
        }
        let seconds = (reading.now - previous.now) / .seconds(1)
        let before = Dictionary(previous.queues.map { ($0.name, $0.totals) }) { first, _ in first }
        rates = Dictionary(
            reading.queues.map { queue in
                let (new, old) = (queue.totals, before[queue.name] ?? QueueTotals())
                // A queue that was removed and made again counts from nothing.
                func perSecond(_ value: (QueueTotals) -> Int) -> Double {
                    Double(max(0, value(new) - value(old))) / seconds
                }
                return (
                    queue.name,
                    Rate(
                        enqueued: perSecond(\.enqueued),
                        finished: perSecond { $0.completed + $0.dead + $0.cancelled },
                        failed: perSecond { $0.dead + $0.retried })
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    var total: Rate? {
        rates?.values.reduce(Rate(enqueued: 0, finished: 0, failed: 0)) {
            Rate(
                enqueued: $0.enqueued + $1.enqueued, finished: $0.finished + $1.finished, failed: $0.failed + $1.failed)
        }
    }

    // MARK: For people

    /// - Parameters:
    ///   - height: lines at most; nil: as many as there are.
    func text(width: Int?, height: Int?, colour: Bool) -> String {
        let live = reading.workers.filter(\.isLive).map(\.session)
        let slots = live.reduce(0) { $0 + $1.concurrency }
        let held = live.reduce(0) { $0 + min($1.held, $1.concurrency) }
        var lines = [
            "oncue".coloured(.bold, on: colour) + "  \(reading.location)"
                + "  \(reading.now)".coloured(.faint, on: colour),
            summary(colour),
            "\(Wording.count(live.count, "worker")), \(held) of \(Wording.count(slots, "slot")) busy",
            "",
        ]
        lines += queueTable.text(width: width, colour: colour).split(separator: "\n").map(String.init)
        lines.append("")
        lines += workerTable.text(width: width, colour: colour).split(separator: "\n").map(String.init)
        guard let height, lines.count > height, height > 1 else { return lines.joined(separator: "\n") }
        let hidden = lines.count - height + 1
        return (lines.prefix(height - 1) + ["… \(Wording.count(hidden, "line")) more"]).joined(separator: "\n")
    }

    private func summary(_ colour: Bool) -> String {
        let states: [JobState] = [.pending, .running, .delayed, .retrying, .dead]
        let counts = states.map { state in
            let count = reading.queues.reduce(0) { $0 + $1.count(state) }
            return "\(count) \(state.name)".coloured(count > 0 ? state.colour : .faint, on: colour)
        }
        let rate = total.map { "   in \(Self.text($0.enqueued))/s   done \(Self.text($0.finished))/s" } ?? ""
        return counts.joined(separator: "  ") + rate
    }

    private var queueTable: Table {
        var table = Table(
            .text("QUEUE"), .right("PENDING"), .right("RUNNING"), .right("DELAYED"), .right("RETRYING"), .right("DEAD"),
            .right("IN/S"), .right("DONE/S"), .right("FAILED/S"), .left("OLDEST"), .left("STATE"))
        // What moves or waits stands first.
        let queues = reading.queues.sorted { (weight($0), $1.name.rawValue) > (weight($1), $0.name.rawValue) }
        for queue in queues {
            let rate = rates?[queue.name]
            table.append(
                Table.Cell(queue.name.rawValue, .bold), "\(queue.count(.pending))",
                Table.Cell("\(queue.count(.running))", queue.count(.running) > 0 ? .cyan : nil),
                "\(queue.count(.delayed) + queue.count(.blocked))", "\(queue.count(.retrying))",
                Table.Cell("\(queue.count(.dead))", queue.count(.dead) > 0 ? .red : nil),
                Table.Cell(Self.text(rate?.enqueued)), Table.Cell(Self.text(rate?.finished)),
                Table.Cell(Self.text(rate?.failed), (rate?.failed ?? 0) > 0 ? .yellow : nil),
                Table.Cell(queue.oldestPendingSince.map { Wording.rough(reading.now - $0) } ?? "-"),
                Table.Cell(queue.isPaused ? "paused" : "active", queue.isPaused ? .yellow : .faint))
        }
        return table
    }

    private func weight(_ queue: QueueInfo) -> Int {
        queue.waiting + queue.count(.running) + Int(rates?[queue.name]?.finished ?? 0)
    }

    private var workerTable: Table {
        var table = Table(
            .text("WORKER", atLeast: 12), .right("BUSY"), .right("SLOTS"), .text("QUEUES"), .left("HEARD OF"))
        for worker in reading.workers where worker.session.standing == .open {
            let session = worker.session
            let queues = session.queues.isEmpty ? "all" : session.queues.map(\.rawValue).joined(separator: ",")
            table.append(
                Table.Cell(session.worker, worker.isLive ? .bold : .red),
                "\(min(session.held, session.concurrency))", "\(session.concurrency)", Table.Cell(queues),
                Table.Cell(
                    Wording.relative(session.renewedAt, to: reading.now), worker.isLive ? .faint : .red))
        }
        return table
    }

    private static func text(_ rate: Double?) -> String {
        guard let rate else { return "-" }
        return rate >= 10 || rate == 0 ? "\(Int(rate.rounded()))" : "\((rate * 10).rounded() / 10)"
    }

    // MARK: For programs

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("at", reading.now)
            json.array("queues") { json in
                for queue in reading.queues {
                    json.object { json in
                        json.field("name", queue.name.rawValue)
                        json.field("paused", queue.isPaused)
                        for state in JobState.allCases { json.field(state.name, queue.count(state)) }
                        guard let rate = rates?[queue.name] else { return }
                        json.field("enqueued_per_second", rate.enqueued)
                        json.field("finished_per_second", rate.finished)
                        json.field("failed_per_second", rate.failed)
                    }
                }
            }
            json.array("workers") { json in
                for worker in reading.workers where worker.session.standing == .open {
                    JobJSON.write(worker, to: &json)
                }
            }
        }
    }
}
