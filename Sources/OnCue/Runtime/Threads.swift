#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Starts a thread that nobody joins and that runs `body` once.
func startDetachedThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body)).toOpaque()
    // By pointer: optimised builds see the type's initializer in a C module of a dependency and refuse it.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_attr_init(attributes)
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    // The system's default for such threads differs from 512 KiB to 8 MiB; handlers may decode deep structures.
    pthread_attr_setstacksize(attributes, 4 << 20)
    #if canImport(Darwin)
        var thread: pthread_t?
        let result = pthread_create(&thread, attributes, { runThreadStart($0) }, start)
    #else
        var thread = pthread_t()
        // A thread's argument is null only if null was given.
        let result = pthread_create(&thread, attributes, { runThreadStart($0!) }, start)
    #endif
    pthread_attr_destroy(attributes)
    precondition(result == 0, "The system has no thread left to give (error \(result)); see `ulimit -u`.")
}

/// The processors that this process may use.
var processorCount: Int {
    max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}

private final class ThreadStart {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

private func runThreadStart(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    #if canImport(Darwin)
        pthread_setname_np(start.name)
    #else
        // Glibc hides its function for this from Swift.
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        if file >= 0 {
            let name = Array(start.name.utf8.prefix(15))
            _ = write(file, name, name.count)
            close(file)
        }
    #endif
    start.body()
    return nil
}
