import OnCue
import RedisWire
import Testing

@testable import OnCueRedis

@Suite struct QueueKeysTests {
    /// What a cluster hashes of a key: between the first brace and the next that closes.
    private func tag(_ key: String) -> Substring? {
        guard let open = key.firstIndex(of: "{"), let close = key[open...].firstIndex(of: "}") else {
            return nil
        }
        return key[open...close].dropFirst().dropLast()
    }

    private let session = SessionID(rawValue: "0193a1b2-0000-7000-8000-000000000000")

    @Test func allKeysAndTheChannelOfAQueueShareItsTag() throws {
        for queue in ["default", "a:b/c.d_e-f"] as [QueueName] {
            let keys = try QueueKeys(prefix: .default, queue: queue)
            let all = keys.all + keys.all(of: session)
            for key in all + [keys.channel] {
                #expect(tag(key).map(String.init) == "oncue:\(queue)")
            }
            #expect(Set(all).count == QueueKeys.Key.allCases.count + 3)
            #expect(keys[.bulk] == "{oncue:\(queue)}:4")
            #expect(keys[.doneDead] == "{oncue:\(queue)}:done:d")
        }
    }

    @Test(arguments: ["a{b", "a}b", "{}", "", "a b"])
    func namesThatWouldBreakTheTagAreRefused(_ text: String) {
        #expect(throws: ValidationError.self) {
            try QueueKeys(prefix: .default, queue: QueueName(text))
        }
        #expect(throws: ValidationError.self) { try KeyPrefix(text) }
    }

    @Test func storesOfDifferentPrefixesNeverMeet() throws {
        #expect(throws: ValidationError.self) { try KeyPrefix("a:b") }
        #expect(try KeyPrefix("app_1.jobs-x").text == "app_1.jobs-x")
    }

    @Test("A script gets the keys that it names, in the order in which they are named in its first lines")
    func scriptsGetWhatTheyName() throws {
        let keys = try QueueKeys(prefix: .default, queue: "q")
        let script = QueueScript(
            flags: "#!lua\n", "call('HSET', META, LEVEL[3], UNIQX, DONE_C, OUT, IN, NEWS, SESSION)")
        #expect(
            script.keys(of: keys, session) == [
                keys[.meta], keys[.critical], keys[.high], keys[.normal], keys[.low], keys[.bulk], keys[.uniqueEnds],
                keys[.doneCompleted], keys[.outputs], keys[.applied], keys[.session, session], keys[.news, session],
            ])
        #expect(script.keys(of: keys, nil).count == 10)
        #expect(
            script.script.source.split(separator: "\n").dropLast() == [
                "#!lua", "local META=KEYS[1]", "local UNIQX=KEYS[7]", "local DONE_C=KEYS[8]", "local OUT=KEYS[9]",
                "local IN=KEYS[10]", "local LEVEL={[0]=KEYS[2],[1]=KEYS[3],[2]=KEYS[4],[3]=KEYS[5],[4]=KEYS[6]}",
                "local SESSION=KEYS[11]", "local NEWS=KEYS[12]",
            ])
        for level in JobPriority.allCases { #expect(keys.stream(of: level).hasSuffix(":\(level.rawValue)")) }
        // Part of a word is none, and what is not named is not passed.
        #expect(QueueScript("local OUTER, UNIQXX = 1, 2").keys(of: keys, session) == [])
        #expect(QueueScript("return NEWS").script.source == "local NEWS=KEYS[1]\nreturn NEWS")
        #expect(
            QueueScript("return META .. SESSION").keys(of: keys, session) == [keys[.meta], keys[.session, session]])
    }
}
