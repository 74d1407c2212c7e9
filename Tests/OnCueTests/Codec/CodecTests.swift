import OnCue
import Testing

@Suite struct CodecTests {
    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64.max / 2, UInt64.max])
    func numbersComeBack(_ value: UInt64) {
        var writer = ByteWriter()
        writer.write(unsigned: value)
        writer.write(signed: Int64(bitPattern: value))
        var reader = ByteReader(writer.bytes)
        #expect(reader.unsigned() == value)
        #expect(reader.signed() == Int64(bitPattern: value))
        #expect(reader.isAtEnd)
    }

    @Test func aNumberThatIsTooLongIsRefused() {
        var reader = ByteReader([UInt8](repeating: 0xff, count: 11))
        #expect(reader.unsigned() == nil)
        var tenBytes = ByteReader([UInt8](repeating: 0xff, count: 9) + [0x02])
        #expect(tenBytes.unsigned() == nil)
    }

    @Test func aTextThatClaimsMoreThanThereIsIsRefused() {
        var writer = ByteWriter()
        writer.write(unsigned: .max)
        var reader = ByteReader(writer.bytes)
        #expect(reader.text() == nil)
    }

    // MARK: Extras

    private static let full: JobExtra = {
        var extra = JobExtra()
        extra.contentType = "text/plain"
        extra.options = JobOptions(
            maxAttempts: 7, backoff: .exponential(base: .milliseconds(1_500), max: .seconds(60), multiplier: 1.5),
            timeout: .seconds(30), softTimeout: .nanoseconds(1), retention: .zero)
        extra.tags = ["kunde": "Müller", "leer": ""]
        extra.correlationID = "c-1"
        extra.headers = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"]
        extra.unique = UniqueKey("k", until: .elapsed(.seconds(90)))
        extra.parent = JobID(high: 1, low: .max)
        return extra
    }()

    @Test func extrasComeBack() {
        #expect(JobExtra(Self.full.encoded()) == Self.full)
        #expect(JobExtra(JobExtra().encoded()) == JobExtra())
        for until in [UniqueKey.Until.finished, .started, .elapsed(.milliseconds(3))] {
            var extra = JobExtra()
            extra.unique = UniqueKey("k", until: until)
            #expect(JobExtra(extra.encoded()) == extra)
        }
    }

    @Test func aPlainJobPacksNothing() {
        #expect(JobExtra.packed(NewJob(name: "work", payload: [1])) == nil)
        // What every job has is not packed.
        #expect(JobExtra.packed(NewJob(name: "work", options: JobOptions(queue: "a", priority: .high))) == nil)
        #expect(JobExtra.packed(NewJob(name: "work", options: JobOptions(maxAttempts: 1))) != nil)
    }

    @Test func cutExtrasAreRefused() {
        let bytes = Self.full.encoded()
        for count in 0..<bytes.count { #expect(JobExtra(Array(bytes[..<count])) == nil) }
        #expect(JobExtra(bytes + [0]) == nil)
    }

    @Test func damagedExtrasNeverTrap() {
        var random = SystemRandomNumberGenerator()
        let bytes = Self.full.encoded()
        for _ in 0..<20_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = JobExtra(damaged)
        }
    }
}
