public import OnCue

/// What the conformance suite needs of a store under test. Make a new one for each case.
///
/// ```swift
/// @Test(arguments: Conformance.cases)
/// func keepsTheContract(_ testCase: StoreCase) async throws {
///     try await testCase.run(against: MyFixture())
/// }
/// ```
public protocol StoreFixture: Sendable {
    /// Opens the store of this fixture, which is empty at the first call.
    ///
    /// Where ``keepsData`` is true, a further call opens the same data: after the first store was closed, as a restart
    /// does, or where ``isShared`` is true also while it is open, as a second process does.
    func open(time: any TimeSource) async throws -> any JobStore

    /// Whether the data outlives the store. Cases about restarts are passed over where it does not.
    var keepsData: Bool { get }

    /// Whether several stores can be open on the same data. Cases about several processes are passed over where not.
    var isShared: Bool { get }

    /// Removes what the fixture has left anywhere.
    func cleanUp() async
}

extension StoreFixture {
    public func cleanUp() async {}
}

/// A memory store for each case.
public struct MemoryFixture: StoreFixture {
    public init() {}

    public func open(time: any TimeSource) async throws -> any JobStore { MemoryStore(time: time) }
    public var keepsData: Bool { false }
    public var isShared: Bool { false }
}
