#if Redis
    import Logging
    import OnCue
    import RedisWire

    extension StoreCore {
        /// What each master says of itself.
        func serverFacts() async throws(StoreError) -> [ServerFacts] {
            let masters: [RedisNodeID]
            do throws(RedisError) {
                masters = try await client.masters()
            } catch {
                throw StoreError(error)
            }
            let infos = await sendEach(masters.map { Self.command("INFO", on: $0) })
            // Hosted servers often refuse this one; `INFO` has the most important of it.
            let settings = await sendEach(
                masters.map {
                    Self.command("CONFIG", "GET", "maxmemory-policy", "appendonly", "appendfsync", "save", on: $0)
                })
            var facts: [ServerFacts] = []
            for (index, master) in masters.enumerated() {
                let info: String
                switch infos[index] {
                case .success(let answer): info = answer.text ?? ""
                // The user may not ask.
                case .failure(let error) where error.code == .invalid: info = ""
                case .failure(let error): throw error
                }
                var fact = ServerFacts(address: master.description, info: info)
                if case .success(let answer) = settings[index], let pairs = try? answer.pairs("CONFIG") {
                    for (name, value) in pairs { fact.configuration[name] = value.text ?? "" }
                }
                facts.append(fact)
            }
            return facts
        }

        static func command(_ words: String..., on master: RedisNodeID) -> RedisCommand {
            var command = RedisCommand(words[0])
            for word in words.dropFirst() { command.append(word) }
            command.route = .node(master)
            command.isSafeToRepeat = true
            return command
        }

        /// Looks whether the servers can keep what they are given.
        ///
        /// - Throws: `unsupported` for a server that is too old or would throw jobs away, with the cure.
        func verifyServer() async throws(StoreError) {
            let facts = try await serverFacts()
            for fact in facts {
                if let refusal = fact.refusal {
                    throw StoreError(.unsupported, "\(refusal.message) \(refusal.cure ?? "")")
                }
            }
            let findings =
                StoreCheck.servers(facts) + StoreCheck.persistence(facts)
                + StoreCheck.replicas(facts, wanted: options.replicas)
            for finding in findings where finding.severity > .fine {
                logger.warning("\(finding.message) \(finding.cure ?? "")", metadata: ["subject": "\(finding.subject)"])
            }
        }
    }
#endif
