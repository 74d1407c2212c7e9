import OnCue
import OnCueTesting
import Testing

@testable import OnCueRedis

@Suite struct StoreMadeIDTests {
    private func random(_ source: inout SeededRandom) throws -> StoreMadeID {
        // Few milliseconds and wide sequences, so that both decide the order.
        let shift = UInt64.random(in: 0...31, using: &source)
        let sequence = UInt64.random(in: 0..<StoreMadeID.sequenceLimit, using: &source) >> shift
        return try #require(
            StoreMadeID(
                position: StreamPosition(
                    milliseconds: (Bool.random(using: &source) ? 1_795_000_000_000 : StoreMadeID.millisecondsLimit - 8)
                        + .random(in: 0..<8, using: &source), sequence: sequence),
                level: JobPriority.allCases.randomElement(using: &source) ?? .normal,
                queue: .random(in: 0 ... .max, using: &source), nonce: .random(in: 0..<1 << 23, using: &source)))
    }

    @Test func everyPartComesBackAndIdsSortByPosition() throws {
        var source = SeededRandom(seed: 4)
        var last = try random(&source)
        for _ in 0..<20_000 {
            let next = try random(&source)
            #expect(StoreMadeID(next.id) == next)
            #expect(next.id.isStoreMade)
            if next.position != last.position {
                #expect((next.id < last.id) == (next.position < last.position))
            }
            last = next
        }
    }

    @Test func theLayoutStands() throws {
        let made = try #require(
            StoreMadeID(
                position: StreamPosition(milliseconds: 0x0123_4567_89ab, sequence: 0xabc_d_ef01), level: .bulk,
                queue: 0x1234, nonce: 0x7f_ffff))
        // 10, then 20 bits 0xdef01, 100, 16 bits 0x1234, 23 bits of ones.
        #expect(
            made.id
                == JobID(
                    high: 0x0123_4567_89ab_8abc,
                    low: 0x8000_0000_0000_0000 | 0xdef01 << 42 | 4 << 39 | 0x1234 << 23 | 0x7f_ffff))
        #expect(made.id.madeAt.microseconds == 0x0123_4567_89ab * 1_000)
        #expect(made.id.description.hasPrefix("01234567-89ab-8abc-"))
    }

    @Test func otherIdsAreNotOurs() {
        for _ in 0..<1_000 {
            #expect(!JobID.make(at: Timestamp(microseconds: 1_795_000_000_000_000)).isStoreMade)
        }
        #expect(!JobID(high: 0x8000, low: 0).isStoreMade)
        // Levels end at 4.
        #expect(!JobID(high: 0x8000, low: 2 << 62 | 5 << 39).isStoreMade)
        #expect(JobID(high: 0x8000, low: 2 << 62 | 4 << 39).isStoreMade)
    }

    @Test func whatTheLayoutCannotHoldIsRefused() {
        func made(_ milliseconds: UInt64, _ sequence: UInt64, _ nonce: UInt32) -> StoreMadeID? {
            StoreMadeID(
                position: StreamPosition(milliseconds: milliseconds, sequence: sequence), level: .normal, queue: 0,
                nonce: nonce)
        }
        #expect(made(1 << 48 - 1, 1 << 32 - 1, 1 << 23 - 1) != nil)
        #expect(made(1 << 48, 0, 0) == nil)
        #expect(made(0, 1 << 32, 0) == nil)
        #expect(made(0, 0, 1 << 23) == nil)
    }

    @Test func positionsAreReadAsRedisWritesThem() {
        let position = StreamPosition(milliseconds: 1_795_000_000_123, sequence: 42)
        #expect(StreamPosition(position.description) == position)
        #expect(StreamPosition("18446744073709551615-18446744073709551615")?.sequence == .max)
        for text in [
            "", "-", "1", "1-", "-1", "1-2-3", "+1-2", "1- 2", "18446744073709551616-0", "1-18446744073709551616",
        ] {
            #expect(StreamPosition(text) == nil, "\(text)")
        }
        #expect(StreamPosition.start < position)
        #expect(position < StreamPosition(milliseconds: 1_795_000_000_124, sequence: 0))
    }
}
