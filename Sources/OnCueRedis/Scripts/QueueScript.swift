#if Redis
    import OnCue
    import RedisWire

    /// A script of one queue. It gets the keys that its source names and no others: each costs the server a tenth of what it
    /// takes to enqueue a job.
    struct QueueScript: Sendable {
        let script: RedisScript
        let keys: [QueueKeys.Key]
        private let sessionKeys: [QueueKeys.SessionKey]

        /// - Parameters:
        ///   - flags: the first line, where the server is to treat it in a way of its own.
        ///   - body: knows the keys by ``QueueKeys/Key/luaName``, and those of a session by ``QueueKeys/SessionKey/luaName``.
        init(flags: String = "", _ body: String) {
            let words = Set(body.split { !$0.isLetter && $0 != "_" })
            keys = QueueKeys.Key.allCases.filter { words.contains($0.luaName[...]) }
            sessionKeys = QueueKeys.SessionKey.allCases.filter { words.contains($0.luaName[...]) }
            var names: [String] = []
            var levels: [String] = []
            for (index, key) in keys.enumerated() {
                if key.isLevel {
                    levels.append("[\(levels.count)]=KEYS[\(index + 1)]")
                } else {
                    names.append("local \(key.luaName)=KEYS[\(index + 1)]")
                }
            }
            if !levels.isEmpty { names.append("local LEVEL={\(levels.joined(separator: ","))}") }
            // Behind the queue's own, so that their names are nil where there is no session.
            for (index, key) in sessionKeys.enumerated() {
                names.append("local \(key.luaName)=KEYS[\(keys.count + index + 1)]")
            }
            script = RedisScript(flags + names.map { $0 + "\n" }.joined() + body)
        }

        /// - Parameter session: nil where it is for no session.
        func keys(of queue: QueueKeys, _ session: SessionID?) -> [String] {
            keys.map { queue[$0] } + (session.map { session in sessionKeys.map { queue[$0, session] } } ?? [])
        }
    }
#endif
