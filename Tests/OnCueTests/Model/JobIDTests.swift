import OnCueTesting
import Testing

@testable import OnCue

@Suite struct JobIDTests {
    @Test func anyIDReadsBackFromEachOfItsTexts() {
        var random = SeededRandom(seed: 9)
        for _ in 0..<5_000 {
            let id = JobID(high: random.next(), low: random.next())
            let text = id.description
            #expect(text.utf8.count == 36 && text == text.lowercased())
            #expect(JobID(text) == id && JobID(text.uppercased()) == id)
            #expect(JobID("urn:uuid:" + text) == id && JobID("{" + text + "}") == id)
            #expect(JobID(text.filter { $0 != "-" }) == id)
        }
    }

    @Test func idsSortAsTheirTextsDo() {
        var random = SeededRandom(seed: 10)
        let ids = (0..<2_000).map { _ in JobID(high: random.next(), low: random.next()) }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }

    @Test func whatIsNoIDIsRefused() {
        let good = "0193a1b2-c3d4-7e5f-8a6b-0123456789ab"
        #expect(JobID(good) != nil)
        let bad = [
            "", "-", good + "0", String(good.dropLast()), good.replacing("-", with: "_"), "{" + good, good + "}",
            "{" + good.dropLast() + "}}", "0193a1b2c3d4-7e5f-8a6b-0123456789ab-", good.replacing("a", with: "g"),
            good.replacing("a", with: "é"), "urn:uuid:" + good.dropLast(), String(repeating: "-", count: 36),
            String(repeating: "é", count: 16), String(repeating: "\u{0}", count: 36),
        ]
        for text in bad { #expect(JobID(text) == nil, "\(text)") }
        var random = SeededRandom(seed: 11)
        for _ in 0..<5_000 {
            var bytes = Array(good.utf8)
            bytes[Int.random(in: 0..<36, using: &random)] = UInt8.random(in: 0...255, using: &random)
            let text = String(decoding: bytes, as: UTF8.self)
            if let read = JobID(text) { #expect(read.description == text.lowercased()) }
        }
    }

    @Test func newIDsNeverGoBackAlsoWhenTheClockDoes() {
        let start = Int64(1_767_225_600_000_000)
        var last = JobID(high: 0, low: 0)
        for step in 0..<50_000 {
            let now = Timestamp(microseconds: start - Int64(step) * 1_000_000)
            let id = JobID.make(at: now)
            #expect(id > last)
            #expect(id.high >> 12 & 0xf == 7 && id.low >> 62 == 2, "version 7, variant of the RFC")
            last = id
        }
    }

    @Test func newIDsOfManyThreadsAreUnique() async {
        let ids = await withTaskGroup(of: [JobID].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<5_000).map { _ in JobID.make(at: Timestamp(microseconds: 1_000_000)) } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 40_000)
    }

    @Test func anIDTellsWhenItWasMade() {
        var generator = UUIDv7Generator(random: Xoshiro256())
        #expect(
            generator.next(milliseconds: 1_767_225_600_123).madeAt == Timestamp(microseconds: 1_767_225_600_123_000))
    }

    @Test func moreIDsThanAMillisecondHoldsBorrowFromTheNext() {
        var generator = UUIDv7Generator(random: Xoshiro256())
        let ids = (0..<10_000).map { _ in generator.next(milliseconds: 1_000) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(ids[9_999].madeAt <= Timestamp(microseconds: 1_003_000))
    }
}
