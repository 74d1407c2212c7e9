#if SQLite
    import OnCue
    import Testing

    @testable import OnCueSQLite

    struct StoreCallTests {
        private func waitingCall() -> StoreCall<[Int]> {
            StoreCall(
                writes: true, deadline: .seconds(30),
                waiting: StoreCall.Waiting(until: .seconds(30), probe: { _ in false }, nothing: [])
            ) { _ in nil }
        }

        @Test("A wait that is cancelled while the call runs ends as soon as the call has found nothing")
        func cancelledWhileItRuns() async {
            let call = waitingCall()
            #expect(call.begin())
            call.cancelWait()
            #expect(!call.isOver)
            call.putBack()
            #expect(call.isOver)
            let answer = await withCheckedContinuation { call.attach($0) }
            #expect(answer == .success([]))
        }

        @Test("A wait that is cancelled while the call is queued ends at once, and the call is not run")
        func cancelledWhileItWaits() async {
            let call = waitingCall()
            call.cancelWait()
            #expect(call.isOver)
            #expect(!call.begin())
        }
    }
#endif
