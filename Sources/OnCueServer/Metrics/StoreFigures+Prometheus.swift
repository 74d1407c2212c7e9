import OnCue
public import OnCuePrometheus

extension StoreFigures {
    /// So many queues are written one by one; the rest is summed up as `other`.
    static let queuesWritten = 1_000

    /// Writes what the store says, as metrics of the whole system rather than of this process.
    public func write(to text: inout PrometheusText) {
        let rows = queueRows
        writeDepths(rows, to: &text)
        writeTotals(rows, to: &text)
        writeWorkers(to: &text)
        text.family("oncue_store_info", .gauge, help: "What the store is; always 1.")
        text.sample(
            "oncue_store_info", [("kind", info.kind), ("schema_version", String(info.schemaVersion))], 1)
        if let size = info.sizeInBytes {
            text.family("oncue_store_size_bytes", .gauge, help: "The size of the store.")
            text.sample("oncue_store_size_bytes", [], size)
        }
    }

    fileprivate struct QueueRow {
        var name: String
        var counts: [JobState: Int]
        var totals: QueueTotals
        var isPaused: Bool
        var oldestPendingSince: Timestamp?
    }

    private var queueRows: [QueueRow] {
        var rows: [QueueRow] = []
        for queue in queues {
            if rows.count < Self.queuesWritten {
                rows.append(
                    QueueRow(
                        name: queue.name.rawValue, counts: queue.counts, totals: queue.totals, isPaused: queue.isPaused,
                        oldestPendingSince: queue.oldestPendingSince))
                continue
            }
            if rows.count == Self.queuesWritten {
                rows.append(QueueRow(name: "other", counts: [:], totals: QueueTotals(), isPaused: false))
            }
            rows[Self.queuesWritten].add(queue)
        }
        return rows
    }

    private func writeDepths(_ rows: [QueueRow], to text: inout PrometheusText) {
        text.family("oncue_queue_jobs", .gauge, help: "Jobs by the state they are in now.")
        for row in rows {
            for state in JobState.allCases {
                text.sample(
                    "oncue_queue_jobs", [("queue", row.name), ("state", state.name)], row.counts[state] ?? 0)
            }
        }
        text.family(
            "oncue_queue_oldest_pending_age_seconds", .gauge,
            help: "For how long the job at the head has been pending; 0 when none is.")
        for row in rows {
            let age = row.oldestPendingSince.map { max(0, (now - $0) / .seconds(1)) } ?? 0
            text.sample("oncue_queue_oldest_pending_age_seconds", [("queue", row.name)], age)
        }
        text.family("oncue_queue_paused", .gauge, help: "1 while the queue is paused.")
        for row in rows { text.sample("oncue_queue_paused", [("queue", row.name)], row.isPaused ? 1 : 0) }
    }

    private func writeTotals(_ rows: [QueueRow], to text: inout PrometheusText) {
        let counters: [(String, String, (QueueTotals) -> Int)] = [
            ("enqueued", "Jobs taken in.", \.enqueued), ("completed", "Jobs that completed.", \.completed),
            ("retried", "Failed attempts that were followed by another.", \.retried),
            ("dead", "Jobs that went to the dead letters.", \.dead), ("cancelled", "Cancelled jobs.", \.cancelled),
        ]
        for (name, help, value) in counters {
            text.family("oncue_queue_\(name)_total", .counter, help: "\(help) Since the queue exists.")
            for row in rows { text.sample("oncue_queue_\(name)_total", [("queue", row.name)], value(row.totals)) }
        }
    }

    private func writeWorkers(to text: inout PrometheusText) {
        let silence = sessions.map { max(0, (now - $0.renewedAt) / .seconds(1)) }.max() ?? 0
        let gauges: [(String, String, Double)] = [
            ("oncue_workers", "Workers that are open.", Double(sessions.count)),
            ("oncue_worker_slots", "Jobs that all workers together can run at once.", Double(slots)),
            ("oncue_worker_jobs_held", "Jobs that workers hold: running and fetched ahead.", Double(held)),
            ("oncue_worker_utilization_ratio", "Jobs held by slots, from 0 to 1.", utilization),
            (
                "oncue_worker_renewal_age_seconds",
                "How long ago the most silent worker said last that it is alive.", silence
            ),
        ]
        for (name, help, value) in gauges {
            text.family(name, .gauge, help: help)
            text.sample(name, [], value)
        }
    }
}

extension StoreFigures.QueueRow {
    fileprivate mutating func add(_ queue: QueueInfo) {
        counts.merge(queue.counts, uniquingKeysWith: +)
        totals.enqueued += queue.totals.enqueued
        totals.completed += queue.totals.completed
        totals.retried += queue.totals.retried
        totals.dead += queue.totals.dead
        totals.cancelled += queue.totals.cancelled
        oldestPendingSince = [oldestPendingSince, queue.oldestPendingSince].compactMap(\.self).min()
    }
}
