import OnCue
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
            for key in keys.all(for: session) + [keys.channel] {
                #expect(tag(key).map(String.init) == "oncue:\(queue)")
            }
            #expect(Set(keys.all(for: session)).count == QueueKeys.Key.allCases.count + 2)
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

    @Test func thePreludeNamesTheKeysInTheOrderInWhichTheyArePassed() throws {
        let lines = QueueKeys.prelude.split(separator: "\n").map(String.init)
        let keys = try QueueKeys(prefix: .default, queue: "q")
        #expect(lines[0] == "local META=KEYS[1]")
        #expect(lines[QueueKeys.Key.uniqueEnds.rawValue].hasPrefix("local UNIQX=KEYS["))
        #expect(keys.all(for: session).count == 26)
        for (index, key) in keys.all(for: session).enumerated() {
            #expect(lines[index].hasSuffix("=KEYS[\(index + 1)]"), "\(key)")
        }
        #expect(lines.count == 27)
        #expect(
            lines.last == "local LEVEL={[0]=LEVEL_0,[1]=LEVEL_1,[2]=LEVEL_2,[3]=LEVEL_3,[4]=LEVEL_4}")
        for level in JobPriority.allCases { #expect(keys.stream(of: level).hasSuffix(":\(level.rawValue)")) }
        // `in` alone would be a word of Lua; capitals are not.
        #expect(lines.contains("local IN=KEYS[24]"))
        #expect(lines[24...25] == ["local SESSION=KEYS[25]", "local NEWS=KEYS[26]"])
    }
}
