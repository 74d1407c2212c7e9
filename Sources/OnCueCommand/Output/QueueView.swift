import OnCue

/// Queues as text and as JSON.
enum QueueView {
    static func table(_ queues: [QueueInfo], now: Timestamp) -> Table {
        var table = Table(
            .text("QUEUE"), .right("PENDING"), .right("RUNNING"), .right("DELAYED"), .right("RETRYING"), .right("DEAD"),
            .right("COMPLETED"), .left("OLDEST"), .left("STATE"))
        for queue in queues {
            let dead = queue.count(.dead)
            table.append(
                Table.Cell(queue.name.rawValue, .bold), "\(queue.count(.pending))", "\(queue.count(.running))",
                "\(queue.count(.delayed) + queue.count(.blocked))", "\(queue.count(.retrying))",
                Table.Cell("\(dead)", dead > 0 ? .red : nil), "\(queue.totals.completed)",
                Table.Cell(queue.oldestPendingSince.map { Wording.rough(now - $0) } ?? "-"),
                Table.Cell(queue.isPaused ? "paused" : "active", queue.isPaused ? .yellow : .faint))
        }
        return table
    }

    static func show(_ queue: QueueInfo, now: Timestamp, output: Output) {
        if output.isJSON { return output.json { JobJSON.write(queue, now: now, to: &$0) } }
        output.line(
            output.colour(queue.name.rawValue, .bold) + (queue.isPaused ? output.colour("  paused", .yellow) : ""))
        for state in JobState.allCases where queue.count(state) > 0 {
            output.line("  \(pad(state.name)) \(queue.count(state))")
        }
        if let since = queue.oldestPendingSince { output.line("  \(pad("oldest")) \(Wording.rough(now - since))") }
        let totals = queue.totals
        output.line(
            "  \(pad("all time")) \(totals.enqueued) enqueued, \(totals.completed) completed, \(totals.retried) retried"
                + ", \(totals.dead) dead, \(totals.cancelled) cancelled")
        show(rows(queue.settings), output: output)
    }

    static func show(_ settings: QueueSettings, output: Output) {
        if output.isJSON { return output.json { JobJSON.write(settings, to: &$0) } }
        output.line(output.colour("Where a queue says nothing", .bold))
        show(rows(settings), output: output)
    }

    private static func show(_ rows: [(String, String)], output: Output) {
        if rows.isEmpty { return output.line("  \(pad("settings")) none of its own") }
        for (name, value) in rows { output.line("  \(pad(name)) \(value)") }
    }

    private static func rows(_ settings: QueueSettings) -> [(String, String)] {
        var rows: [(String, String)] = []
        if let order = settings.order { rows.append(("order", "\(order)")) }
        if let attempts = settings.maxAttempts { rows.append(("attempts", "\(attempts)")) }
        if let backoff = settings.backoff { rows.append(("backoff", text(backoff))) }
        if let timeout = settings.timeout { rows.append(("timeout", timeout == .zero ? "off" : timeout.text)) }
        if let soft = settings.softTimeout { rows.append(("soft timeout", soft == .zero ? "off" : soft.text)) }
        if let waiting = settings.maxWaiting { rows.append(("max waiting", "\(waiting)")) }
        if let policy = settings.retention {
            rows.append(("keeps completed", text(policy.completed)))
            rows.append(("keeps cancelled", text(policy.cancelled)))
            rows.append(("keeps dead", text(policy.dead)))
        }
        return rows
    }

    static func report(_ queues: [QueueName], _ participle: String, output: Output) {
        if output.isJSON {
            return output.json { json in
                json.array { json in
                    for queue in queues {
                        json.object { json in
                            json.field("name", queue.rawValue)
                            json.field(participle, true)
                        }
                    }
                }
            }
        }
        for queue in queues { output.line("queue \(queue) \(participle)") }
    }

    private static func text(_ bound: RetentionPolicy.Bound) -> String { "\(bound.age.text):\(bound.count)" }

    private static func text(_ backoff: Backoff) -> String {
        var text = "\(backoff.strategy.rawValue):\(backoff.initial.text)"
        if backoff.strategy != .constant { text += ":\(backoff.max.text)" }
        if backoff.strategy == .exponential { text += ":\(JobJSON.text { $0.number(backoff.multiplier) })" }
        return text
    }

    private static func pad(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, 16 - text.count))
    }
}
