/// The settings of a queue or the store as a JSON object, as in `{"timeout": "30s", "max_waiting": 1000}`: the fields that
/// ``JobJSON`` writes.
package enum SettingsObject {
    /// Puts what `fields` has in its place; null clears a setting, what is absent stays.
    ///
    /// - Throws: ``ValidationError`` with the field and what would be right, also for a name that is no setting.
    package static func apply(_ fields: JSONFields, to settings: inout QueueSettings) throws(ValidationError) {
        for name in fields.names where !known.contains(name) {
            throw ValidationError(
                field: name, message: "is no setting; there are \(known.sorted().joined(separator: ", "))")
        }
        if fields.raw("order") != nil { settings.order = try fields.integer("order") }
        if fields.raw("max_attempts") != nil { settings.maxAttempts = try fields.integer("max_attempts") }
        if fields.raw("backoff") != nil { settings.backoff = try SubmitObject.backoff(fields) }
        if fields.raw("timeout") != nil { settings.timeout = try fields.duration("timeout") }
        if fields.raw("soft_timeout") != nil { settings.softTimeout = try fields.duration("soft_timeout") }
        if fields.raw("max_waiting") != nil { settings.maxWaiting = try fields.integer("max_waiting") }
        if fields.raw("retention") != nil { settings.retention = try retention(fields, settings.retention) }
    }

    private static let known: Set<String> = [
        "order", "max_attempts", "backoff", "timeout", "soft_timeout", "max_waiting", "retention",
    ]

    private static func retention(
        _ fields: JSONFields, _ old: RetentionPolicy?
    ) throws(ValidationError) -> RetentionPolicy? {
        guard fields["retention"] != nil else { return nil }
        let inner = try fields.object(
            "retention", "an object such as {\"completed\": {\"age\": \"24h\", \"count\": 10000}}")
        var policy = old ?? .default
        policy.completed = try bound(inner, "completed", policy.completed)
        policy.cancelled = try bound(inner, "cancelled", policy.cancelled)
        policy.dead = try bound(inner, "dead", policy.dead)
        return policy
    }

    private static func bound(
        _ fields: JSONFields, _ name: String, _ old: RetentionPolicy.Bound
    ) throws(ValidationError) -> RetentionPolicy.Bound {
        guard fields[name] != nil else { return old }
        let inner = try fields.object(name, "an object such as {\"age\": \"24h\", \"count\": 10000}")
        return RetentionPolicy.Bound(
            age: try inner.duration("age") ?? old.age, count: try inner.integer("count") ?? old.count)
    }
}
