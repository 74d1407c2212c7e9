#if Server
    import HTTPTypes
    import NIOCore
    import NIOHTTPTypes

    /// Puts a request's body together, within a limit. Pure.
    struct BodyReading {
        /// The body, or why it is not read to its end.
        private(set) var outcome: Result<[UInt8], APIError>
        private(set) var isUnderWay = true
        /// Whether the client waits to be told that it may send.
        let isExpected: Bool
        private let limit: Int

        init(_ head: HTTPRequest, limit: Int) {
            self.limit = limit
            let announced = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
            var body: [UInt8] = []
            if announced > limit {
                outcome = .failure(Self.tooLarge(limit))
                isUnderWay = false
            } else {
                body.reserveCapacity(announced)
                outcome = .success(body)
            }
            isExpected = isUnderWay && head.headerFields[.expect]?.lowercased() == "100-continue"
        }

        /// - Throws: ``UnexpectedPart`` for the head of another request within this one.
        mutating func take(_ part: HTTPRequestPart) throws(UnexpectedPart) {
            switch part {
            case .head: throw UnexpectedPart()
            case .body(let bytes):
                guard case .success(var body) = outcome else { return }
                // Not to be copied while it grows.
                outcome = .success([])
                if body.count + bytes.readableBytes > limit {
                    outcome = .failure(Self.tooLarge(limit))
                    isUnderWay = false
                } else {
                    body.append(contentsOf: bytes.readableBytesView)
                    outcome = .success(body)
                }
            case .end: isUnderWay = false
            }
        }

        private static func tooLarge(_ limit: Int) -> APIError {
            APIError(.contentTooLarge, "payload_too_large", "a request's body may have \(limit) bytes")
        }
    }

    /// Parts that came in an order that no request has.
    struct UnexpectedPart: Error {}
#endif
