import Dispatch
import OnCue
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// SIGTERM and SIGINT as two steps: the first asks for a graceful end, the second for an end at once.
///
/// They are dealt with on a queue of their own, so that busy handlers cannot delay them.
final class Signals: Sendable {
    private let sources: Mutex<[any DispatchSourceSignal]>

    /// - Parameters:
    ///   - patience: how long after the second signal the process may take before it is ended whatever it does.
    init(
        patience: Duration = .seconds(3), graceful: @escaping @Sendable () -> Void,
        atOnce: @escaping @Sendable () -> Void
    ) {
        let queue = DispatchQueue(label: "oncue.signals", qos: .userInteractive)
        let counter = Counter()
        let receive: @Sendable () -> Void = {
            switch counter.next() {
            case 1: graceful()
            case 2:
                atOnce()
                queue.asyncAfter(deadline: .now() + .microseconds(Int(patience.wholeMicroseconds))) { _exit(1) }
            default: _exit(1)
            }
        }
        sources = Mutex(
            [SIGTERM, SIGINT].map { number in
                #if canImport(Darwin)
                    // There a source does not replace the default action, which ends the process.
                    signal(number, SIG_IGN)
                #endif
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler(handler: receive)
                source.resume()
                return source
            })
    }

    /// Listens no more.
    func end() {
        sources.withLock { sources in
            for source in sources { source.cancel() }
            sources = []
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }
}
