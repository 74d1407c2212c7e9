#if Server
    import HTTPTypes
    import OnCue
    import OnCueAPI

    // The store contract, call by call and exactly: what a store that speaks to this server asks.
    extension Route {
        static func store(_ context: RouteContext) -> [Route] {
            let routes = StoreRoutes(context: context)
            return routes.work + routes.jobs + routes.queues + routes.upkeep
        }
    }

    struct StoreRoutes: Sendable {
        let context: RouteContext
        let tickets = ClaimTickets()

        var store: any JobStore { context.store }

        /// What workers call.
        var work: [Route] {
            [
                route(StoreCalls.openSession) { Single(try await store.openSession($0)) },
                route(StoreCalls.closeSession) {
                    try await store.closeSession($0.value)
                    return Nothing()
                },
                route(StoreCalls.claim, isLong: true) { Items(try await claim($0)) },
                route(StoreCalls.interrupt) { Single(tickets.interrupt($0.value)) },
                route(StoreCalls.settle) { Items(try await store.settle($0)) },
                route(StoreCalls.exchange) { call in
                    var request = call.request
                    request?.wait = .zero
                    let answer = try await store.exchange(call.batch, request)
                    return ExchangeAnswer(settled: answer.settled, claimed: answer.claimed)
                },
                route(StoreCalls.renew) { try await store.renew($0.value) },
                route(StoreCalls.news) { try await store.news(for: $0.value) },
                route(StoreCalls.held) { Items(try await store.held(by: $0.session, besides: Set($0.known))) },
                route(StoreCalls.record) { Items(try await store.record($0.items)) },
                route(StoreCalls.memory) { try await store.memory(of: $0.value) },
            ]
        }

        private func claim(_ call: ClaimCall) async throws -> [LeasedJob] {
            guard call.request.wait > .zero else { return try await store.claim(call.request) }
            try checkWaits()
            var request = call.request
            request.wait = min(request.wait, longestWait)
            guard let ticket = call.ticket else {
                return try end(try await store.claim(request)) { !$0.isEmpty }
            }
            let jobs = try await tickets.hold(ticket) { [request] in try await store.claim(request) }
            return try end(jobs) { !$0.isEmpty }
        }

        /// What a wait has brought. One that ended because the server shuts down is to be asked for elsewhere.
        private func end<Value>(_ value: Value, isOver: (Value) -> Bool) throws -> Value {
            if Task.isCancelled, !isOver(value) { throw CancellationError() }
            return value
        }

        var longestWait: Duration { context.limits.wait }

        private func checkWaits() throws(StoreError) {
            guard context.isFullOfWaits else { return }
            throw StoreError(.unavailable, "As many requests wait as this server holds; try again.")
        }
    }

    extension StoreRoutes {
        /// What is asked about jobs and done to them.
        var jobs: [Route] {
            [
                route(StoreCalls.enqueue, whoAsks: enqueue),
                route(StoreCalls.find) { Items(try await store.find($0.items)) },
                route(StoreCalls.search) {
                    try await store.search($0.filter, order: $0.order, after: $0.cursor, limit: $0.limit)
                },
                route(StoreCalls.count) { try await store.count($0.filter, upTo: $0.bound) },
                route(StoreCalls.attempts) { Items(try await store.attempts(of: $0.value)) },
                route(StoreCalls.outcome, isLong: true) { call in
                    if call.wait > .zero { try checkWaits() }
                    let job = try await store.outcome(of: call.job, wait: min(call.wait, longestWait))
                    return try end(Single(job)) { call.wait <= .zero || $0.value?.state.isFinal ?? true }
                },
                route(StoreCalls.cancel, whoAsks: cancel),
                route(StoreCalls.change) { Items(try await store.change($0.jobs, $0.change)) },
                route(StoreCalls.events, isLong: true) { call in
                    if call.wait > .zero { try checkWaits() }
                    let page = try await store.events(
                        after: call.cursor, limit: call.limit, wait: min(call.wait, longestWait))
                    return try end(page) { call.wait <= .zero || !$0.events.isEmpty || $0.hasGap }
                },
                route(StoreCalls.latestEvent) { _ in Single(try await store.latestEvent()) },
            ]
        }

        private func enqueue(_ call: EnqueueRequest, _ principal: Principal) async throws -> Items<EnqueueAnswer> {
            var jobs = call.jobs
            for index in jobs.indices { JobOwner.sign(&jobs[index], by: principal) }
            let answers = try await store.enqueue(jobs, atomically: call.atomically)
            return Items(
                answers.map { answer in
                    guard case .refused(let error) = answer else { return answer }
                    return .refused(error.forOutside)
                })
        }

        /// A key that may cancel its own jobs only cancels all of these or none.
        private func cancel(_ call: ChangeRequest, _ principal: Principal) async throws -> Items<ChangeAnswer> {
            guard case .cancel = call.change else {
                throw ValidationError(
                    field: "change.kind", message: "is cancel here; the other changes have their call")
            }
            if let role = principal.role, role.allows(.cancel) == .own {
                for job in try await store.find(call.jobs) {
                    guard job.map({ JobOwner.isOwner(principal, of: $0) }) ?? true else {
                        throw APIError(
                            .forbidden, "forbidden",
                            "the role \(role.rawValue) allows this for jobs that this key submitted only")
                    }
                }
            }
            return Items(try await store.change(call.jobs, call.change))
        }

        var queues: [Route] {
            [
                route(StoreCalls.queues) { _ in Items(try await store.queues()) },
                route(StoreCalls.changeQueue) { call in
                    try await store.changeQueue(call.queue, call.change)
                    context.settings.forget()
                    return Nothing()
                },
                route(StoreCalls.purge) {
                    Single(try await store.purge($0.queue, states: $0.states, limit: $0.limit))
                },
                route(StoreCalls.removeQueue) { call in
                    try await store.removeQueue(call.value)
                    context.settings.forget()
                    return Nothing()
                },
                route(StoreCalls.defaults) { _ in try await store.defaults() },
                route(StoreCalls.setDefaults) { settings in
                    try await store.setDefaults(settings)
                    context.settings.forget()
                    return Nothing()
                },
            ]
        }

        /// Sessions as operators see them, documents, the audit log and upkeep.
        var upkeep: [Route] {
            [
                route(StoreCalls.sessions) { _ in Items(try await store.sessions()) },
                route(StoreCalls.fence, alsoFor: .work, whoAsks: fence),
                route(StoreCalls.instruct) { call in
                    try await store.instruct(call.session, quiet: call.quiet, stop: call.stop)
                    return Nothing()
                },
                route(StoreCalls.documents) {
                    Items(try await store.documents(in: $0.collection, after: $0.key, limit: $0.limit))
                },
                route(StoreCalls.putDocument) {
                    Single(
                        try await store.putDocument(
                            $0.value, at: $0.key, in: $0.collection, expecting: $0.expecting))
                },
                route(StoreCalls.removeDocument) {
                    Single(try await store.removeDocument($0.key, in: $0.collection, expecting: $0.expecting))
                },
                // The log does not tell of itself.
                route(StoreCalls.appendAudit, isAudited: false) { call in
                    try await store.appendAudit(call.items)
                    return Nothing()
                },
                route(StoreCalls.audit) { try await store.audit(after: $0.cursor, limit: $0.limit) },
                // Every worker does it about once a second.
                route(StoreCalls.maintain, alsoFor: .work, isAudited: false, whoAsks: maintain),
                route(StoreCalls.info) { _ in try await store.info() },
                route(StoreCalls.check) { _ in Items(try await store.check()) },
                route(StoreCalls.repair) { call in
                    guard let repairable = repairable else {
                        throw StoreError(.unsupported, "The server's store has nothing that could be repaired.")
                    }
                    return Items(try await repairable.repair(dryRun: call.dryRun))
                },
                route(StoreCalls.now) { _ in Single(try await store.now()) },
            ]
        }

        private var repairable: (any RepairableStore)? {
            ((store as? ObservedStore)?.base ?? store) as? any RepairableStore
        }

        private func fence(_ call: FenceRequest, _ principal: Principal) async throws -> Single<Int?> {
            if call.renewals == nil, !principal.mayOperate {
                throw APIError(
                    .forbidden, "forbidden",
                    "ending a session whatever it does takes 'operate'; say which number of renewals it stands at")
            }
            return Single(try await store.fence(call.session, ifRenewals: call.renewals, error: call.error))
        }

        private func maintain(_ request: MaintenanceRequest, _ principal: Principal) async throws -> MaintenanceReport {
            if principal.mayOperate { return try await store.maintain(request) }
            let bounded = request.within(
                queues: try await store.queues(), defaults: try await store.defaults(), now: try await store.now())
            return try await store.maintain(bounded)
        }
    }

    extension Principal {
        fileprivate var mayOperate: Bool { role.map { $0.allows(.operate) == .everything } ?? true }
    }
#endif
