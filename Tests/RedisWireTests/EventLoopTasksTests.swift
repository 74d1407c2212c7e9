#if Redis
    import NIOCore
    import NIOPosix
    import Synchronization
    import Testing

    @testable import RedisWire

    /// Tasks on an event loop.
    @Suite struct EventLoopTasksTests {
        private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

        @Test("Tasks run on the loop, in the order in which they were given")
        func order() async {
            let tasks = EventLoopTasks(eventLoop)
            let ran = Ran()
            var all: [Task<Void, Never>] = []
            for number in 0..<1_000 {
                all.append(
                    Task(executorPreference: tasks) { [eventLoop] in
                        eventLoop.preconditionInEventLoop()
                        ran.numbers.withLock { $0.append(number) }
                        await Task.yield()
                        eventLoop.preconditionInEventLoop()
                    })
            }
            for task in all { await task.value }
            #expect(ran.numbers.withLock { $0 } == Array(0..<1_000))
        }

        @Test("A task that never rests does not keep the loop from its other work")
        func fairness() async {
            let tasks = EventLoopTasks(eventLoop)
            let ran = Ran()
            let busy = Task(executorPreference: tasks) {
                while ran.numbers.withLock(\.isEmpty) { await Task.yield() }
            }
            eventLoop.scheduleTask(in: .milliseconds(5)) { ran.numbers.withLock { $0.append(1) } }
            await busy.value
        }

        private final class Ran: Sendable {
            let numbers = Mutex<[Int]>([])
        }
    }
#endif
