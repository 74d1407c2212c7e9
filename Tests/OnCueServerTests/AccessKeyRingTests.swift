#if Server
    import OnCue
    import OnCueTesting
    import Synchronization
    import Testing

    @testable import OnCueServer

    /// The keys in the store, and how soon a ring hears of what others do to them.
    @Suite struct AccessKeyRingTests {
        private let time = ManualTime()
        private let store: MemoryStore
        private let ring: KeyRing

        init() {
            store = MemoryStore(time: time)
            ring = KeyRing(store, time: time)
        }

        private func standing(of text: String, in ring: KeyRing? = nil) async throws -> String {
            switch try await (ring ?? self.ring).verdict(on: text) {
            case .active(let key): "active \(key.role.rawValue)"
            case .expired: "expired"
            case .revoked: "revoked"
            case .unknown: "unknown"
            }
        }

        @Test(arguments: AccessRole.allCases)
        func aKeyIsKnownByItsText(_ role: AccessRole) async throws {
            #expect(try await ring.isEmpty())
            let rate = try RequestRate(5, per: .second)
            let (key, text) = try await ring.create(role, name: "n", lifetime: .seconds(9), rate: rate, by: "me")
            #expect(key.role == role && key.name == "n" && key.createdBy == "me" && key.rate == rate)
            #expect(key.createdAt == time.now() && key.expiresAt == time.now() + .seconds(9))
            #expect(try await standing(of: text) == "active \(role.rawValue)")
            #expect(try await !ring.isEmpty())
            // What is read back is the whole key.
            #expect(try await KeyRing(store, time: time).list() == [key])
        }

        @Test func everyKeyIsDifferent() async throws {
            var texts: Set<String> = []
            for _ in 0..<200 { texts.insert(try await ring.create(.viewer, by: "me").text) }
            #expect(texts.count == 200 && texts.allSatisfy { $0.hasPrefix("oncue_") && $0.utf8.count == 69 })
        }

        @Test func aTextThatDiffersAnywhereIsUnknown() async throws {
            let (_, text) = try await ring.create(.admin, by: "me")
            let letters = Array(text)
            for index in letters.indices {
                var other = letters
                other[index] = letters[index] == "0" ? "1" : "0"
                #expect(try await standing(of: String(other)) == "unknown", "\(index)")
            }
            for other in ["", "oncue_", text + "0", String(text.dropLast()), " " + text, text.uppercased(), "é" + text]
            {
                #expect(try await standing(of: other) == "unknown")
            }
        }

        @Test func aKeyExpires() async throws {
            let (_, text) = try await ring.create(.viewer, lifetime: .seconds(60), by: "me")
            time.advance(by: .seconds(59))
            #expect(try await standing(of: text) == "active viewer")
            time.advance(by: .seconds(1))
            #expect(try await standing(of: text) == "expired")
        }

        @Test func aRevocationIsFinalAndMayBeSaidTwice() async throws {
            let (key, text) = try await ring.create(.viewer, by: "me")
            let revoked = try await ring.revoke(key.id)
            #expect(revoked.revokedAt == time.now())
            #expect(try await standing(of: text) == "revoked")
            time.advance(by: .seconds(5))
            #expect(try await ring.revoke(key.id) == revoked)
            #expect(try await !ring.isEmpty())
            await #expect(throws: StoreError.self) { try await ring.revoke("nonesuch") }
        }

        @Test func anotherRingHearsOfARevocationWithinSeconds() async throws {
            let other = KeyRing(store, time: time)
            let (key, text) = try await ring.create(.viewer, by: "me")
            #expect(try await standing(of: text, in: other) == "active viewer")
            _ = try await ring.revoke(key.id)
            time.advance(by: KeyRing.freshness)
            #expect(try await standing(of: text, in: other) == "revoked")
        }

        @Test func anotherRingHearsOfANewKeyAtOnce() async throws {
            let other = KeyRing(store, time: time)
            #expect(try await other.isEmpty())
            let (_, text) = try await ring.create(.viewer, by: "me")
            time.advance(by: .milliseconds(100))
            #expect(try await standing(of: text, in: other) == "active viewer")
        }

        @Test func aStoreThatDoesNotAnswerLetsNobodyInForLong() async throws {
            let (_, text) = try await ring.create(.viewer, by: "me")
            #expect(try await standing(of: text) == "active viewer")
            await store.close()
            time.advance(by: KeyRing.patience - .milliseconds(1))
            #expect(try await standing(of: text) == "active viewer")
            time.advance(by: .milliseconds(1))
            await #expect(throws: StoreError.self) { try await ring.verdict(on: text) }
        }

        @Test func keysThatEndedLongAgoGoWithTheNextOneButNeverTheLast() async throws {
            let (old, _) = try await ring.create(.viewer, lifetime: .seconds(60), by: "me")
            let (revoked, _) = try await ring.create(.viewer, by: "me")
            _ = try await ring.revoke(revoked.id)
            time.advance(by: .seconds(29 * 86_400))
            let (kept, _) = try await ring.create(.viewer, lifetime: .seconds(60), by: "me")
            #expect(try await ring.list().count == 3)
            time.advance(by: .seconds(2 * 86_400))
            let (last, _) = try await ring.create(.viewer, lifetime: .seconds(60), by: "me")
            #expect(Set(try await ring.list().map(\.id)) == [kept.id, last.id])
            #expect(!(try await ring.list().contains(old)))
        }

        @Test func aKeyThatCannotBeReadOpensNothingAndStillCounts() async throws {
            let (key, text) = try await ring.create(.viewer, by: "me")
            let written = String(decoding: try key.encoded, as: UTF8.self)
            for broken in [
                "", "{}", "[1]", written.replacing("viewer", with: "emperor"),
                written.replacing("{", with: "{\"rate\":\"fast\","),
            ] {
                _ = try await store.putDocument(Array(broken.utf8), at: key.id, in: "keys", expecting: .anything)
                let fresh = KeyRing(store, time: time)
                #expect(try await standing(of: text, in: fresh) == "unknown")
                #expect(try await !fresh.isEmpty())
            }
        }

        @Test func whatMakesNoKeyIsRefusedWithItsField() async throws {
            for (name, lifetime, field) in [
                ("", Duration?.none, "name"), ("a\nb", nil, "name"), (String(repeating: "n", count: 257), nil, "name"),
                ("n", .zero, "expires"), ("n", .seconds(-1), "expires"), ("n", .seconds(101 * 366 * 86_400), "expires"),
            ] {
                let error = await #expect(throws: StoreError.self) {
                    try await ring.create(.viewer, name: name, lifetime: lifetime, by: "me")
                }
                #expect(error?.code == .invalid && error?.field == field)
            }
            #expect(try await ring.isEmpty())
        }

        @Test func manyWhoAskAtOnceShareOneReading() async throws {
            let (_, text) = try await ring.create(.viewer, by: "me")
            let readings = Atomic(0)
            let cache = KeyCache(time: time) { [time] () async throws(StoreError) in
                readings.add(1, ordering: .relaxed)
                // Long enough for the others to come.
                try? await Task.sleep(for: .milliseconds(50))
                return KeyCache.Snapshot(isEmpty: false, readAt: time.uptime())
            }
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 { group.addTask { (try? await cache.snapshot(.recent).isEmpty) == false } }
                for await isRight in group { #expect(isRight) }
            }
            #expect(readings.load(ordering: .relaxed) == 1)
            #expect(try await standing(of: text) == "active viewer")
        }

        @Test func aReadingThatAChangeHasOvertakenIsNotKept() async throws {
            let gate = Gate()
            let cache = KeyCache(time: time) { [time] () async throws(StoreError) in
                let number = await gate.enter()
                return KeyCache.Snapshot(isEmpty: number == 1, readAt: time.uptime())
            }
            async let answer = cache.snapshot(.recent)
            await gate.someoneIsInside()
            cache.invalidate()
            await gate.open()
            #expect(try await answer.isEmpty == false)
            #expect(await gate.entries == 2)
        }
    }

    /// Holds up whoever enters until it is opened.
    private actor Gate {
        private(set) var entries = 0
        private var isOpen = false
        private var inside: [CheckedContinuation<Void, Never>] = []
        private var watching: [CheckedContinuation<Void, Never>] = []

        func enter() async -> Int {
            entries += 1
            let number = entries
            for watcher in watching { watcher.resume() }
            watching = []
            if !isOpen { await withCheckedContinuation { inside.append($0) } }
            return number
        }

        func someoneIsInside() async {
            if entries == 0 { await withCheckedContinuation { watching.append($0) } }
        }

        func open() {
            isOpen = true
            for continuation in inside { continuation.resume() }
            inside = []
        }
    }
#endif
