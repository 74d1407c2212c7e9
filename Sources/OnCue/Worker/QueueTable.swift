/// What is known of the queues: their settings for the runs, which are paused, in which order they are served.
struct QueueTable {
    struct Setting: Hashable {
        var options: JobOptions
        var retention: RetentionPolicy
    }

    private struct PlanKey: Hashable {
        var name: JobName
        var queue: QueueName
    }

    private(set) var paused: Set<QueueName> = []
    private var settings: [QueueName: Setting] = [:]
    private var fallback = Setting(options: JobOptions(), retention: .default)
    /// Plans of jobs that bring no options of their own.
    private var plans: [PlanKey: RunPlan] = [:]

    /// Takes over what the store says. Plans are made anew when a setting has changed.
    mutating func update(_ infos: [QueueInfo], defaults: QueueSettings) {
        paused = Set(infos.lazy.filter(\.isPaused).map(\.name))
        let fallback = Setting(options: defaults.jobOptions, retention: defaults.retention ?? .default)
        var settings: [QueueName: Setting] = [:]
        for info in infos where info.settings != QueueSettings() {
            settings[info.name] = Setting(
                options: info.settings.jobOptions.or(fallback.options),
                retention: info.settings.retention ?? fallback.retention)
        }
        guard settings != self.settings || fallback != self.fallback else { return }
        self.settings = settings
        self.fallback = fallback
        plans = [:]
    }

    mutating func plan(
        for handler: RegisteredHandler, _ job: LeasedJob, metrics: WorkerMetrics?
    ) -> RunPlan {
        let own = job.details?.options
        let hasOwn = own.map { $0 != JobOptions() } ?? false
        let key = PlanKey(name: job.name, queue: job.queue)
        if !hasOwn, let known = plans[key] { return known }
        let setting = settings[job.queue] ?? fallback
        let plan = RunPlan(
            handler: handler, job: own ?? JobOptions(), queue: setting.options, retention: setting.retention,
            metrics: metrics?.runs(of: job.name, in: job.queue))
        if !hasOwn {
            // Names are bounded by the handlers; queues come and go.
            if plans.count >= 10_000 { plans = [:] }
            plans[key] = plan
        }
        return plan
    }

    /// The queues to serve when every one is to be: as the store orders them, and `default` in any case.
    static func all(_ infos: [QueueInfo]) -> [QueueName] {
        let names = infos.map(\.name)
        return names.contains(.default) ? names : names + [.default]
    }
}
