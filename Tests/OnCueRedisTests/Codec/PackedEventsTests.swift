import OnCue
import Testing

@testable import OnCueRedis

@Suite struct PackedEventsTests {
    private static let job = JobID(high: 0x0123_4567_89ab_cdef, low: 42)
    private static let first = StreamPosition(milliseconds: 1_795_000_000_123, sequence: 5)

    /// One of everything.
    private static let entry: [UInt8] = {
        var names = PackedEvents.Names()
        let mail = names.index(of: "email.receipt")
        let work = names.index(of: "work")
        var bytes: [UInt8] = [2] + PackedEvents.item(job: job, attempt: 0, name: mail)
        bytes += PackedEvents.head(.completed, count: 2)
        bytes += PackedEvents.item(job: job, attempt: 1_000, name: work)
        bytes += PackedEvents.item(job: job, attempt: 1, name: mail)
        bytes += [UInt8(JobEvent.Kind.queuePaused.rawValue)]
        bytes += PackedEvents.createdHead(first: first, queue: 3, count: 3)
        bytes += PackedEvents.createdItem(level: .bulk, nonce: 0x7f_fffe, name: work)
        bytes += PackedEvents.createdItem(level: .high, id: job, name: mail)
        bytes += PackedEvents.createdItem(level: .normal, nonce: 1, name: mail)
        // A name that only the script knew.
        bytes += [UInt8(JobEvent.Kind.dead.rawValue)] + PackedEvents.item(job: job, attempt: 2, name: 0)
        bytes += [2] + Array("xy".utf8)
        return names.encoded() + bytes
    }()

    private func made(_ sequence: UInt64, _ level: JobPriority, _ nonce: UInt32) -> JobID? {
        StoreMadeID(
            position: StreamPosition(milliseconds: Self.first.milliseconds, sequence: sequence),
            level: level,
            queue: 3, nonce: nonce)?.id
    }

    @Test func everyFormComesBack() throws {
        let events = try #require(PackedEvents.decode(Self.entry, queue: "mail", microseconds: 77))
        func event(
            _ index: Int, _ kind: JobEvent.Kind, _ job: JobID?, _ name: JobName?, _ attempt: Int = 0
        ) -> JobEvent {
            JobEvent(
                cursor: EventCursor(entry: 77, index: index), at: Timestamp(microseconds: 77), kind: kind,
                queue: "mail", job: job, name: name, attempt: attempt)
        }
        #expect(
            events == [
                event(1, .progress, Self.job, "email.receipt"),
                event(2, .completed, Self.job, "work", 1_000),
                event(3, .completed, Self.job, "email.receipt", 1),
                event(4, .queuePaused, nil, nil),
                event(5, .created, made(5, .bulk, 0x7f_fffe), "work"),
                event(6, .created, Self.job, "email.receipt"),
                event(7, .created, made(7, .normal, 1), "email.receipt"),
                event(8, .dead, Self.job, "xy", 2),
            ])
    }

    @Test func everyKindOfAJobComesBack() throws {
        for kind in JobEvent.Kind.allCases {
            let isOfQueue = kind == .queuePaused || kind == .queueResumed
            let item = isOfQueue ? [] : PackedEvents.item(job: Self.job, attempt: 1, name: 0) + [1, 0x6e]
            let events = PackedEvents.decode(
                [1, 0, UInt8(kind.rawValue)] + item, queue: "q", microseconds: 1)
            #expect(events?.map(\.kind) == [kind])
            #expect(events?.first?.name == (isOfQueue ? nil : "n"))
        }
    }

    @Test func headsAreWhatLuaPacks() {
        // `struct.pack('>BI6I4I2I4', 64, 1795000000123, 5, 3, 2)` of Redis 7.0.15.
        let hex = PackedEvents.createdHead(first: Self.first, queue: 3, count: 2)
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == "4001a1ee565e7b00000005000300000002")
    }

    @Test func aCreatedJobCostsFiveBytes() {
        #expect(PackedEvents.createdItem(level: .normal, nonce: 1, name: 1).count == 5)
    }

    @Test func damagedEntriesAreRefusedOrReadButNeverTrap() {
        #expect(PackedEvents.decode([], queue: "q", microseconds: 1) == nil)
        #expect(PackedEvents.decode([2, 0], queue: "q", microseconds: 1) == nil)
        #expect(PackedEvents.decode([1, 0], queue: "q", microseconds: 1) == [])
        // Within the last item every cut is one too short.
        for missing in 1...19 {
            #expect(PackedEvents.decode(Self.entry.dropLast(missing), queue: "q", microseconds: 1) == nil)
        }
        let many = [1, 0] + PackedEvents.head(.started, count: 1_000_001)
        #expect(PackedEvents.decode(many, queue: "q", microseconds: 1) == nil)
        let beyond = PackedEvents.createdHead(
            first: StreamPosition(milliseconds: 1, sequence: 1 << 32 - 1), queue: 1, count: 2)
        let item = PackedEvents.createdItem(level: .low, nonce: 0, name: 0) + [1, 0x6e]
        #expect(PackedEvents.decode([1, 0] + beyond + item + item, queue: "q", microseconds: 1) == nil)
        var random = Seeded(5)
        for _ in 0..<20_000 {
            var damaged = Self.entry
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            _ = PackedEvents.decode(damaged, queue: "q", microseconds: 1)
        }
    }
}
