import Foundation
import OnCue
import Testing

@Suite struct JSONWriterTests {
    @Test func textIsEscapedAndReadBack() throws {
        let awkward = "a\"b\\c\n\r\t\u{0}\u{1f}é漢🙂\u{7f}</script>"
        let text = JobJSON.text { json in
            json.object { json in
                json.field("text", awkward)
                json.field(awkward, true)
                json.array("list") { json in
                    json.integer(-1)
                    json.null()
                    json.array { _ in }
                    json.object { _ in }
                }
            }
        }
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["text"] as? String == awkward)
        #expect(object[awkward] as? Bool == true)
        #expect((object["list"] as? [Any])?.count == 4)
    }

    @Test(arguments: [
        (0.5, "0.5"), (1, "1"), (-3, "-3"), (1e300, "1e+300"), (.nan, "null"), (.infinity, "null"), (0.1, "0.1"),
        (-0.25, "-0.25"),
    ])
    func numbersAreSane(value: Double, text: String) {
        #expect(JobJSON.text { $0.number(value) } == text)
    }

    @Test func base64AgreesWithFoundation() {
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            let text = JobJSON.text { $0.base64(bytes) }
            #expect(text == "\"\(Data(bytes).base64EncodedString())\"")
        }
    }
}

@Suite struct JSONSlicerTests {
    @Test(arguments: [
        "{}", "[]", " [ ] ", "0", "-0", "1.0", "1e5", "1E+5", "-1.25e-3", "true", "false", "null", "\"\"",
        "\"\\u00e9\"",
        "\"é漢🙂\"", "[1,[2,{\"a\":[]}]]", "{\"a\":{\"b\":{\"c\":null}}}", "9223372036854775808", "\"\\ud83d\\ude42\"",
        "\t\n\r {\"a\" : 1 , \"a\" : 2}\n",
    ])
    func takesJSON(text: String) {
        #expect(JSONSlicer.isValue(Array(text.utf8)))
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "1.",
        ".5",
        "-", "+1", "1e", "tru", "nul", "NaN", "\"", "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "1 2", "{} {}", "[1 2]",
        "// a",
        "{\"a\":1 \"b\":2}", "[}", "{]", "\"\\", "\"\\u",
    ])
    func refusesWhatIsNone(text: String) {
        #expect(!JSONSlicer.isValue(Array(text.utf8)))
    }

    @Test(
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
            [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xe2, 0x82, 0x22], [0x22, 0xe2, 0x82], [0x22, 0xf0, 0x8f, 0xbf, 0xbf, 0x22],
            [0xef, 0xbb, 0xbf, 0x31],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) {
        #expect(!JSONSlicer.isValue(bytes))
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(JSONSlicer.isValue(nested(JSONSlicer.maxDepth)))
        #expect(!JSONSlicer.isValue(nested(JSONSlicer.maxDepth + 1)))
        #expect(!JSONSlicer.isValue(nested(1_000_000)))
        #expect(!JSONSlicer.isValue([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)))
    }

    @Test func membersKeepTheirBytes() throws {
        let text = #"{ "a" : { "z": 1.0, "b" : 9223372036854775808 } , "\u0062" : "x\"y" ,"c":[ 1 , 2 ]}"#
        let bytes = Array(text.utf8)
        let members = try JSONSlicer.members(of: bytes)
        #expect(members.map(\.key) == ["a", "b", "c"])
        #expect(
            members.map { String(decoding: bytes[$0.value.range], as: UTF8.self) } == [
                #"{ "z": 1.0, "b" : 9223372036854775808 }"#, #""x\"y""#, "[ 1 , 2 ]",
            ])
        #expect(try JSONSlicer.string(members[1].value, of: bytes) == "x\"y")
        let elements = try JSONSlicer.elements(of: bytes, in: members[2].value.range)
        #expect(elements.map { String(decoding: bytes[$0.range], as: UTF8.self) } == ["1", "2"])
    }

    @Test func aPartOfALongerTextIsReadAlone() throws {
        let bytes = Array("{\"a\":1}\n{\"b\":2}\n".utf8)
        #expect(try JSONSlicer.members(of: bytes, in: 0..<7).map(\.key) == ["a"])
        #expect(try JSONSlicer.members(of: bytes, in: 8..<15).map(\.key) == ["b"])
        let error = #expect(throws: JSONError.self) { try JSONSlicer.members(of: bytes, in: 8..<14) }
        #expect(error?.offset == 6)
    }

    @Test func halfASurrogatePairIsNoText() throws {
        let bytes = Array(#"["\ud83d", "\ude42", "\ud83dx", "\ud83d\u0041"]"#.utf8)
        for value in try JSONSlicer.elements(of: bytes) {
            #expect(throws: JSONError.self) { try JSONSlicer.string(value, of: bytes) }
        }
        let whole = Array(#""\ud83d\ude42\n\/""#.utf8)
        #expect(try JSONSlicer.string(JSONSlicer.value(of: whole), of: whole) == "🙂\n/")
    }

    /// Whatever the bytes are: an answer, and what is taken as JSON is JSON to others, too.
    @Test func anyBytesGetAnAnswer() {
        var random = SystemRandomNumberGenerator()
        let seed = Array(#"{"a":[1,-2.5e3,{"b":"\u00e9\n\"é"}],"c":null,"d":true,"e":{"f":[[],{}]}}"#.utf8)
        let alphabet = Array("{}[]\",:\\u0aeE+-.19 tfn\n".utf8) + [0x80, 0xc3, 0xed, 0xf0, 0xff, 0]
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            guard JSONSlicer.isValue(bytes) else { continue }
            accepted += 1
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(Array(text.utf8) == bytes)
            if !text.contains("\\ud") && !text.contains("\\uD") {
                #expect(throws: Never.self, "\(text)") {
                    try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
                }
            }
            guard let members = try? JSONSlicer.members(of: bytes) else { continue }
            for member in members { #expect(JSONSlicer.isValue(Array(bytes[member.value.range]))) }
        }
        #expect(accepted > 100)
    }
}
