#if Server
    public import HTTPTypes
    import OnCue

    /// What a route takes and answers, for the description of the API. It stands beside the route's registration.
    ///
    /// ```swift
    /// Route(
    ///     .post, "/api/v1/things/{id}/turn", .operate, "Turn a thing around.",
    ///     doc: RouteDoc(body: .openObject([.optional("by", .integer)]), .ok(.thing), .refused(.conflict, "It is fixed.")),
    ///     handler: …)
    /// ```
    ///
    /// What any route may answer need not be said: 400, 408, 413, 415, 431, 500 and 503; with a permission 401, 403, 429
    /// and 501; with parameters or a body 422; with a parameter in the path 404.
    public struct RouteDoc: Sendable {
        /// Something that the request's path, query or head says.
        public struct Parameter: Hashable, Sendable {
            public enum Place: String, Sendable {
                case path, query, header
            }

            public var place: Place
            public var name: String
            public var schema: Schema
            public var about: String
            /// Whether it may stand several times.
            public var isRepeated = false

            public static func path(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
                Parameter(place: .path, name: name, schema: schema, about: about)
            }

            public static func query(
                _ name: String, _ schema: Schema, _ about: String, isRepeated: Bool = false
            ) -> Parameter {
                Parameter(place: .query, name: name, schema: schema, about: about, isRepeated: isRepeated)
            }

            public static func header(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
                Parameter(place: .header, name: name, schema: schema, about: about)
            }
        }

        /// What may come back.
        public struct Answer: Sendable {
            public var status: HTTPResponse.Status
            public var about: String
            /// The bodies that there are, by their type. None: an empty one.
            public var content: [(type: String, schema: Schema)]
            /// The schema of the data of each event, in a stream of them.
            public var eventData: Schema?

            public init(
                _ status: HTTPResponse.Status, _ about: String, content: [(type: String, schema: Schema)] = [],
                eventData: Schema? = nil
            ) {
                self.status = status
                self.about = about
                self.content = content
                self.eventData = eventData
            }

            /// JSON.
            public static func json(
                _ status: HTTPResponse.Status, _ schema: Schema, _ about: String = ""
            ) -> Answer {
                Answer(status, about, content: [("application/json", schema)])
            }

            public static func ok(_ schema: Schema, _ about: String = "Done.") -> Answer {
                .json(.ok, schema, about)
            }

            public static func created(_ schema: Schema, _ about: String = "Made.") -> Answer {
                .json(.created, schema, about)
            }

            public static let noContent = Answer(.noContent, "Done; there is nothing to say.")

            /// The error object.
            public static func refused(_ status: HTTPResponse.Status, _ about: String) -> Answer {
                .json(status, .error, about)
            }

            /// Server-sent events.
            public static func events(_ data: Schema, _ about: String) -> Answer {
                Answer(.ok, about, content: [("text/event-stream", .text)], eventData: data)
            }
        }

        /// More than the summary says, if there is more. CommonMark.
        public var details: String?
        /// Those of the path that need no words of their own can be left out.
        public var parameters: [Parameter]
        /// The JSON that the request carries; nil: none.
        public var body: Schema?
        /// Whether there has to be one.
        public var needsBody: Bool
        public var answers: [Answer]

        public init(
            details: String? = nil, parameters: [Parameter] = [], body: Schema? = nil, needsBody: Bool? = nil,
            _ answers: Answer...
        ) {
            self.details = details
            self.parameters = parameters
            self.body = body
            self.needsBody = needsBody ?? (body != nil)
            self.answers = answers
        }
    }

    // MARK: - What goes without saying

    extension Route {
        /// The `{…}` of the path, in their order.
        var pathParameters: [String] {
            RouteTable.segments(of: path).filter { $0.first == "{" && $0.last == "}" }
                .map { String($0.dropFirst().dropLast()) }
        }

        /// Everything that the path, the query and the head may say.
        var describedParameters: [RouteDoc.Parameter] {
            let own = doc.parameters.filter { $0.place == .path }.map(\.name)
            let implied = pathParameters.filter { !own.contains($0) }.map { name -> RouteDoc.Parameter in
                switch name {
                case "id" where path.contains("/jobs/"): .path(name, .uuid, "The job's id.")
                case "id": .path(name, .text, "The id.")
                case "queue": .path(name, .text, "The queue's name.")
                case "session": .path(name, .text, "The id of a worker's session.")
                default: .path(name, .text, "The \(name).")
                }
            }
            return implied + doc.parameters
        }

        /// Everything that may come back, in the order of the statuses.
        package var describedAnswers: [RouteDoc.Answer] {
            var answers = doc.answers
            for implied in impliedAnswers where !answers.contains(where: { $0.status.code == implied.status.code }) {
                answers.append(implied)
            }
            return answers.sorted { $0.status.code < $1.status.code }
        }

        private var impliedAnswers: [RouteDoc.Answer] {
            var statuses: [HTTPResponse.Status] = [
                .badRequest, .requestTimeout, .contentTooLarge, .unsupportedMediaType, .requestHeaderFieldsTooLarge,
                .internalServerError, .serviceUnavailable,
            ]
            if permission != nil { statuses += [.unauthorized, .forbidden, .tooManyRequests, .notImplemented] }
            if doc.body != nil || !describedParameters.isEmpty { statuses.append(.unprocessableContent) }
            if !pathParameters.isEmpty { statuses.append(.notFound) }
            return statuses.map { .refused($0, Refusals.about($0)) }
        }
    }

    /// What the refusals mean that any route may answer with.
    enum Refusals {
        static func about(_ status: HTTPResponse.Status) -> String {
            switch status {
            case .badRequest: "The path, the query, an id or the body cannot be read: `invalid_request`."
            case .unauthorized: "The API key is missing, not known, expired or revoked: `unauthorized`."
            case .forbidden:
                "The key's role does not allow this, or a server without keys was asked from elsewhere: `forbidden`."
            case .notFound: "There is no such thing: `not_found`."
            case .requestTimeout: "The request was not sent in the time it may take: `request_timeout`."
            case .contentTooLarge: "The body is too large: `payload_too_large`."
            case .unsupportedMediaType: "The body is not JSON by its `Content-Type`: `unsupported_media_type`."
            case .unprocessableContent: "A value is out of order; `field` says which: `validation_error`."
            case .tooManyRequests:
                "The key's rate, a queue's bound or a bound of the server is reached; `Retry-After` says when to try "
                    + "again: `rate_limited`, `queue_full`, `too_many_streams`, `too_many_waits`."
            case .requestHeaderFieldsTooLarge: "The headers are too large: `headers_too_large`."
            case .internalServerError:
                "Something went wrong inside; the server's log has it under the request's id: `internal_error`."
            case .notImplemented: "The store behind the server cannot do this: `unsupported`."
            case .serviceUnavailable:
                "The store does not answer, or the server shuts down; `Retry-After` says when to try again: "
                    + "`unavailable`, `timed_out`, `outcome_unknown`, `locked`, `disk_full`, `closed`."
            default: status.reasonPhrase
            }
        }
    }
#endif
