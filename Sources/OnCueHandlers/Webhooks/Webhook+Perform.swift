#if Server
    import AsyncHTTPClient
    import Foundation
    import NIOCore
    import NIOHTTP1
    import OnCue

    extension Webhook {
        /// Calls the address for a job: payload as the body, status to outcome (``WebhookAnswer``).
        func perform(_ payload: [UInt8], _ context: JobContext, client: WebhookClient) async throws -> JobOutcome {
            let request = request(payload, context, at: SystemTime().now())
            let timeLimit = context.deadline == nil ? Self.timeLimit : nil
            do {
                let answer = try await client.send(
                    request, to: url, policy: addresses, timeLimit: timeLimit, limit: Self.outputBytes)
                return try answer.outcome(from: url, at: SystemTime().now())
            } catch {
                throw Task.isCancelled ? CancellationError() : readable(error)
            }
        }

        func request(_ payload: [UInt8], _ context: JobContext, at now: Timestamp) -> HTTPClientRequest {
            let timestamp = String(now.microseconds / 1_000_000)
            var request = HTTPClientRequest(url: url.text)
            request.method = .POST
            request.body = .bytes(ByteBuffer(bytes: payload))
            request.headers.add(name: "Content-Type", value: context.contentType ?? "application/json")
            request.headers.add(name: "User-Agent", value: "OnCue")
            request.headers.add(name: "OnCue-Job-ID", value: context.id.description)
            request.headers.add(name: "OnCue-Job-Name", value: context.name.rawValue)
            request.headers.add(name: "OnCue-Queue", value: context.queue.rawValue)
            request.headers.add(name: "OnCue-Attempt", value: String(context.attempt))
            request.headers.add(name: "OnCue-Timestamp", value: timestamp)
            if let secret {
                let signature = WebhookSignature.of(payload, timestamp: timestamp, secret: secret)
                request.headers.add(name: "OnCue-Signature", value: signature)
            }
            for (name, value) in context.traceHeaders { request.headers.add(name: name, value: value) }
            for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value.text) }
            return request
        }

        /// An error with the address in front and in words; what says already how to go on stays.
        private func readable(_ error: any Error) -> any Error {
            switch error {
            case is JobError, is WebhookFailure: error
            case let error as HTTPClientError where error == .deadlineExceeded:
                WebhookFailure("\(url) did not answer within \(Self.timeLimit.text)")
            case let error as HTTPClientError where error == .connectTimeout:
                WebhookFailure("\(url) took too long to connect")
            case let error as HTTPClientError: WebhookFailure("\(url): \(error.shortDescription)")
            case let error as IOError: WebhookFailure("\(url): \(String(cString: strerror(error.errnoCode)))")
            default: WebhookFailure("\(url): \(error)")
            }
        }
    }
#endif
