package import OnCue

extension RetentionPolicy.Bound: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("age", age)
        json.put("count", count)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(age: try fields.read("age"), count: try fields.read("count"))
    }
}

extension RetentionPolicy: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("completed", completed)
        json.put("cancelled", cancelled)
        json.put("dead", dead)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            completed: try fields.read("completed"), cancelled: try fields.read("cancelled"),
            dead: try fields.read("dead"))
    }
}

extension QueueSettings: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put(ifPresent: "order", order)
        json.put(ifPresent: "max_attempts", maxAttempts)
        json.put(ifPresent: "backoff", backoff)
        json.put(ifPresent: "timeout", timeout)
        json.put(ifPresent: "soft_timeout", softTimeout)
        json.put(ifPresent: "retention", retention)
        json.put(ifPresent: "max_waiting", maxWaiting)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            order: try fields.read(ifPresent: "order"), maxAttempts: try fields.read(ifPresent: "max_attempts"),
            backoff: try fields.read(ifPresent: "backoff"), timeout: try fields.read(ifPresent: "timeout"),
            softTimeout: try fields.read(ifPresent: "soft_timeout"),
            retention: try fields.read(ifPresent: "retention"), maxWaiting: try fields.read(ifPresent: "max_waiting"))
    }
}

extension QueueTotals: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("enqueued", enqueued)
        json.put("completed", completed)
        json.put("dead", dead)
        json.put("cancelled", cancelled)
        json.put("retried", retried)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        self.init(
            enqueued: try fields.read("enqueued"), completed: try fields.read("completed"),
            dead: try fields.read("dead"), cancelled: try fields.read("cancelled"),
            retried: try fields.read("retried"))
    }
}

extension QueueInfo: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        json.put("name", name)
        json.put("paused", isPaused)
        json.put("settings", settings)
        json.object("counts") { json in
            for (state, count) in counts { json.put(state.name, count) }
        }
        json.put("totals", totals)
        json.put(ifPresent: "oldest_pending_since", oldestPendingSince)
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        var counts: [JobState: Int] = [:]
        let inner = try fields.object("counts", "an object of numbers by state")
        for name in inner.names {
            guard let state = JobState(name: name) else { throw fields.wrongType("counts", "numbers by state") }
            counts[state] = try inner.read(name)
        }
        self.init(
            name: try fields.read("name"), isPaused: try fields.read("paused"),
            settings: try fields.read("settings"), counts: counts, totals: try fields.read("totals"),
            oldestPendingSince: try fields.read(ifPresent: "oldest_pending_since"))
    }
}

extension QueueChange: StoreObject {
    package func writeFields(to json: inout JSONWriter) {
        switch self {
        case .pause: json.field("kind", "pause")
        case .resume: json.field("kind", "resume")
        case .settings(let settings):
            json.field("kind", "settings")
            json.put("settings", settings)
        }
    }

    package init(_ fields: JSONFields) throws(ValidationError) {
        switch try fields.read("kind", as: String.self) {
        case "pause": self = .pause
        case "resume": self = .resume
        case "settings": self = .settings(try fields.read("settings"))
        default: throw fields.wrongType("kind", "pause, resume or settings")
        }
    }
}
