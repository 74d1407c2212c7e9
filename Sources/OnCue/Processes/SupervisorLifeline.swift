import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a process that a ``Supervisor`` started knows of it.
public struct SupervisedChild: Hashable, Sendable {
    /// Holds the copy's number, from 0, in the environment of a supervised process.
    public static let variable = "ONCUE_SUPERVISED"

    /// The copy's number, from 0.
    public var index: Int

    public init(index: Int) {
        self.index = index
    }

    /// This process, if a supervisor started it.
    public static var current: SupervisedChild? {
        guard let text = getenv(variable), let index = Int(String(cString: text)), index >= 0 else { return nil }
        return SupervisedChild(index: index)
    }

    /// Makes the process end when its supervisor does, even by kill -9: it then sends itself SIGTERM, which begins a
    /// graceful shutdown, and if it is still there after the grace, it exits with status 1.
    ///
    /// To be called once, early. Standard input belongs to this from then on.
    ///
    /// - Parameter grace: default 35 s.
    public func watch(grace: Duration = .seconds(35)) {
        let microseconds = Int(clamping: max(0, grace.wholeMicroseconds))
        // A queue of one's own has a thread of its own while it works; it waits in `read` for the whole life.
        DispatchQueue(label: "oncue.lifeline").async {
            Self.waitForEnd()
            kill(getpid(), SIGTERM)
            DispatchQueue(label: "oncue.lifeline.grace").asyncAfter(deadline: .now() + .microseconds(microseconds)) {
                exit(1)
            }
        }
    }

    private static func waitForEnd() {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count > 0 || (count < 0 && errno == EINTR) { continue }
            return
        }
    }
}
