import OnCue
import Testing

@testable import OnCueSQLite

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
        // What stands in columns of its own is not packed.
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
            _ = EventBatch.decode(damaged, entry: 1, at: Timestamp(microseconds: 0))
        }
    }

    // MARK: Events

    @Test func eventsComeBack() throws {
        var batch = EventBatch()
        let mail = batch.add(queue: "mail", name: "email.receipt")
        let queue = batch.add(queue: "mail", name: nil)
        let job = JobID(high: 0x0123_4567_89ab_cdef, low: 42)
        batch.append(.created, names: mail, job: job, attempt: 0)
        batch.append(.queuePaused, names: queue, job: nil, attempt: 0)
        batch.append(.failed, names: mail, job: job, attempt: 1_000)
        #expect(batch.count == 3)

        let at = Timestamp(microseconds: 7)
        let events = try #require(EventBatch.decode(batch.encoded(), entry: 5, at: at))
        #expect(
            events == [
                JobEvent(
                    cursor: .init(entry: 5, index: 1), at: at, kind: .created, queue: "mail", job: job,
                    name: "email.receipt"),
                JobEvent(cursor: .init(entry: 5, index: 2), at: at, kind: .queuePaused, queue: "mail"),
                JobEvent(
                    cursor: .init(entry: 5, index: 3), at: at, kind: .failed, queue: "mail", job: job,
                    name: "email.receipt", attempt: 1_000),
            ])
    }

    @Test func anEventCostsAboutTwentyBytes() {
        var batch = EventBatch()
        let names = batch.add(queue: "default", name: "email.receipt")
        let empty = batch.encoded().count
        for number in 0..<1_000 {
            batch.append(.completed, names: names, job: JobID(high: UInt64(number), low: 1), attempt: 1)
        }
        #expect(batch.encoded().count - empty <= 20 * 1_000)
    }

    @Test func cutEventsAreRefused() {
        var batch = EventBatch()
        batch.append(.created, names: batch.add(queue: "q", name: "n"), job: JobID(high: 1, low: 2), attempt: 3)
        let bytes = batch.encoded()
        let at = Timestamp(microseconds: 0)
        #expect(EventBatch.decode([], entry: 1, at: at) == nil)
        for count in 1..<bytes.count where count != bytes.count - 19 {
            #expect(EventBatch.decode(Array(bytes[..<count]), entry: 1, at: at) == nil, "\(count) bytes")
        }
    }

    // MARK: Places

    @Test func aPlaceTellsTheNumberAndMostlyTheLane() {
        let place = Place.pack(123_456_789, lane: 77)
        #expect(Place.number(place) == 123_456_789)
        #expect(Place.lane(place) == 77)
        let wide = Place.pack(5, lane: 1 << 30)
        #expect(Place.number(wide) == 5)
        #expect(Place.lane(wide) == nil)
    }
}
