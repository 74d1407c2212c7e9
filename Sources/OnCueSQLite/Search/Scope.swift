#if SQLite
import OnCue

/// Which lanes a filter can mean and how many jobs they have in its states, by the kept counts.
struct Scope {
    /// Nil: all.
    var lanes: Set<Int64>?
    var population = 0
    var total = 0

    /// Jobs that are gathered and sorted, instead of walking over all, when so few can be meant.
    private static let gatherBound = 5_000

    var isSmall: Bool { population <= Self.gatherBound && population < total / 20 }
}

extension Ledger {
    func scope(of filter: JobFilter) throws(StoreError) -> Scope {
        let isNarrow = filter.queue != nil || filter.name != nil
        var scope = Scope(lanes: isNarrow ? [] : nil)
        let statement = try occasional(
            """
            SELECT l.id, q.name, l.name, state0, state1, state2, state3, state4, state5, state6, state7
            FROM oncue_lanes l JOIN oncue_queues q ON q.id = l.queue
            """)
        while try statement.step() {
            var meant = 0
            for state in JobState.allCases {
                let count = Int(statement.integer(Int32(3 + state.rawValue)))
                scope.total += count
                if filter.states.isEmpty || filter.states.contains(state) { meant += count }
            }
            if let queue = filter.queue, queue.rawValue != statement.text(1) { continue }
            if let name = filter.name, !JobFilter.matches(pattern: name, text: statement.text(2)) { continue }
            if meant > 0 { scope.lanes?.insert(statement.integer(0)) }
            scope.population += meant
        }
        return scope
    }

    /// The ids of the few jobs in a scope, in order, by the indexes of their states.
    func gather(
        _ filter: JobFilter, _ scope: Scope, order: JobOrder, after start: JobID?
    ) throws(StoreError) -> [JobID] {
        var ids: [JobID] = []
        for state in JobState.allCases where filter.states.isEmpty || filter.states.contains(state) {
            for statement in try sources(of: state, in: scope) {
                while try statement.step() {
                    guard scope.lanes?.contains(statement.integer(1)) ?? true else { continue }
                    let id = try statement.id(0)
                    if let start {
                        guard order == .oldestFirst ? id > start : id < start else { continue }
                    }
                    ids.append(id)
                }
            }
        }
        return order == .oldestFirst ? ids.sorted() : ids.sorted(by: >)
    }

    /// Statements that find the jobs in a state, each with its parameters bound.
    private func sources(of state: JobState, in scope: Scope) throws(StoreError) -> [Statement] {
        func bound<each Value: Bindable>(
            _ sql: String, _ value: repeat each Value
        ) throws(StoreError) -> Statement {
            let statement = try connection.prepare(sql)
            statement.bind(values: repeat each value)
            return statement
        }
        switch state {
        case .pending:
            var sources: [Statement] = []
            for lane in try numbers("SELECT id FROM oncue_lanes WHERE state2 > 0")
            where scope.lanes?.contains(lane) ?? true {
                sources.append(try bound("SELECT id, lane FROM oncue_jobs WHERE lane = ? AND state = 2", lane))
            }
            return sources
        case .running:
            return [try bound("SELECT id, lane FROM oncue_jobs INDEXED BY oncue_jobs_running WHERE state = 3")]
        case .delayed, .retrying:
            return [
                try bound(
                    "SELECT id, lane FROM oncue_jobs INDEXED BY oncue_jobs_due WHERE state IN (1, 4) AND state = ?",
                    state)
            ]
        case .completed, .dead, .cancelled:
            var sources = [
                try bound("SELECT id, lane FROM oncue_jobs WHERE retain IS NOT NULL AND state = ?", state)
            ]
            for queue in try numbers("SELECT id FROM oncue_queues") {
                sources.append(
                    try bound(
                        """
                        SELECT id, lane FROM oncue_jobs
                        WHERE queue = ? AND state = ? AND finished IS NOT NULL AND retain IS NULL
                        """, queue, state))
            }
            return sources
        case .blocked:
            guard try !numbers("SELECT 1 FROM oncue_lanes WHERE state0 > 0 LIMIT 1").isEmpty else { return [] }
            return [try bound("SELECT id, lane FROM oncue_jobs WHERE state = ?", state)]
        }
    }

    private func numbers(_ sql: String) throws(StoreError) -> [Int64] {
        let statement = try occasional(sql)
        var numbers: [Int64] = []
        while try statement.step() { numbers.append(statement.integer(0)) }
        return numbers
    }
}
#endif
