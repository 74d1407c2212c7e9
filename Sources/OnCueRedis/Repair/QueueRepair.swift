#if Redis
    import OnCue
    import RedisWire

    /// A repair of one queue: page by page, each page in one script.
    struct QueueRepair {
        let core: StoreCore
        let queue: Queue
        let mends: Bool
        private var counts: [String: Int] = [:]

        private static let page = 200

        init(core: StoreCore, queue: Queue, mends: Bool) {
            self.core = core
            self.queue = queue
            self.mends = mends
        }

        /// How often each kind of damage was found.
        mutating func run() async throws(StoreError) -> [String: Int] {
            try await prepare()
            let finals = try await records().union(try await bundles())
            for level in JobPriority.allCases {
                try await entries(of: level, Scripts.repairEntries)
                try await entries(of: level, Scripts.repairHeld)
            }
            for kind in ["ids", "due", "exp", "keep", "hist", "mem", "out", "uniq", "uniqx"] { try await places(kind) }
            try await lists(finals)
            try await consumers()
            add(try await answer(Scripts.recount) { _ in }[0])
            return counts
        }

        /// Streams and groups that are missing. A queue that is only being made gets them from who makes it.
        private mutating func prepare() async throws(StoreError) {
            guard try await core.run(Scripts.isPrepared, on: queue, isSafeToRepeat: true).integer == 1 else { return }
            for level in JobPriority.allCases {
                var command = RedisCommand("XINFO")
                command.append("GROUPS")
                command.append(key: queue.keys.stream(of: level))
                command.isSafeToRepeat = true
                if case .success(let groups) = await core.sendEach([command])[0], groups.elements?.count == 1 {
                    continue
                }
                counts["streams without their group", default: 0] += 1
            }
            guard mends, counts["streams without their group"] != nil else { return }
            core.registry.forget(queue.name)
            _ = try await core.registry.makeQueue(queue.name)
        }

        /// - Returns: of each finished job that is kept as the policy says its id and its end.
        private mutating func records() async throws(StoreError) -> Set<[UInt8]> {
            var finals: Set<[UInt8]> = []
            var cursor = "0"
            repeat {
                var scan = RedisCommand("HSCAN", key: queue.keys[.records])
                for word in [cursor, "COUNT", String(Self.page)] { scan.append(word) }
                scan.isSafeToRepeat = true
                guard let parts = try await core.send(scan).elements.map(Array.init), parts.count == 2,
                    let next = parts[0].text
                else { throw .unreadable("the records of a queue") }
                cursor = next
                let ids = try parts[1].bytePairs("the records of a queue").map(\.name)
                for start in stride(from: 0, to: ids.count, by: Self.page) {
                    let some = ids[start..<min(start + Self.page, ids.count)]
                    let answer = try await answer(Scripts.repairRecords) { arguments in
                        for id in some { arguments.append(id) }
                    }
                    add(answer[0])
                    finals.formUnion(answer[1].elements?.compactMap(\.array) ?? [])
                }
            } while cursor != "0"
            return finals
        }

        /// - Returns: of each bundle what the list of the completed is to have.
        private mutating func bundles() async throws(StoreError) -> Set<[UInt8]> {
            var members: Set<[UInt8]> = []
            try await pages { repair, cursor throws(StoreError) in
                let answer = try await repair.answer(Scripts.repairBundles) { $0.append(cursor) }
                members.formUnion(answer.last?.elements?.compactMap(\.array) ?? [])
                return answer
            }
            try await pages { repair, cursor throws(StoreError) in
                try await repair.answer(Scripts.repairBundlePlaces) { $0.append(cursor) }
            }
            return members
        }

        private mutating func entries(of level: JobPriority, _ script: QueueScript) async throws(StoreError) {
            var from = "-"
            while true {
                let answer = try await answer(script) { arguments in
                    arguments.append(level.rawValue)
                    arguments.append(from)
                    arguments.append(Self.page)
                }
                add(answer[0])
                guard let last = answer[1].text, !last.isEmpty else { return }
                from = "(" + last
            }
        }

        private mutating func places(_ kind: String) async throws(StoreError) {
            try await pages { repair, cursor throws(StoreError) in
                try await repair.answer(Scripts.repairPlaces) { arguments in
                    arguments.append(kind)
                    arguments.append(cursor)
                }
            }
        }

        /// Goes through what a script looks at page by page: it answers what it found, and the next cursor.
        private mutating func pages(
            _ page: (inout QueueRepair, _ cursor: String) async throws(StoreError) -> [RESPToken]
        ) async throws(StoreError) {
            var cursor = "0"
            repeat {
                let answer = try await page(&self, cursor)
                add(answer[0])
                guard let next = answer[1].text else { throw .unreadable("a page of a queue") }
                cursor = next
            } while cursor != "0"
        }

        private mutating func lists(_ finals: Set<[UInt8]>) async throws(StoreError) {
            var finals = finals
            for state in [JobState.completed, .dead, .cancelled] {
                var from = 0
                while true {
                    let answer = try await answer(Scripts.repairList) { arguments in
                        arguments.append(state.rawValue)
                        arguments.append(from)
                        arguments.append(Self.page)
                    }
                    add(answer[0])
                    guard answer.count == 4, let looked = answer[1].integer, let out = answer[2].integer else {
                        throw .unreadable("a list of finished jobs")
                    }
                    for one in answer[3].elements?.compactMap(\.array) ?? [] { finals.remove(one) }
                    from += Int(looked - out)
                    if looked == 0 { break }
                }
            }
            let missing = Array(finals)
            for start in stride(from: 0, to: missing.count, by: Self.page) {
                let some = missing[start..<min(start + Self.page, missing.count)]
                add(
                    try await answer(Scripts.repairFinals) { arguments in
                        for one in some { arguments.append(one) }
                    }[0])
            }
        }

        /// Consumers whose session has ended or is unknown, and was not used lately.
        private mutating func consumers() async throws(StoreError) {
            var found: [SessionID: Int64] = [:]
            for level in JobPriority.allCases {
                var command = RedisCommand("XINFO")
                command.append("CONSUMERS")
                command.append(key: queue.keys.stream(of: level))
                command.append(QueueKeys.group)
                command.isSafeToRepeat = true
                guard case .success(let answer) = await core.sendEach([command])[0] else { continue }
                for consumer in answer.elements.map(Array.init) ?? [] {
                    let fields = try consumer.pairs("the consumers of a queue")
                    guard let name = fields.first(where: { $0.name == "name" })?.value.text, !name.hasPrefix("~") else {
                        continue
                    }
                    let idle = fields.first { $0.name == "idle" }?.value.integer ?? 0
                    let session = SessionID(rawValue: name)
                    found[session] = min(found[session] ?? .max, idle)
                }
            }
            let standings = try await core.standings()
            for (session, idle) in found {
                switch standings[session]?.name {
                case "open", "fencing", "closing": continue
                // One that lives and that the registry has lost opens itself again.
                case nil: guard idle >= Upkeep.unknownFor.components.seconds * 1_000 else { continue }
                default: break
                }
                counts["consumers without sessions", default: 0] += 1
                guard mends else { continue }
                if let standing = standings[session]?.name {
                    try await core.sweepEnded(session, queue, standing)
                } else {
                    try await core.sweepUnknown(session, queue)
                }
            }
        }

        // MARK: -

        private func answer(
            _ script: QueueScript, _ fill: (inout RedisArguments) -> Void
        ) async throws(StoreError) -> [RESPToken] {
            let answer = try await core.run(script, on: queue, isSafeToRepeat: true) { arguments in
                arguments.append(mends ? 1 : 0)
                fill(&arguments)
            }
            guard let parts = answer.elements.map(Array.init), !parts.isEmpty else { throw .unreadable("a repair") }
            return parts
        }

        private mutating func add(_ found: RESPToken) {
            for (kind, count) in (try? found.pairs("a repair")) ?? [] {
                counts[kind, default: 0] += count.integer.map(Int.init) ?? 0
            }
        }
    }
#endif
