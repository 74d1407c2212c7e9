#if Redis
    import OnCue

    /// A change as ``Scripts/change`` takes it.
    struct PackedChange: Sendable {
        let kind: String
        /// MessagePack.
        let with: [UInt8]
        /// Whether the script has to be told how many attempts a job is to have at least: it does not read its options.
        let needsAttempts: Bool

        /// - Throws: `invalid` for an edit that breaks a rule.
        init(_ change: JobChange, maxPayload: Int) throws(StoreError) {
            var with: [String: MessagePack] = [:]
            var needsAttempts = false
            switch change {
            case .cancel(let reason, let force):
                kind = force ? "force" : "cancel"
                with["r"] = reason.map { .text(Limits.clipped($0, to: Limits.messageBytes)) }
            case .retry(let resetAttempts):
                kind = resetAttempts ? "anew" : "retry"
                needsAttempts = !resetAttempts
            case .delete:
                kind = "delete"
            case .edit(let edit):
                try Self.check(edit, maxPayload: maxPayload)
                kind = "edit"
                with["b"] = edit.payload.map { .bytes($0) }
                with["v"] = edit.priority.map { .integer(Int64($0.rawValue)) }
                switch edit.due {
                case .now: with["wd"] = .integer(0)
                case .after(let delay): with["wd"] = .integer(delay.wholeMicroseconds)
                case .at(let moment): with["w"] = .integer(moment.microseconds)
                case nil: break
                }
            }
            self.needsAttempts = needsAttempts
            var writer = MessagePackWriter()
            writer.write(.map(with))
            self.with = writer.bytes
        }

        private static func check(_ edit: JobEdit, maxPayload: Int) throws(StoreError) {
            if let payload = edit.payload, payload.count > maxPayload {
                throw StoreError(
                    .invalid, "may have \(maxPayload) bytes, this has \(payload.count)", field: "payload")
            }
            if case .after(let delay)? = edit.due {
                guard delay >= .zero else {
                    throw StoreError(.invalid, "may not be negative, this is \(delay.text)", field: "delay")
                }
                guard delay <= Limits.horizon else {
                    throw StoreError(.invalid, "may not be longer than 100 years", field: "delay")
                }
            }
        }
    }
#endif
