import OnCueTesting
import Synchronization
import Testing

@testable import OnCue

@Suite struct TimerQueueTests {
    @Test func dueThingsComeInOrder() {
        var queue = TimerQueue<String>()
        _ = queue.add(at: 30, "c")
        let second = queue.add(at: 20, "b")
        _ = queue.add(at: 10, "a")
        _ = queue.add(at: 10, "a2")
        #expect(queue.next == 10)
        let removed = queue.remove(second)
        #expect(removed == "b")
        let again = queue.remove(second)
        #expect(again == nil)
        var due: [String] = []
        while let action = queue.popDue(at: 25) { due.append(action) }
        #expect(due == ["a", "a2"])
        #expect(queue.next == 30)
        #expect(queue.count == 1)
    }

    @Test(arguments: 0..<10)
    func randomUseIsAsASortedList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = TimerQueue<Int>()
        var model: [(id: UInt64, at: Int64, value: Int)] = []
        var now: Int64 = 0
        for value in 0..<3_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let at = now + Int64.random(in: 0..<500, using: &random)
                model.append((queue.add(at: at, value), at, value))
            case 6..<9:
                guard let index = model.indices.randomElement(using: &random) else { continue }
                let removed = queue.remove(model[index].id)
                #expect(removed == model[index].value)
                model.remove(at: index)
            default:
                now += Int64.random(in: 0..<200, using: &random)
                var due: [Int] = []
                while let action = queue.popDue(at: now) { due.append(action) }
                let expected = model.filter { $0.at <= now }.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
                #expect(due == expected.map(\.value))
                model.removeAll { $0.at <= now }
            }
            #expect(queue.count == model.count)
            #expect(queue.next == model.map(\.at).min())
        }
    }
}

@Suite struct ThreadExecutorTests {
    @Test func tasksAndTimersRunOnItsThread() async throws {
        let executor = ThreadExecutor(name: "test")
        defer { executor.retire() }
        let order = Log<Int>()
        let start = Uptime.now()
        // From its own thread, so that nothing comes between.
        executor.post {
            _ = executor.schedule(at: start + 30_000_000) { order.add(3) }
            let dropped = executor.schedule(at: start + 10_000_000) { order.add(0) }
            executor.cancel(dropped)
            _ = executor.schedule(at: start + 20_000_000) { order.add(2) }
            order.add(1)
        }
        await Task(executorPreference: executor) { await executor.sleep(until: start + 40_000_000) }.value
        #expect(Uptime.now() - start >= 40_000_000)
        try await eventually { order.all == [1, 2, 3] }
    }

    @Test func aCancelledSleepEndsAtOnce() async throws {
        let executor = ThreadExecutor(name: "test")
        defer { executor.retire() }
        let task = Task(executorPreference: executor) { await executor.sleep(for: .seconds(600)) }
        task.cancel()
        await task.value
        // Also one that was cancelled before it began.
        let late = Task(executorPreference: executor) {
            withUnsafeCurrentTask { $0?.cancel() }
            await executor.sleep(for: .seconds(600))
        }
        await late.value
    }

    @Test func growsByOneForAThreadThatIsKept() async throws {
        let executor = ThreadExecutor(name: "test", threads: 1)
        defer { executor.retire() }
        let isOpen = Atomic<Bool>(false)
        let ran = Log<Int>()
        executor.post { while !isOpen.load(ordering: .relaxed) {} }
        executor.post { ran.add(1) }
        try await Task.sleep(for: .milliseconds(20))
        #expect(ran.count == 0)
        executor.grow()
        try await eventually { ran.count == 1 }
        isOpen.store(true, ordering: .relaxed)
        executor.shrink()
        executor.post { ran.add(2) }
        try await eventually { ran.count == 2 }
    }

    @Test func workAfterItsEndStillRuns() async throws {
        let executor = ThreadExecutor(name: "test")
        await Task(executorPreference: executor) {}.value
        executor.retire()
        for _ in 0..<10 { await Task(executorPreference: executor) {}.value }
        let ran = Log<Int>()
        _ = executor.schedule(at: Uptime.now() + 1_000_000) { ran.add(1) }
        try await eventually { ran.count == 1 }
    }

    /// Many tasks from everywhere: none is lost, none runs twice.
    @Test func nothingIsLost() async throws {
        let executor = ThreadExecutor(name: "test", threads: 4)
        defer { executor.retire() }
        let count = Log<Int>()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<2_000 {
                group.addTask(executorPreference: index.isMultiple(of: 2) ? executor : nil) {
                    count.add(index)
                    await Task(executorPreference: executor) { count.add(index) }.value
                    await executor.sleep(until: Uptime.now() + 100_000)
                    count.add(index)
                }
            }
        }
        #expect(count.count == 6_000)
    }

    @Test func aBellIsHeardOnce() async throws {
        let bell = Doorbell()
        bell.ring()
        bell.ring()
        await bell.wait()
        let heard = Log<Int>()
        let waiting = Task {
            await bell.wait()
            heard.add(1)
        }
        try await Task.sleep(for: .milliseconds(20))
        #expect(heard.count == 0)
        bell.ring()
        await waiting.value
        #expect(heard.count == 1)
    }
}
