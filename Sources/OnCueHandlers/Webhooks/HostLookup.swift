#if Server
    import Foundation
    import Synchronization

    /// Finds the addresses of hosts, and remembers them for a few seconds.
    ///
    /// What is remembered needs no second look: the address itself is what gets checked and connected to.
    final class HostLookup: Sendable {
        private struct Found {
            var addresses: [NetworkAddress]
            var until: ContinuousClock.Instant
        }

        private let resolve: @Sendable (String) -> [NetworkAddress]
        private let memory: Duration
        private let known = Mutex<[String: Found]>([:])

        init(
            memory: Duration = .seconds(5),
            resolve: @escaping @Sendable (String) -> [NetworkAddress] = { NetworkAddress.resolve($0) }
        ) {
            self.memory = memory
            self.resolve = resolve
        }

        /// Empty when there are none, or when the task was cancelled.
        func addresses(of host: String) async -> [NetworkAddress] {
            if let address = NetworkAddress(host) { return [address] }
            let now = ContinuousClock.now
            if let found = known.withLock({ $0[host] }), found.until > now { return found.addresses }
            let addresses = await lookUp(host)
            known.withLock { known in
                if known.count >= 1_000 { known = known.filter { $0.value.until > now } }
                known[host] = addresses.isEmpty ? nil : Found(addresses: addresses, until: now + memory)
            }
            return addresses
        }

        /// The system's call blocks, up to many seconds, and cannot be ended: it gets a thread of its own, and whoever is
        /// cancelled does not wait for it.
        private func lookUp(_ host: String) async -> [NetworkAddress] {
            let answer = Answer()
            return await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    answer.wait(continuation)
                    let resolve = resolve
                    Thread.detachNewThread { answer.give(resolve(host)) }
                }
            } onCancel: {
                answer.give([])
            }
        }
    }

    /// Hands the first of several answers on.
    private final class Answer: Sendable {
        private enum State {
            case idle
            case waiting(CheckedContinuation<[NetworkAddress], Never>)
            case given([NetworkAddress])
        }

        private let state = Mutex(State.idle)

        func wait(_ continuation: CheckedContinuation<[NetworkAddress], Never>) {
            let early: [NetworkAddress]? = state.withLock { state in
                if case .given(let addresses) = state { return addresses }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }

        func give(_ addresses: [NetworkAddress]) {
            let waiting: CheckedContinuation<[NetworkAddress], Never>? = state.withLock { state in
                switch state {
                case .given: return nil
                case .idle:
                    state = .given(addresses)
                    return nil
                case .waiting(let continuation):
                    state = .given(addresses)
                    return continuation
                }
            }
            waiting?.resume(returning: addresses)
        }
    }
#endif
