#if Server
    import HTTPTypes
    import Logging
    import NIOCore
    import OnCue
    import Synchronization

    /// Writes down who changed what.
    ///
    /// Changes by people are written before they are answered. Submissions come by the thousand: of those, the first a
    /// minute of each principal is written like that, and the rest of the minute as one entry with their number. What
    /// workers do is told by the jobs themselves.
    final class AuditTrail: Sendable {
        private struct Subject: Hashable {
            var principal: String
            var action: String
        }

        private struct Window {
            var beganAt: Duration
            /// Requests after the first.
            var further = 0
            var last: AuditedAction
        }

        private static let window: Duration = .seconds(60)

        private let store: any JobStore
        private let logger: Logger
        private let group: any EventLoopGroup
        private let time: any TimeSource
        private let windows = Mutex<[Subject: Window]>([:])

        init(_ store: any JobStore, logger: Logger, group: any EventLoopGroup, time: any TimeSource = .system) {
            self.store = store
            self.group = group
            self.logger = logger
            self.time = time
        }

        func record(_ request: APIRequest, by route: Route, status: HTTPResponse.Status) async {
            guard let name = route.auditedAction else { return }
            if route.auditing == .keys, !request.principal.isKey { return }
            let action = AuditedAction(
                principal: request.principal.id, role: request.principal.role?.rawValue, action: name,
                target: request.auditedTarget(of: route), outcome: "\(status.code)", requestID: request.id)
            if route.permission == .submit {
                await append(frequent(action))
            } else if !request.isDryRun {
                await append([action])
            }
        }

        /// Writes what is counted only.
        func flush() async {
            let counted = windows.withLock { windows in
                defer { windows = [:] }
                return windows.values.compactMap(Self.summary)
            }
            await append(counted)
        }

        // MARK: What comes often

        /// What is to be written now.
        private func frequent(_ action: AuditedAction) -> [AuditedAction] {
            let subject = Subject(principal: action.principal, action: action.action)
            let now = time.uptime()
            return windows.withLock { windows in
                guard var window = windows[subject], now - window.beganAt < Self.window else {
                    let before = windows[subject].flatMap(Self.summary)
                    windows[subject] = Window(beganAt: now, last: action)
                    return (before.map { [$0] } ?? []) + [action]
                }
                window.further += 1
                window.last = action
                windows[subject] = window
                if window.further == 1 { end(window, of: subject) }
                return []
            }
        }

        /// Writes the window's number down when it is over.
        private func end(_ window: Window, of subject: Subject) {
            let loop = group.next()
            let rest = window.beganAt + Self.window - time.uptime()
            loop.scheduleTask(in: TimeAmount(rest)) { [weak self] in
                guard let self else { return }
                let summary = windows.withLock { windows -> AuditedAction? in
                    guard let current = windows[subject], current.beganAt == window.beganAt else { return nil }
                    windows[subject] = nil
                    return Self.summary(current)
                }
                guard let summary else { return }
                Task(executorPreference: EventLoopExecutor(loop)) { await self.append([summary]) }
            }
        }

        private static func summary(_ window: Window) -> AuditedAction? {
            guard window.further > 0 else { return nil }
            var action = window.last
            guard window.further > 1 else { return action }
            action.target = "\(window.further) requests, this one the last"
            return action
        }

        /// What was done cannot be undone when it cannot be written down; then the log says so.
        private func append(_ actions: [AuditedAction]) async {
            guard !actions.isEmpty else { return }
            do throws(StoreError) {
                try await store.appendAudit(actions)
            } catch {
                guard error.code != .unsupported else { return }
                for action in actions {
                    logger.error(
                        "An action could not be put into the audit log",
                        metadata: [
                            "principal": "\(action.principal)", "action": "\(action.action)",
                            "target": "\(action.target ?? "-")", "request": "\(action.requestID ?? "-")",
                            "error": "\(error)",
                        ])
                }
            }
        }
    }

    extension Route {
        /// The name under which the audit log has it, as in `jobs.cancel`; nil for what changes nothing and for what
        /// workers do.
        var auditedAction: String? {
            guard auditing != .never, method != .get, let permission, permission != .read, permission != .work else {
                return nil
            }
            let parts = RouteTable.segments(of: path).filter { $0 != "api" && $0 != "v1" }
            let names = parts.filter { $0.first != "{" }
            guard names.last != "wait" else { return nil }
            let endsInParameter = parts.last?.first == "{"
            let verb: String? =
                switch method {
                case .delete: "delete"
                case .put: "set"
                case .patch: "edit"
                case .post where parts.count == 1: "create"
                default: nil
                }
            let isVerbNeeded = endsInParameter || names.count == 1 || method != .post
            return (names + (isVerbNeeded ? [verb ?? method.rawValue.lowercased()] : [])).joined(separator: ".")
        }
    }

    extension APIRequest {
        /// What the path names; else what the body says, such as the filter of a bulk action.
        fileprivate func auditedTarget(of route: Route) -> String? {
            if let target = route.auditedTarget { return target(self) }
            if !parameters.isEmpty { return parameters.sorted { $0.key < $1.key }.map(\.value).joined(separator: "/") }
            guard route.permission != .submit, !body.isEmpty else { return nil }
            return String(decoding: body.prefix(Limits.messageBytes), as: UTF8.self)
        }

        /// It only asks what would be done.
        fileprivate var isDryRun: Bool {
            guard !body.isEmpty, let fields = try? fields() else { return false }
            return (try? fields.bool("dry_run")) ?? false
        }
    }
#endif
