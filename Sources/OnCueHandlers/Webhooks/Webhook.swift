/// What is called for a job: an address that takes the payload by POST.
public struct Webhook: Sendable {
    /// `http` or `https`, without a user.
    public var url: WebhookURL
    /// Signs every request; nil: not signed.
    public var secret: Secret?
    /// Sent with each request besides our own.
    public var headers: [Header]
    /// Default: public addresses only.
    public var addresses: AddressPolicy

    public struct Header: Sendable {
        public var name: String
        public var value: Secret

        public init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    public init(
        _ url: WebhookURL, secret: Secret? = nil, headers: [Header] = [], addresses: AddressPolicy = .publicOnly
    ) {
        self.url = url
        self.secret = secret
        self.headers = headers
        self.addresses = addresses
    }

    /// What is kept of an answer's body as the job's output: 1 MiB.
    public static let outputBytes = 1_048_576
    /// What is kept of the body of an answer that is an error.
    public static let errorBytes = 2_048
    /// How long an answer may take when neither job, handler nor queue sets a timeout.
    public static let timeLimit = Duration.seconds(60)
    /// The longest `Retry-After` that is followed.
    public static let longestWait = Duration.seconds(86_400)
}

/// A text that is never printed.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { "(secret)" }
    public var debugDescription: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A call that did not bring the job to its end; its text is what is kept with the job.
public struct WebhookFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
