public import CoreMetrics
import Synchronization

/// Counts and times requests by route. Routes are the patterns of the table, so there are only so many.
public final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        var method: String
        var route: String
        var status: Int
    }

    private struct Handles {
        var count: Counter
        var duration: CoreMetrics.Timer
    }

    private let factory: any MetricsFactory
    private let known = Mutex<[Key: Handles]>([:])

    public init(factory: any MetricsFactory) {
        self.factory = factory
    }

    /// - Parameters:
    ///   - route: its pattern, such as `/api/v1/jobs/{id}`; nil for a request that no route took.
    ///   - nanoseconds: how long it took; nil for streams and waits, which are only counted.
    public func answered(_ method: String, _ route: String?, status: Int, nanoseconds: Int64?) {
        // Clients choose the methods and paths that no route takes.
        let key = Key(method: route == nil ? "other" : method, route: route ?? "none", status: status)
        let handles = known.withLock { known in
            if let handles = known[key] { return handles }
            let place = [("method", key.method), ("route", key.route)]
            let made = Handles(
                count: Counter(
                    label: "oncue_http_requests_total", dimensions: place + [("status", String(key.status))],
                    factory: factory),
                duration: CoreMetrics.Timer(
                    label: "oncue_http_request_duration_seconds", dimensions: place, factory: factory))
            known[key] = made
            return made
        }
        handles.count.increment()
        if let nanoseconds { handles.duration.recordNanoseconds(nanoseconds) }
    }
}
