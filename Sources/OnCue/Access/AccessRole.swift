/// What an API key is for. The table of what each role may do is ``allows(_:)``.
public enum AccessRole: String, Sendable, CaseIterable, Codable {
    case viewer
    case producer
    case worker
    case `operator`
    case admin

    /// How far a permission goes.
    public enum Reach: Sendable {
        case nothing
        /// The jobs that the same key has submitted.
        case own
        case everything
    }

    public func allows(_ permission: Permission) -> Reach {
        switch (self, permission) {
        case (.viewer, .read): .everything
        case (.producer, .read), (.producer, .submit): .everything
        case (.producer, .cancel): .own
        case (.worker, .read), (.worker, .work): .everything
        case (.operator, .read), (.operator, .submit), (.operator, .cancel), (.operator, .operate): .everything
        case (.admin, _): .everything
        case (.viewer, _), (.producer, _), (.worker, _), (.operator, _): .nothing
        }
    }

    /// In a few words, for people who choose one.
    public var summary: String {
        switch self {
        case .viewer: "reads"
        case .producer: "reads, submits jobs, waits for them and cancels its own"
        case .worker: "reads, opens sessions, claims and settles jobs"
        case .operator: "reads, submits, and does everything to jobs, queues and schedules"
        case .admin: "may do everything, keys and the audit log included"
        }
    }
}
