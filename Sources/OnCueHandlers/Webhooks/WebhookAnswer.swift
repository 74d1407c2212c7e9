import OnCue

/// An answer to a call, and what it means for the job.
struct WebhookAnswer {
    var status: Int
    var retryAfter: String?
    /// The front of the body.
    var body: [UInt8]
    var isBodyCut: Bool

    /// 2xx: completed, with the body as the output. 429 and 503 with `Retry-After`: again after that, and 429 uses up
    /// no attempt. Other 4xx: never again. All else: again, with backoff.
    func outcome(from url: WebhookURL, at now: Timestamp) throws -> JobOutcome {
        if (200..<300).contains(status) { return body.isEmpty ? .completed : .output(output) }
        let message = failureText(url)
        switch status {
        case 429, 503:
            guard let wait = wait(at: now) else { throw WebhookFailure(message) }
            throw status == 429
                ? JobError.rateLimited(retryAfter: wait, message) : JobError.retry(after: wait, message)
        case 400..<500: throw JobError.permanent(message)
        default: throw WebhookFailure(message)
        }
    }

    private var output: [UInt8] {
        guard isBodyCut else { return body }
        let mark = Array("\n[cut here: at most \(Webhook.outputBytes) bytes of an answer are kept]\n".utf8)
        return Array(body.prefix(Webhook.outputBytes - mark.count)) + mark
    }

    private func failureText(_ url: WebhookURL) -> String {
        var text = "\(url) answered \(status)"
        if (300..<400).contains(status) { text += " (redirects are not followed)" }
        let said = String(decoding: body.prefix(Webhook.errorBytes), as: UTF8.self)
            .trimmingPrefix { $0.isWhitespace }
        return said.isEmpty ? text : "\(text): \(said)"
    }

    /// Seconds, or a date as HTTP writes it; nil when it is neither.
    private func wait(at now: Timestamp) -> Duration? {
        guard let retryAfter else { return nil }
        let text = retryAfter.filter { !$0.isWhitespace || $0 == " " }
        let wait: Duration
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            wait = Int64(text).map { .seconds(min($0, 1 << 40)) } ?? Webhook.longestWait
        } else if let date = Self.httpDate(text) {
            wait = date - now
        } else {
            return nil
        }
        return max(.zero, min(wait, Webhook.longestWait))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func httpDate(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[1].utf8.count == 2, words[3].utf8.count == 4,
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
