import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A thread that looks at the clock while someone waits: due times and ends of waits do not depend on any pool.
///
/// It starts with the first wait and ends by itself a little after the last.
final class MemoryClockThread: Sendable {
    /// The longest sleep: how late a jump of the wall clock may be noticed.
    private static let longest: Duration = .milliseconds(250)
    /// How long it stays when nobody waits any more.
    private static let linger: Duration = .seconds(2)

    private let bell = DispatchSemaphore(value: 0)
    /// Looks at the clock; how long nothing will happen by the clock alone, nil when nobody waits, and whether to stay.
    private let look: @Sendable (_ hasLingered: Bool) -> Next

    enum Next {
        case sleep(Duration)
        case idle
        case end
    }

    init(look: @escaping @Sendable (_ hasLingered: Bool) -> Next) {
        self.look = look
    }

    /// Something changed that may make it due earlier.
    func ring() {
        bell.signal()
    }

    func start() {
        let thread = Unmanaged.passRetained(self).toOpaque()
        #if canImport(Darwin)
            var handle: pthread_t?
        #else
            var handle = pthread_t()
        #endif
        let failure = pthread_create(&handle, nil, runMemoryClockThread, thread)
        precondition(failure == 0, "the system gave no thread for the memory store's clock (error \(failure))")
        #if canImport(Darwin)
            if let handle { pthread_detach(handle) }
        #else
            pthread_detach(handle)
        #endif
    }

    fileprivate func run() {
        var hasLingered = false
        while true {
            switch look(hasLingered) {
            case .end: return
            case .idle:
                hasLingered = bell.wait(timeout: .now() + Self.linger.dispatch) == .timedOut
            case .sleep(let time):
                hasLingered = false
                _ = bell.wait(timeout: .now() + min(time, Self.longest).dispatch)
            }
        }
    }
}

#if canImport(Darwin)
    private func runMemoryClockThread(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<MemoryClockThread>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#else
    private func runMemoryClockThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let argument { Unmanaged<MemoryClockThread>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
    }
#endif

extension Duration {
    fileprivate var dispatch: DispatchTimeInterval {
        .microseconds(Int(clamping: Swift.max(0, wholeMicroseconds)))
    }
}
