#if Server
    import HTTPTypes
    import HummingbirdCore
    import Logging
    import NIOCore
    import NIOHTTP1
    import NIOHTTPTypes
    import NIOHTTPTypesHTTP1
    import NIOSSL

    /// Sets up connections: TLS where it is wanted, HTTP/1.1 within limits, then ``APIConnection``.
    struct APIChannel: ServerChildChannel {
        struct Value: ServerChildChannelValue {
            fileprivate let accepted: AcceptedConnection
            let life: ConnectionLife
            var channel: any Channel { accepted.http.channel }
        }

        let core: ServerCore
        let tls: TLSContext?

        func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
                let limits = core.configuration.limits
                var decoding = NIOHTTPDecoderLimitConfiguration()
                decoding.maxHeaderFieldSize = limits.headers
                decoding.maxHeaderListSize = limits.headers
                decoding.maxHeaderFieldCount = 100
                // Requests that were sent ahead wait in the channel; errors are answered by the connection.
                try pipeline.configureHTTPServerPipeline(
                    withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true,
                    withEncoderConfiguration: .init(),
                    withDecoderLimitConfiguration: decoding)
                try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
                let life = ConnectionLife()
                try pipeline.addHandler(ConnectionGuard(limits: limits, life: life))
                let http = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                return Value(accepted: AcceptedConnection(http), life: life)
            }
        }

        func handle(value: Value, logger: Logger) async {
            let executor = EventLoopExecutor(value.channel.eventLoop)
            let connection = APIConnection(
                core: core, channel: value.accepted.http, life: value.life, executor: executor)
            core.connections.add(value.channel)
            defer { core.connections.remove(value.channel) }
            await withTaskExecutorPreference(executor) {
                await withTaskCancellationHandler {
                    await connection.serve()
                } onCancel: {
                    value.channel.close(promise: nil)
                }
            }
        }
    }

    /// One that nobody serves, since the server closed while it was set up, is closed: let go of without that, its writer
    /// would end the process.
    private final class AcceptedConnection: Sendable {
        let http: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

        init(_ http: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>) {
            self.http = http
        }

        /// Both do nothing where it was served to its end.
        deinit {
            http.outbound.finish()
            http.channel.close(promise: nil)
        }
    }
#endif
