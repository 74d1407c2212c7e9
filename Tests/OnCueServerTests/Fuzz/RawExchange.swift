#if Server
    import NIOCore
    import NIOPosix
    import OnCue
    import OnCueServer

    /// One connection on which bytes are written as they are, and everything that comes back.
    enum RawExchange {
        /// - Parameters:
        ///   - pieces: written one after another, each in a packet of its own as far as the system lets it.
        ///   - finishes: whether to say afterwards that nothing more comes.
        /// - Returns: what came until the server closed; nil when it had not closed in time.
        static func send(
            _ pieces: [[UInt8]], finishes: Bool, to address: JobServer.Address, within patience: TimeAmount
        ) async throws -> [UInt8]? {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true))
                    }
                }
            let inner = channel.channel
            let isLate = inner.eventLoop.makePromise(of: Bool.self)
            let limit = inner.eventLoop.scheduleTask(in: patience) {
                isLate.succeed(true)
                inner.close(promise: nil)
            }
            var received: [UInt8] = []
            do {
                received = try await channel.executeThenClose { inbound, outbound in
                    var received: [UInt8] = []
                    do {
                        for piece in pieces { try await outbound.write(ByteBuffer(bytes: piece)) }
                        if finishes { outbound.finish() }
                    } catch {
                        // It may have had enough before it heard everything. What it said is still to be read.
                    }
                    do {
                        for try await part in inbound { received += part.readableBytesView }
                    } catch {
                        // Cut off: what came before is what it said.
                    }
                    return received
                }
            } catch {
                // The end of a connection that the other side has closed already.
            }
            limit.cancel()
            isLate.succeed(false)
            return try await isLate.futureResult.get() ? nil : received
        }
    }

    /// An answer as it came over the wire.
    struct RawAnswer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        /// Reads answer after answer.
        ///
        /// - Parameter methods: those of the requests, as far as they are known: an answer to HEAD has no body.
        /// - Returns: nil for bytes that are no answers.
        static func all(in bytes: [UInt8], to methods: [String]) -> [RawAnswer]? {
            var answers: [RawAnswer] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
                let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                rest = rest[end.upperBound...]
                let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
                guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
                if status == 100 { continue }
                var answer = RawAnswer(status: status, headers: [:], body: [])
                for line in lines.dropFirst() {
                    guard let colon = line.firstIndex(of: ":") else { return nil }
                    answer.headers[line[..<colon].lowercased()] =
                        line[line.index(after: colon)...].drop { $0 == " " }.description
                }
                let method = answers.count < methods.count ? methods[answers.count] : ""
                if let length = answer.headers["content-length"].flatMap({ Int($0) }), method != "HEAD" {
                    guard rest.count >= length else { return nil }
                    answer.body = Array(rest.prefix(length))
                    rest = rest.dropFirst(length)
                } else if answer.headers["transfer-encoding"] != nil {
                    // A stream is the last thing on its connection.
                    rest = []
                }
                answers.append(answer)
            }
            return answers
        }
    }
#endif
