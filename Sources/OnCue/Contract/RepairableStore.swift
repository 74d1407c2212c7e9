/// A store that can mend what is damaged in it or was left behind.
public protocol RepairableStore: JobStore {
    /// Looks the whole store over, and mends what it can. Safe while others work with the store.
    ///
    /// - Parameter dryRun: only says what it would mend.
    /// - Returns: a finding for each kind of damage (warnings where it was mended, problems where not), or one that all is
    ///   well.
    func repair(dryRun: Bool) async throws(StoreError) -> [StoreFinding]
}
