#if Redis
    import NIOCore
    import NIOPosix
    import NIOSSL

    /// How to reach one server: everything that a new connection needs.
    struct RedisConnector: Sendable {
        let address: RedisAddress
        let settings: ConnectionSettings
        let connectTimeout: Duration
        /// Nil without TLS. Fails where the certificates cannot be read.
        let security: Result<RedisTLS.Context, RedisError>?

        /// Begins to connect. The owner hears of the outcome; on the event loop only.
        func connect(
            number: Int, owner: any RedisConnectionOwner, on eventLoop: any EventLoop
        ) -> RedisChannelHandler {
            let handler = RedisChannelHandler(
                number: number, address: address, settings: settings, owner: owner, eventLoop: eventLoop)
            let deadline = NIODeadline.now() + connectTimeout
            handler.startedConnecting(deadline: deadline)
            let bound = NIOLoopBound(handler, eventLoop: eventLoop)
            let security = security
            let address = address
            let bootstrap = ClientBootstrap(group: eventLoop)
                .connectTimeout(TimeAmount(connectTimeout))
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let security {
                            let tls = try security.get().handler(for: address)
                            try channel.pipeline.syncOperations.addHandler(tls)
                        }
                        try channel.pipeline.syncOperations.addHandler(bound.value)
                    }
                }
            let channel =
                switch address {
                case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
                case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
                }
            // An owner that no longer waits must find its handler closed, not missing: it is told after this returns.
            channel.hop(to: eventLoop).whenFailure { error in
                eventLoop.execute { bound.value.fail(Self.describe(error, address)) }
            }
            return handler
        }

        /// Says what went wrong in words of ours.
        static func describe(_ error: any Error, _ address: RedisAddress) -> RedisError {
            switch error {
            case let error as RedisError: return error
            case let error as NIOConnectionError:
                if let first = error.connectionErrors.first {
                    return RedisError(.notSent, "Cannot connect to \(address): \(reason(first.error))")
                }
                return RedisError(.notSent, "Cannot find the host of \(address): does its name resolve?")
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
                return RedisError(
                    .notSent,
                    "No TLS with \(address): \(error). Does the server speak TLS there, and do the certificates fit?")
            default:
                return RedisError(.notSent, "The connection to \(address) failed: \(reason(error))")
            }
        }

        private static func reason(_ error: any Error) -> String {
            (error as? IOError)?.description ?? "\(error)"
        }
    }
#endif
