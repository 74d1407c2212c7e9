#if Server
    import AsyncHTTPClient
    import NIOCore
    import NIOHTTP1
    import OnCue
    import Synchronization

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #else
        import Darwin
    #endif

    /// Calls hosts at addresses that were checked, and keeps the connections.
    ///
    /// The address is looked up and checked here, and the connection goes to that very address with the host's name in
    /// `Host` and in the TLS handshake: a name that resolves to something else a moment later changes nothing.
    final class WebhookClient: Sendable {
        private struct Place: Hashable {
            var host: String
            var address: NetworkAddress
        }

        private struct Kept {
            var connections: PinnedClient
            var lastUse: ContinuousClock.Instant
        }

        private static let placesKept = 64
        private let lookup: HostLookup
        private let places = Mutex<[Place: Kept]>([:])

        init(lookup: HostLookup = HostLookup()) {
            self.lookup = lookup
        }

        /// The answer, with at most `limit` bytes of its body.
        ///
        /// - Parameter timeLimit: nil: as long as the task is not cancelled.
        func send(
            _ request: HTTPClientRequest, to url: WebhookURL, policy: AddressPolicy, timeLimit: Duration?, limit: Int
        ) async throws -> WebhookAnswer {
            let deadline = timeLimit.map { NIODeadline.now() + TimeAmount($0) } ?? .distantFuture
            let found = await lookup.addresses(of: url.host)
            try Task.checkCancellation()
            guard !found.isEmpty else { throw WebhookFailure("\(url): the host's address could not be found") }
            let allowed = found.filter { policy.allows($0) }
            guard !allowed.isEmpty else {
                let list = found.map(\.description).joined(separator: ", ")
                throw JobError.permanent(
                    "\(url) is at \(list), which is not a public address; allow_private in the handlers file allows it")
            }
            for address in allowed.dropLast() {
                do {
                    return try await send(request, to: url, at: address, deadline: deadline, limit: limit)
                } catch  where Self.isNotConnected(error) {
                    continue
                }
            }
            // Not empty: what was allowed was looked at above.
            return try await send(request, to: url, at: allowed[allowed.count - 1], deadline: deadline, limit: limit)
        }

        private func send(
            _ request: HTTPClientRequest, to url: WebhookURL, at address: NetworkAddress, deadline: NIODeadline,
            limit: Int
        ) async throws -> WebhookAnswer {
            let connections = connections(to: Place(host: url.host, address: address))
            let response = try await connections.client.execute(request, deadline: deadline)
            var body: [UInt8] = []
            for try await piece in response.body {
                body.append(contentsOf: piece.readableBytesView.prefix(limit + 1 - body.count))
                if body.count > limit { break }
                if NIODeadline.now() > deadline { throw HTTPClientError.deadlineExceeded }
            }
            withExtendedLifetime(connections) {}
            return WebhookAnswer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"),
                body: Array(body.prefix(limit)), isBodyCut: body.count > limit)
        }

        private func connections(to place: Place) -> PinnedClient {
            places.withLock { places in
                let now = ContinuousClock.now
                if let kept = places[place] {
                    places[place] = Kept(connections: kept.connections, lastUse: now)
                    return kept.connections
                }
                // Those still in use live on until their last request has ended.
                if places.count >= Self.placesKept, let oldest = places.min(by: { $0.value.lastUse < $1.value.lastUse })
                {
                    places[oldest.key] = nil
                }
                let made = PinnedClient(host: place.host, address: place.address)
                places[place] = Kept(connections: made, lastUse: now)
                return made
            }
        }

        /// True when nothing can have reached the other side.
        private static func isNotConnected(_ error: any Error) -> Bool {
            if let error = error as? HTTPClientError { return error == .connectTimeout }
            guard let error = error as? IOError else { return false }
            return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
        }
    }

    /// The connections to one host at one address; closed when nobody needs them any more.
    private final class PinnedClient: Sendable {
        let client: HTTPClient

        init(host: String, address: NetworkAddress) {
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: .seconds(300)))
            configuration.httpVersion = .http1Only
            configuration.dnsOverride = [host: address.description]
            configuration.connectionPool.retryConnectionEstablishment = false
            // Less than what servers usually keep, so that a request seldom meets a connection that is being closed.
            configuration.connectionPool.idleTimeout = .seconds(4)
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_000
            // The run has a span, and the request carries it already.
            configuration.tracing.tracer = nil
            // The last word has the socket.
            configuration.http1_1ConnectionDebugInitializer = { channel in
                let isRight = channel.remoteAddress?.ipAddress.flatMap { NetworkAddress($0) } == address
                return isRight
                    ? channel.eventLoop.makeSucceededVoidFuture()
                    : channel.eventLoop.makeFailedFuture(
                        WebhookFailure("connected to another address than was checked"))
            }
            client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        deinit {
            client.shutdown { _ in }
        }
    }
#endif
