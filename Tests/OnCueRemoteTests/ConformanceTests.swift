#if Server
    import OnCueTesting
    import Testing

    // One case at a time: hundreds at once keep each other waiting for longer than a call may take.

    @Suite(.serialized) struct MemoryConformanceTests {
        @Test(arguments: Conformance.cases)
        func keepsTheContractOverAServedMemoryStore(_ testCase: StoreCase) async throws {
            try await testCase.run(against: try ServedFixture(.memory))
        }
    }

    @Suite(.serialized) struct SQLiteConformanceTests {
        @Test(arguments: Conformance.cases)
        func keepsTheContractOverAServedSQLiteStore(_ testCase: StoreCase) async throws {
            try await testCase.run(against: try ServedFixture(.sqlite))
        }
    }
#endif
