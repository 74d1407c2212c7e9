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
            let infos = try await send(masters.map { Self.command("INFO", on: $0) })
            // Hosted servers often refuse this one; `INFO` has the most important of it.
            let settings = await sendEach(
                masters.map {
                    Self.command("CONFIG", "GET", "maxmemory-policy", "appendonly", "appendfsync", "save", on: $0)
                })
            var facts: [ServerFacts] = []
            for (index, master) in masters.enumerated() {
                var fact = ServerFacts(address: master.description, info: infos[index].text ?? "")
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
            let facts: [ServerFacts]
            do throws(StoreError) {
                facts = try await serverFacts()
            } catch  where error.code == .invalid {
                logger.warning("Redis does not let its settings be read: \(error.message)")
                return
            }
            for fact in facts {
                if let refusal = fact.refusal {
                    throw StoreError(.unsupported, "\(refusal.message) \(refusal.cure ?? "")")
                }
            }
            for finding in StoreCheck.persistence(facts) + StoreCheck.replicas(facts, wanted: options.replicas)
            where finding.severity > .fine {
                logger.warning("\(finding.message) \(finding.cure ?? "")", metadata: ["subject": "\(finding.subject)"])
            }
        }
    }
#endif
