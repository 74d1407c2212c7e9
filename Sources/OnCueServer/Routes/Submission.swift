#if Server
    import HTTPTypes
    import OnCue

    /// A job as a request hands it in.
    struct Submission: Sendable {
        var job: NewJob
        /// The key was given as an idempotency key: it has to stand for the same job.
        var isIdempotent: Bool

        /// - Parameters:
        ///   - range: the part of `body` that is the job; nil means all.
        ///   - header: the `Idempotency-Key` of the request.
        init(
            _ body: [UInt8], in range: Range<Int>? = nil, header: String?, request: APIRequest
        ) throws(ValidationError) {
            job = try SubmitObject.decode(body, in: range)
            if let header, !header.isEmpty {
                guard
                    job.unique == nil || job.unique == UniqueKey(header, until: .elapsed(SubmitObject.idempotencyTime))
                else {
                    throw ValidationError(
                        field: "idempotency_key", message: "is given in the body and, differently, as a header")
                }
                job.unique = UniqueKey(header, until: .elapsed(SubmitObject.idempotencyTime))
            }
            isIdempotent = job.unique?.until == .elapsed(SubmitObject.idempotencyTime)
            carryTrace(of: request)
            JobOwner.sign(&job, by: request.principal)
            try job.validate(maxPayload: .max)
        }

        /// The trace of whoever submits goes on in the job, unless the job says otherwise.
        private mutating func carryTrace(of request: APIRequest) {
            guard job.headers["traceparent"] == nil, let parent = request.header(.traceparent), parent.utf8.count == 55,
                parent.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { return }
            job.headers["traceparent"] = parent
            if let state = request.header(.tracestate), state.utf8.count <= 512 { job.headers["tracestate"] = state }
        }

        /// What is wrong when the same idempotency key stands for `existing`; nil when that is this very job.
        func conflict(with existing: JobRecord) -> APIError? {
            guard isIdempotent, existing.name != job.name || existing.payload != job.payload else { return nil }
            return APIError(
                .conflict, "conflict",
                "this idempotency key was used for job \(existing.id), which has another type or payload")
        }

        static func goneError(_ id: JobID) -> APIError {
            APIError(
                .conflict, "conflict",
                "a job with this key, \(id), was accepted before; it has ended and is no longer kept")
        }
    }

    extension JobRecord {
        /// A job as it stands right after it was taken in.
        init(accepted job: NewJob, id: JobID) {
            let now = id.madeAt
            let due: Timestamp? =
                switch job.due {
                case .now: nil
                case .after(let delay): now + delay
                case .at(let moment): moment > now ? moment : nil
                }
            let expires: Timestamp? =
                switch job.expires {
                case nil: nil
                case .now: now
                case .after(let time): now + time
                case .at(let moment): moment
                }
            self.init(
                id: id, name: job.name, queue: job.queue, priority: job.priority,
                state: due == nil ? .pending : .delayed,
                payload: job.payload, contentType: job.contentType, tags: job.tags, correlationID: job.correlationID,
                headers: job.headers, unique: job.unique, options: job.options, parent: job.parent, createdAt: now,
                updatedAt: now, dueAt: due, expiresAt: expires)
        }
    }

    /// What became of each element of a batch, in its place.
    struct BatchOutcome {
        private enum Element {
            case accepted(JobRecord, QueueSettings, isDuplicate: Bool)
            case rejected(APIError)
        }

        private var elements: [Element?]

        init(count: Int) {
            elements = Array(repeating: nil, count: count)
        }

        mutating func reject(_ index: Int, _ error: APIError) {
            elements[index] = .rejected(error)
        }

        mutating func add(
            _ answers: [EnqueueAnswer], to submissions: [(index: Int, submission: Submission)], context: RouteContext
        ) async throws {
            let known = answers.compactMap { answer -> JobID? in
                if case .duplicate(let id) = answer { id } else { nil }
            }
            let found = Dictionary(
                zip(known, try await context.jobs.jobs(known)).compactMap { id, job in job.map { (id, $0) } }
            ) { $1 }
            for (answer, (index, submission)) in zip(answers, submissions) {
                switch answer {
                case .accepted(let id):
                    let job = JobRecord(accepted: submission.job, id: id)
                    elements[index] = .accepted(
                        job, try await context.settings.settings(for: job), isDuplicate: false)
                case .duplicate(let id):
                    guard let job = found[id] else {
                        reject(index, Submission.goneError(id))
                        continue
                    }
                    if let conflict = submission.conflict(with: job) {
                        reject(index, conflict)
                    } else {
                        elements[index] = .accepted(
                            job, try await context.settings.settings(for: job), isDuplicate: true)
                    }
                case .refused(let error):
                    reject(index, APIError(error) ?? .inside)
                }
            }
        }

        func write(to json: inout JSONWriter) {
            let accepted = elements.count { if case .accepted? = $0 { true } else { false } }
            json.object { json in
                json.field("total", elements.count)
                json.field("accepted", accepted)
                json.field("rejected", elements.count - accepted)
                json.array("results") { json in
                    for (index, element) in elements.enumerated() {
                        json.object { json in Self.write(element, index, to: &json) }
                    }
                }
            }
        }

        private static func write(_ element: Element?, _ index: Int, to json: inout JSONWriter) {
            json.field("index", index)
            switch element {
            case .accepted(let job, let settings, let isDuplicate):
                json.field("success", true)
                if isDuplicate { json.field("duplicate", true) }
                json.key("job")
                JobJSON.write(job, settings: settings, includesPayload: false, to: &json)
            case .rejected(let error):
                json.field("success", false)
                json.field("error", error.message)
                json.field("code", error.code)
                json.field(ifPresent: "field", error.field)
            case nil:
                json.field("success", false)
                json.field("error", APIError.inside.message)
                json.field("code", APIError.inside.code)
            }
        }
    }
#endif
