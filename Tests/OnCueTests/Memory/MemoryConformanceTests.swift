import OnCueTesting
import Testing

@Suite struct MemoryConformanceTests {
    @Test(arguments: Conformance.cases)
    func keepsTheContract(_ testCase: StoreCase) async throws {
        try await testCase.run(against: MemoryFixture())
    }
}
