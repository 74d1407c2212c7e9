package import OnCue

/// A claimed job as a worker gets it.
///
/// * `id` and `token`: what the worker names it by.
/// * `name`, `queue`, `priority`, `attempt` (1 is the first), `max_attempts`, `created_at`, `expires_at`.
/// * `payload` as it was submitted when it is JSON, else `payload_base64`; `content_type` when it was set.
/// * `timeout`, `soft_timeout`: how long the worker is to let it run; also as a number, `timeout_ms`, `soft_timeout_ms`.
/// * `tags`, `headers`, `correlation_id`, `unique_key`, `parent`.
/// * `lost_workers`: how many workers were lost while they held it.
/// * `has_memory`: an earlier attempt has saved a checkpoint or the result of an effect.
package enum WorkLease {
    package static func write(_ job: LeasedJob, _ terms: WorkTerms, to json: inout JSONWriter) {
        json.object { json in
            json.field("id", job.id.description)
            json.field("token", WorkToken(job).description)
            json.field("name", job.name.rawValue)
            json.field("queue", job.queue.rawValue)
            json.field("priority", job.priority.rawValue)
            json.field("attempt", job.attempt)
            json.field("max_attempts", terms.options.maxAttempts)
            json.field("created_at", job.createdAt)
            json.field(ifPresent: "content_type", job.details?.contentType)
            json.value("payload", job.payload, contentType: job.details?.contentType)
            write(terms.options.timeout, "timeout", to: &json)
            write(terms.options.softTimeout, "soft_timeout", to: &json)
            if job.lostWorkers > 0 { json.field("lost_workers", job.lostWorkers) }
            guard let details = job.details else { return }
            json.field(ifPresent: "expires_at", details.expiresAt)
            json.field(ifPresent: "tags", details.tags)
            json.field(ifPresent: "headers", details.headers)
            json.field(ifPresent: "correlation_id", details.correlationID)
            json.field(ifPresent: "unique_key", details.unique?.key)
            json.field(ifPresent: "parent", details.parent?.description)
            if details.hasMemory { json.field("has_memory", true) }
        }
    }

    private static func write(_ span: Duration?, _ name: String, to json: inout JSONWriter) {
        guard let span else { return }
        json.field(name, span)
        json.field("\(name)_ms", span.wholeMicroseconds / 1_000)
    }
}

/// What earlier attempts have saved, as a worker gets it: `checkpoint`, and `effects`, each with its `key` and `result`.
package enum WorkMemory {
    package static func write(_ memory: JobMemory, to json: inout JSONWriter) {
        json.object { json in
            json.value("checkpoint", memory.checkpoint)
            json.array("effects") { json in
                for (key, result) in memory.effects.sorted(by: { $0.key < $1.key }) {
                    json.object { json in
                        json.field("key", key)
                        json.value("result", result)
                    }
                }
            }
        }
    }
}
