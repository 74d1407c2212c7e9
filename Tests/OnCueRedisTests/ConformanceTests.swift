#if Redis
    import OnCueTesting
    import Testing

    @Suite struct ConformanceTests {
        @Test(arguments: Conformance.cases)
        func keepsTheContract(_ testCase: StoreCase) async throws {
            try await testCase.run(against: try await RedisFixture())
        }

        @Test(arguments: Conformance.cases)
        func keepsTheContractBehindSentinels(_ testCase: StoreCase) async throws {
            try await testCase.run(against: try await RedisFixture(.sentinel))
        }

        @Test(arguments: Conformance.cases)
        func keepsTheContractOnACluster(_ testCase: StoreCase) async throws {
            try await testCase.run(against: try await RedisFixture(.cluster))
        }
    }
#endif
