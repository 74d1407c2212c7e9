import OnCue
import OnCueTesting
import Testing

@testable import OnCueRedis

@Suite struct MessagePackTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)
        }
    }

    private static func encoded(_ value: MessagePack) -> [UInt8] {
        var writer = MessagePackWriter()
        writer.write(value)
        return writer.bytes
    }

    /// What `cmsgpack.pack` of Redis 7.0.15 made of the Lua value beside it.
    private static let fromLua: [(lua: String, hex: String, value: MessagePack)] = [
        ("nil", "c0", .null),
        ("true", "c3", .bool(true)),
        ("false", "c2", .bool(false)),
        ("0", "00", .integer(0)),
        ("127", "7f", .integer(127)),
        ("128", "cc80", .integer(128)),
        ("255", "ccff", .integer(255)),
        ("256", "cd0100", .integer(256)),
        ("65535", "cdffff", .integer(65_535)),
        ("65536", "ce00010000", .integer(65_536)),
        ("4294967295", "ceffffffff", .integer(4_294_967_295)),
        ("4294967296", "cf0000000100000000", .integer(4_294_967_296)),
        ("1795000000000000", "cf0006608b015f3000", .integer(1_795_000_000_000_000)),
        ("2^60", "cf1000000000000000", .integer(1 << 60)),
        ("-1", "ff", .integer(-1)),
        ("-32", "e0", .integer(-32)),
        ("-33", "d0df", .integer(-33)),
        ("-128", "d080", .integer(-128)),
        ("-129", "d1ff7f", .integer(-129)),
        ("-32768", "d18000", .integer(-32_768)),
        ("-32769", "d2ffff7fff", .integer(-32_769)),
        ("-2147483648", "d280000000", .integer(-2_147_483_648)),
        ("-2147483649", "d3ffffffff7fffffff", .integer(-2_147_483_649)),
        ("0.1", "cb3fb999999999999a", .double(0.1)),
        ("1e300", "cb7e37e43c8800759c", .double(1e300)),
        ("''", "a0", .bytes([])),
        ("'a\\0\\255'", "a36100ff", .bytes([0x61, 0, 0xff])),
        (
            "string.rep('x',31)", "bf" + String(repeating: "78", count: 31),
            .text(String(repeating: "x", count: 31))
        ),
        (
            "string.rep('x',32)", "d920" + String(repeating: "78", count: 32),
            .text(String(repeating: "x", count: 32))
        ),
        ("{1,2}", "920102", .array([.integer(1), .integer(2)])),
        ("{a=1}", "81a16101", .map(["a": .integer(1)])),
        ("{a={1,{}}}", "81a161920190", .map(["a": .array([.integer(1), .array([])])])),
    ]

    @Test(arguments: fromLua.indices)
    func whatLuaWritesIsReadAndWrittenAlike(_ index: Int) {
        let (lua, hex, value) = Self.fromLua[index]
        var reader = MessagePackReader(Self.bytes(hex))
        #expect(reader.value() == value, "\(lua)")
        #expect(reader.isAtEnd)
        #expect(Self.encoded(value) == Self.bytes(hex), "\(lua)")
    }

    @Test func numbersOfLuaAreReadInEitherForm() {
        // 0.5 fits a float, 1.0 is whole.
        var half = MessagePackReader(Self.bytes("ca3f000000"))
        #expect(half.value()?.double == 0.5)
        var one = MessagePackReader(Self.bytes("01"))
        #expect(one.value()?.double == 1)
        #expect(MessagePack.double(3).integer == 3)
        #expect(MessagePack.double(3.5).integer == nil)
        #expect(MessagePack.double(.infinity).integer == nil)
    }

    @Test func anEmptyTableIsAnEmptyMap() {
        var reader = MessagePackReader([0x90])
        #expect(reader.value()?.map == [:])
        #expect(MessagePack.array([.null]).map == nil)
    }

    @Test func valuesStandOneBehindTheOther() {
        var reader = MessagePackReader(Self.bytes("0181a1610299"))
        #expect(reader.value() == .integer(1))
        #expect(reader.value() == .map(["a": .integer(2)]))
        #expect(Array(reader.rest) == [0x99])
    }

    @Test func longStringsArraysAndMapsComeBack() {
        for count in [255, 256, 65_535, 65_536] {
            let values: [MessagePack] = [
                .bytes([UInt8](repeating: 7, count: count)),
                .array([MessagePack](repeating: .bool(true), count: count)),
                .map(Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", .integer(Int64($0))) })),
            ]
            for value in values {
                var reader = MessagePackReader(Self.encoded(value))
                #expect(reader.value() == value, "\(count)")
            }
        }
    }

    @Test func whatIsTooDeepOrClaimsTooMuchIsRefused() {
        var deep = MessagePackReader([UInt8](repeating: 0x91, count: 1_000_000))
        #expect(deep.value() == nil)
        for tag: UInt8 in [0xc6, 0xdb, 0xdd, 0xdf] {
            var reader = MessagePackReader([tag, 0xff, 0xff, 0xff, 0xff, 0xc0])
            #expect(reader.value() == nil)
        }
        var beyond = MessagePackReader([0xcf] + [UInt8](repeating: 0xff, count: 8))
        #expect(beyond.value() == nil)
    }

    @Test func anyBytesAreReadWithoutATrap() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<50_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var reader = MessagePackReader(bytes)
            while let value = reader.value() {
                // What is understood is written so that it is understood alike; a NaN is not like itself.
                let isWhole = !"\(value)".contains("nan")
                var again = MessagePackReader(Self.encoded(value))
                if isWhole { #expect(again.value() == value) }
            }
        }
    }
}
