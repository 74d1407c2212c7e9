#if Server
    import HTTPTypes
    import Logging
    import NIOCore
    import NIOHTTP1
    import NIOHTTPTypes
    import OnCue

    /// One connection: requests are read whole, one after another, and answered in their order.
    struct APIConnection: Sendable {
        typealias Inbound = NIOAsyncChannelInboundStream<HTTPRequestPart>
        typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPResponsePart>

        let core: ServerCore
        let channel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let life: ConnectionLife
        let executor: EventLoopExecutor

        /// What becomes of the connection after a request.
        private enum After {
            case next, close
        }

        func serve() async {
            do {
                try await channel.executeThenClose { inbound, outbound in
                    var parts = inbound.makeAsyncIterator()
                    do {
                        while case .head(let head)? = try await parts.next() {
                            var body = BodyReading(head, limit: core.bodyLimit(of: head))
                            if body.isExpected { try await outbound.write(.head(HTTPResponse(status: .continue))) }
                            while body.isUnderWay {
                                guard let part = try await parts.next() else { throw ChannelError.inputClosed }
                                try body.take(part)
                            }
                            guard try await answer(head, body.outcome, outbound) == .next else { break }
                        }
                    } catch {
                        guard let refusal = Self.refusal(error) else { throw error }
                        try await write(refusal.response, nil, id: RequestID.make(), closing: true, outbound)
                    }
                    outbound.finish()
                    // Closing with unread bytes would take the answer from a client that still sends.
                    while try await parts.next() != nil {}
                }
            } catch {
                core.logger.trace("A connection broke", metadata: ["error": "\(error)"])
            }
        }

        /// What is wrong with bytes that are no request, when that can still be said.
        private static func refusal(_ error: any Error) -> APIError? {
            switch error {
            case HTTPParserError.headerOverflow:
                APIError(.requestHeaderFieldsTooLarge, "headers_too_large", "the request's headers are too large")
            case is HTTPParserError, is UnexpectedPart:
                APIError(.badRequest, "invalid_request", "this is no HTTP request")
            case is RequestTooSlow:
                APIError(.requestTimeout, "request_timeout", "the request was not sent in the time it may take")
            default: nil
            }
        }

        private func answer(
            _ head: HTTPRequest, _ body: Result<[UInt8], APIError>, _ outbound: Outbound
        ) async throws -> After {
            let id = RequestID.from(head.headerFields[.requestID])
            let bytes: [UInt8]
            switch body {
            case .success(let whole): bytes = whole
            case .failure(let error):
                // The rest of the body is not read: the connection ends with the answer.
                try await write(error.response, head, id: id, closing: true, outbound)
                return .close
            }
            let response: APIResponse
            switch core.prepare(head, body: bytes, id: id, channel: channel.channel) {
            case .failure(let error) where head.method == .options:
                response = core.preflight(head) ?? error.response
            case .failure(let error):
                core.requests.answered(head.method.rawValue, nil, status: error.status.code, nanoseconds: nil)
                response = error.response
            case .success(let (request, route)):
                response =
                    route.isLong
                    ? await cancellable { await core.respond(to: request, by: route) }
                    : await core.respond(to: request, by: route)
            }
            guard case .stream(let produce) = response.body else {
                let closing = head.headerFields[.connection]?.lowercased() == "close" || core.isShuttingDown
                try await write(response, head, id: id, closing: closing, outbound)
                return closing ? .close : .next
            }
            try await outbound.write(.head(core.head(of: response, to: head, id: id, closing: true)))
            if head.method != .head {
                let failure = await cancellable { () async -> (any Error)? in
                    do {
                        try await produce(OutboundStream(outbound: outbound))
                        return nil
                    } catch {
                        return error
                    }
                }
                if let failure, !(failure is CancellationError) { throw failure }
            }
            try await outbound.write(.end(nil))
            return .close
        }

        /// Runs `work` until it returns; it is cancelled when the client goes or the server shuts down.
        private func cancellable<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
            let task = Task(executorPreference: executor) { await work() }
            let ticket = core.waiting.add { task.cancel() }
            life.onEnd { task.cancel() }
            defer {
                life.onEnd(nil)
                core.waiting.remove(ticket)
            }
            return await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }

        private func write(
            _ response: APIResponse, _ request: HTTPRequest?, id: String, closing: Bool, _ outbound: Outbound
        ) async throws {
            let head = core.head(of: response, to: request, id: id, closing: closing)
            if case .bytes(let bytes) = response.body, bytes.readableBytes > 0, request?.method != .head {
                try await outbound.write(contentsOf: [.head(head), .body(bytes), .end(nil)])
            } else {
                try await outbound.write(contentsOf: [.head(head), .end(nil)])
            }
        }
    }

    private struct OutboundStream: ResponseStream {
        let outbound: APIConnection.Outbound

        func write(_ bytes: ByteBuffer) async throws {
            try await outbound.write(.body(bytes))
        }
    }

    /// What names a request.
    enum RequestID {
        /// The client's own when it is short and plain, else a new one.
        static func from(_ given: String?) -> String {
            guard let given, (1...128).contains(given.utf8.count), given.utf8.allSatisfy(isPlain) else { return make() }
            return given
        }

        static func make() -> String {
            let number = UInt64.random(in: .min ... .max)
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }

        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="):
                true
            default: false
            }
        }
    }
#endif
