#if Server
    import OnCue

    extension JobFilter {
        /// The filter of a query: `state`, `type` (or `name`, with `*`), `queue`, `tag=key:value` (or `tag=key`),
        /// `correlation_id`, `created_after`, `created_before`.
        init(_ query: RequestQuery) throws(ValidationError) {
            self.init(
                states: try StateNames.states(query.list("state", "states", "status")),
                queue: query["queue"].map { QueueName($0) }, name: query["name"] ?? query["type"],
                correlationID: query["correlation_id"], createdFrom: try query.moment("created_after"),
                createdBefore: try query.moment("created_before"))
            for tag in query.values("tag") {
                let colon = tag.firstIndex { $0 == ":" || $0 == "=" }
                let value: String? = colon.map { String(tag[tag.index(after: $0)...]) }
                tags.updateValue(value, forKey: String(tag[..<(colon ?? tag.endIndex)]))
            }
        }

        /// The same filter as a JSON object; `tags` is an object whose values are texts, or null for any.
        init(_ fields: JSONFields) throws(ValidationError) {
            var words: [String] = []
            for name in ["state", "states", "status"] {
                if let given = try fields.list(name) { words += given }
            }
            var name = try fields.text("name")
            if name == nil { name = try fields.text("type") }
            self.init(
                states: try StateNames.states(words), queue: try fields.text("queue").map { QueueName($0) },
                name: name, tags: try fields.optionalTexts("tags"),
                correlationID: try fields.text("correlation_id"), createdFrom: try fields.moment("created_after"),
                createdBefore: try fields.moment("created_before"))
        }
    }

    extension JobOrder {
        init(word: String?) throws(ValidationError) {
            guard let word else {
                self = .newestFirst
                return
            }
            guard let order = JobOrder(rawValue: word) else {
                throw ValidationError(field: "order", message: "takes newest or oldest")
            }
            self = order
        }
    }
#endif
