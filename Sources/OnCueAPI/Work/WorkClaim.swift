package import OnCue

/// What a worker asks for, as in `{"limit": 4, "wait": "30s"}`.
///
/// * `limit`: jobs to take at most, 1 to 1,000. Default 1.
/// * `wait`: how long to wait for the first, at most `60s`. Default: not at all.
/// * `names`: a list, or an object with the most of each to take (null: any number). Default: those of the session.
/// * `queues`: a list, in the order in which they are served, of names or `{"name": …, "limit": …}`. Default: those of the
///   session, or every one.
/// * `suspects`: how many jobs may be taken that have lost a worker before. Default: one, as long as the session holds none.
/// * `settled`: the sequence of the last settlement that was answered, 0 before the first. With it the server buries at
///   once what has no attempts left; else with the next settlement.
package struct WorkClaim: Sendable {
    package var names: [JobName: Int]?
    package var queues: [ClaimRequest.Queue]?
    package var limit: Int
    package var wait: Duration
    package var suspects: Int?
    package var settled: Int64?

    package static let limits = 1...1_000
    package static let longestWait: Duration = .seconds(60)

    package init(_ fields: JSONFields) throws(ValidationError) {
        limit = try fields.integer("limit") ?? 1
        guard Self.limits.contains(limit) else {
            throw ValidationError(
                field: fields.prefixed("limit"), message: "takes a number from 1 to 1000, this is \(limit)")
        }
        wait = min(max(.zero, try fields.duration("wait") ?? .zero), Self.longestWait)
        suspects = try fields.integer("suspects")
        if let suspects, suspects < 0 {
            throw ValidationError(field: fields.prefixed("suspects"), message: "may not be negative")
        }
        settled = try WorkSequence.read(fields, "settled", from: 0)
        names = try Self.names(fields)
        queues = try Self.queues(fields)
    }

    private static func names(_ fields: JSONFields) throws(ValidationError) -> [JobName: Int]? {
        guard let value = fields["names"] else { return nil }
        let names: [JobName: Int]
        if value.kind == .object {
            let inner = try fields.object("names", "an object")
            names = Dictionary(
                try inner.names.map { name throws(ValidationError) in
                    (JobName(name), try inner.integer(name) ?? .max)
                }
            ) { $1 }
        } else {
            names = Dictionary((try fields.list("names") ?? []).map { (JobName($0), .max) }) { $1 }
        }
        for (name, limit) in names {
            try name.validated(field: fields.prefixed("names"))
            guard limit >= 0 else {
                throw ValidationError(field: fields.prefixed("names"), message: "a limit may not be negative")
            }
        }
        return names
    }

    private static func queues(_ fields: JSONFields) throws(ValidationError) -> [ClaimRequest.Queue]? {
        let wanted = "a list of queues, each a name or an object such as {\"name\": \"mail\", \"limit\": 5}"
        guard let elements = try fields.elements("queues", wanted) else { return nil }
        guard elements.count <= WorkerOpening.most else {
            throw ValidationError(
                field: fields.prefixed("queues"), message: "may have \(WorkerOpening.most) at most")
        }
        var queues: [ClaimRequest.Queue] = []
        for (index, element) in elements.enumerated() {
            let field = "\(fields.prefixed("queues"))[\(index)]"
            switch element.kind {
            case .string:
                let text: String
                do {
                    text = try JSONSlicer.string(element, of: fields.bytes)
                } catch {
                    throw ValidationError(field: field, message: "\(error)")
                }
                queues.append(ClaimRequest.Queue(QueueName(text)))
            case .object:
                let inner = try JSONFields(fields.bytes, in: element.range, field: field, prefix: field + ".")
                let limit = try inner.integer("limit") ?? .max
                guard limit >= 0 else {
                    throw ValidationError(field: "\(field).limit", message: "may not be negative")
                }
                let name = try inner.required("name", inner.text("name"))
                queues.append(ClaimRequest.Queue(QueueName(name), limit: limit))
            default: throw fields.wrongType("queues", wanted)
            }
            try queues[index].name.validated(field: field)
        }
        return queues
    }

    /// A start in so many goes to the oldest job below the level that is served.
    private static let floorInterval = 16

    /// The request to the store.
    ///
    /// - Parameters:
    ///   - names: of the session.
    ///   - queues: what is served where the claim does not say.
    ///   - holdsSuspect: whether the session holds a job that has lost a worker.
    ///   - chance: from 0 to 15, at random: which of the starts of many claims goes to the floor.
    package func request(
        session: SessionID, names sessionNames: Set<JobName>, queues served: [QueueName], holdsSuspect: Bool,
        wait: Duration, chance: Int
    ) -> ClaimRequest {
        ClaimRequest(
            session: session, queues: queues ?? served.map { ClaimRequest.Queue($0) },
            names: names ?? Dictionary(sessionNames.map { ($0, .max) }) { $1 }, limit: limit,
            floor: min(limit, (chance + limit) / Self.floorInterval), suspects: suspects ?? (holdsSuspect ? 0 : 1),
            wait: wait)
    }
}

/// The numbers of a worker's settlements, and of those that the server writes in between.
package enum WorkSequence {
    /// Numbers of the store for each of the worker's.
    private static let step: Int64 = 1_024
    package static let greatest: Int64 = 1 << 42

    /// The store's number of the worker's batch.
    package static func own(_ number: Int64) -> Int64 { number * step }

    /// The store's numbers for what the server writes after the worker's batch `number` was answered and before the next.
    /// Which of them have been used nobody keeps; they are tried in this order.
    package static func between(_ number: Int64) -> [Int64] {
        sequence(first: 1) { $0 * 2 < step ? $0 * 2 : nil }.map { own(number) + $0 }
    }

    package static func read(
        _ fields: JSONFields, _ name: String, from least: Int64
    ) throws(ValidationError) -> Int64? {
        guard let number = try fields.integer(name).map(Int64.init) else { return nil }
        guard (least...greatest).contains(number) else {
            throw ValidationError(
                field: fields.prefixed(name),
                message: "counts the settlements of a session from \(least) on, this is \(number)")
        }
        return number
    }
}
