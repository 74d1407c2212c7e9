#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A value behind a lock, with a condition that threads wait on by the monotonic clock.
///
/// `Mutex` has no condition, and the waits of Foundation and Dispatch follow the wall clock, which may jump.
final class Monitor<State: Sendable>: Sendable {
    // Addresses of cells that are made in `init`, freed in `deinit` and never handed out. They are kept as integers
    // since pointers cannot be marked as safe to share: what the first two point to is made for sharing, and the third
    // is touched only under the first.
    private let mutexAddress: UInt
    private let conditionAddress: UInt
    private let stateAddress: UInt

    init(_ state: State) {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        condition.initialize(to: pthread_cond_t())
        #if os(Linux)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #else
            pthread_cond_init(condition, nil)
        #endif
        let cell = UnsafeMutablePointer<State>.allocate(capacity: 1)
        cell.initialize(to: state)
        mutexAddress = UInt(bitPattern: mutex)
        conditionAddress = UInt(bitPattern: condition)
        stateAddress = UInt(bitPattern: cell)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        pthread_cond_destroy(condition)
        condition.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// What a body under the lock can do besides changing the state.
    struct Condition {
        fileprivate let mutex: UnsafeMutablePointer<pthread_mutex_t>
        fileprivate let condition: UnsafeMutablePointer<pthread_cond_t>

        /// Wakes one thread that waits.
        func signal() {
            pthread_cond_signal(condition)
        }

        /// Gives up the lock until woken or until `deadline`, in nanoseconds of ``Uptime``; may also wake for no
        /// reason. The state may have changed.
        func wait(until deadline: Int64?) {
            guard let deadline else {
                pthread_cond_wait(condition, mutex)
                return
            }
            #if os(Linux)
                var time = timespec(
                    tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
                pthread_cond_timedwait(condition, mutex, &time)
            #else
                let left = max(0, deadline - Uptime.now())
                var time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
                pthread_cond_timedwait_relative_np(condition, mutex, &time)
            #endif
        }
    }

    func withLock<Result>(_ body: (inout State, Condition) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state.pointee, Condition(mutex: mutex, condition: condition))
    }

    // The three addresses are of cells that live as long as `self`, so none is zero.
    private var mutex: UnsafeMutablePointer<pthread_mutex_t> { .init(bitPattern: mutexAddress)! }
    private var condition: UnsafeMutablePointer<pthread_cond_t> { .init(bitPattern: conditionAddress)! }
    private var state: UnsafeMutablePointer<State> { .init(bitPattern: stateAddress)! }
}
