#if Redis
    import NIOCore
    import Synchronization

    /// What Sentinels are asked, over one connection to each.
    final class SentinelQuestions: Sendable {
        let master: String
        private let nodes: RedisNodeMaker
        private let eventLoop: any EventLoop
        private let lanes = Mutex<[RedisAddress: RedisLane]>([:])

        init(_ nodes: RedisNodeMaker, master: String, on eventLoop: any EventLoop) {
            self.nodes = nodes
            self.master = master
            self.eventLoop = eventLoop
        }

        deinit {
            for lane in lanes.withLock({ $0 }).values { lane.closeSoon(because: RedisNode.closed) }
        }

        /// Where this Sentinel thinks that the master is.
        func address(from sentinel: RedisAddress) async -> Result<RedisAddress, RedisError> {
            await ask(sentinel, "GET-MASTER-ADDR-BY-NAME").flatMap { reply in
                if reply.isNull {
                    return .failure(
                        RedisError(.configuration, "The Sentinel at \(sentinel) knows no master called \(master)."))
                }
                guard let words = reply.elements?.map(\.text), words.count == 2, let host = words[0],
                    let port = words[1].flatMap({ Int($0) }), (1...65_535).contains(port)
                else {
                    return .failure(
                        RedisError(.protocolViolation, "\(sentinel) did not say where \(master) is. Is it a Sentinel?"))
                }
                return .success(.tcp(host: host, port: port))
            }
        }

        /// The Sentinels that this one knows of; none where it does not say.
        func others(from sentinel: RedisAddress) async -> [RedisAddress] {
            guard let rows = try? await ask(sentinel, "SENTINELS").get().elements else { return [] }
            return rows.compactMap { row in
                guard let words = row.elements?.map(\.text) else { return nil }
                func value(_ field: String) -> String? {
                    words.firstIndex(of: field).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
                }
                guard let host = value("ip"), !host.isEmpty, let port = value("port").flatMap({ Int($0) }) else {
                    return nil
                }
                return .tcp(host: host, port: port)
            }
        }

        func close() async {
            for lane in lanes.withLock({ $0 }).values { await lane.close(because: RedisNode.closed) }
        }

        private func ask(_ sentinel: RedisAddress, _ question: String) async -> RedisResult {
            let lane = lanes.withLock { lanes in
                if let lane = lanes[sentinel] { return lane }
                let lane = RedisLane(
                    nodes.connector(sentinel: sentinel), on: eventLoop, logger: nodes.configuration.logger,
                    holdsCommands: false)
                lanes[sentinel] = lane
                return lane
            }
            var command = RedisCommand("SENTINEL")
            command.append(question)
            command.append(master)
            let result = await lane.send([command], deadline: nodes.questionDeadline).results[0]
            if let error = result.failure, error.code == .authentication {
                return .failure(RedisError(.authentication, "No way to the Sentinels: \(error.message)"))
            }
            guard let error = result.failure?.server else { return result }
            switch error.code {
            case "NOAUTH", "NOPERM":
                return .failure(
                    RedisError(.authentication, "The Sentinel at \(sentinel) refused to answer: \(error.message)"))
            case "ERR" where error.message.contains("unknown command"):
                return .failure(RedisError(.configuration, "\(sentinel) is no Sentinel: \(error.message)"))
            default: return result
            }
        }
    }
#endif
