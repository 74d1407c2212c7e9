public import Testing

/// What a store owes its users, case by case. Each store's tests run all of them.
public enum Conformance {
    public static let cases: [StoreCase] =
        enqueueCases + uniqueCases + claimCases + claimOrderCases + waitCases + settleCases + sessionCases
        + noteCases + changeCases + queueCases + searchCases + eventCases
        + documentCases + auditCases + maintenanceCases + payloadCases + restartCases + sharingCases
}

/// One promise of the store contract, and how it is checked.
public struct StoreCase: Sendable, CustomTestStringConvertible {
    /// The promise, in a sentence.
    public let name: String
    /// What else the store under test has to offer.
    public let need: Need
    private let body: @Sendable (Scene) async throws -> Void

    public enum Need: Sendable {
        case nothing
        /// The data outlives the store.
        case restart
        /// Several stores on the same data.
        case sharing
    }

    init(_ name: String, needs need: Need = .nothing, _ body: @escaping @Sendable (Scene) async throws -> Void) {
        self.name = name
        self.need = need
        self.body = body
    }

    public var testDescription: String { name }

    /// Checks the promise on a store of `fixture`, and closes it. A case that needs what the fixture does not offer
    /// passes.
    public func run(against fixture: any StoreFixture) async throws {
        switch need {
        case .nothing: break
        case .restart: guard fixture.keepsData else { return }
        case .sharing: guard fixture.isShared else { return }
        }
        let scene = try await Scene(fixture: fixture)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(scene))
        } catch {
            result = .failure(error)
        }
        await scene.close()
        await fixture.cleanUp()
        try result.get()
    }
}
