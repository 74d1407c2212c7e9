import OnCueTesting
import Testing

@Suite struct MemoryConformanceTests {
    @Test(arguments: Conformance.cases)
    func keepsTheContract(_ testCase: StoreCase) async throws {
        try await testCase.run(against: MemoryFixture())
    }

    @Test(arguments: Conformance.cases.filter { $0.need == .restart || $0.need == .sharing })
    func keepsTheContractOverSeveralHandles(_ testCase: StoreCase) async throws {
        try await testCase.run(against: SharedMemoryFixture())
    }

    @Test func eachCaseHasANameOfItsOwn() {
        #expect(Set(Conformance.cases.map(\.name)).count == Conformance.cases.count)
    }
}
