import OnCue
import OnCuePrometheus
import OnCueTesting
import Testing

/// Whatever is asked of an observed store is answered by the one underneath.
@Suite struct ObservedStoreTests {
    private struct Fixture: StoreFixture {
        let metrics: PrometheusMetrics?

        func open(time: any TimeSource) async throws -> any JobStore {
            ObservedStore(MemoryStore(time: time), factory: metrics)
        }

        var keepsData: Bool { false }
        var isShared: Bool { false }
    }

    @Test(arguments: Conformance.cases)
    func keepsTheContract(_ testCase: StoreCase) async throws {
        try await testCase.run(against: Fixture(metrics: PrometheusMetrics()))
    }

    @Test func errorsAndWaitsAreToldApart() async throws {
        let metrics = PrometheusMetrics()
        let store = ObservedStore(MemoryStore(), factory: metrics)
        await #expect(throws: StoreError.self) { _ = try await store.renew(SessionID(rawValue: "none")) }
        let session = try await store.openSession(
            SessionOpening(
                worker: "w", process: .current, lease: .seconds(30), names: ["a"], queues: [], concurrency: 1))
        _ = try await store.renew(session)
        let id = try await JobClient(store).enqueue(NewJob("a")).id
        #expect(try await store.outcome(of: id, wait: .milliseconds(5))?.state == .pending)
        #expect(try await store.outcome(of: id, wait: .zero)?.state == .pending)
        let text = try PrometheusReading(metrics.text())
        #expect(text["oncue_store_call_errors_total", ["call": "renew"]] == 1)
        #expect(text["oncue_store_call_duration_seconds_count", ["call": "renew"]] == 2)
        #expect(text["oncue_lease_renewals_total", [:]] == 1)
        #expect(text["oncue_store_call_duration_seconds_count", ["call": "outcome"]] == 1)
    }
}
