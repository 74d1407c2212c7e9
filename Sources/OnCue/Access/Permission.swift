/// What somebody may be allowed to do through a server.
public enum Permission: String, Sendable, CaseIterable {
    /// Look at jobs, queues, workers, events and figures.
    case read
    /// Submit jobs and wait for them.
    case submit
    /// Cancel a job.
    case cancel
    /// Open a session, claim, settle.
    case work
    /// Everything on jobs, queues and schedules.
    case operate
    /// Keys, the store's settings, the audit log.
    case administer
}
