import OnCue
import OnCueTesting
import Testing

@testable import OnCueRedis

@Suite struct JobBodyTests {
    private func body(_ payload: [UInt8], tags: [String: String] = [:]) throws -> JobBody {
        try JobBody(NewJob(name: "email.receipt", payload: payload, tags: tags), nonce: 0x7a_bcde)
    }

    @Test(arguments: [0, 1, 256, 65_536, 1 << 20])
    func payloadsOfEverySizeComeBack(_ count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let body = try body(payload)
        let read = try #require(JobBody(body.encoded()))
        #expect(read == body)
        #expect(read.payload == payload)
        #expect(read.extra() == JobExtra())
        #expect(read.nonce == 0x7a_bcde)
    }

    @Test func everyByteComesBack() throws {
        for byte in UInt8.min...UInt8.max {
            let body = try body([byte])
            #expect(JobBody(body.encoded()) == body)
        }
    }

    @Test func whatFewJobsHaveComesBack() throws {
        let tags = Dictionary(uniqueKeysWithValues: (0..<32).map { ("\($0)", String(repeating: "ä", count: 128)) })
        let headers = Dictionary(
            uniqueKeysWithValues: (0..<32).map { ("\($0)", String(repeating: "h", count: Limits.headerBytes)) })
        let job = NewJob(
            name: "n", payload: [1, 2], contentType: "text/plain", unique: UniqueKey("k"),
            options: JobOptions(maxAttempts: 3), tags: tags, headers: headers, parent: JobID(high: 1, low: 2))
        let read = try #require(JobBody(JobBody(job, nonce: 0).encoded()))
        #expect(read.extra() == JobExtra(job))
        // More than two bytes could say.
        #expect(read.packedExtra.count > 65_536)
        #expect(read.payload == [1, 2])
    }

    @Test func aPlainJobCostsEightBytesAndItsName() throws {
        #expect(try body([]).encoded().count == 8 + "email.receipt".utf8.count)
    }

    @Test func thePayloadIsReplacedBehindTheHead() throws {
        let body = try body([1, 2, 3], tags: ["a": "b"])
        var other = body
        other.payload = [9]
        #expect(JobBody.replacingPayload(of: body.encoded(), with: [9]) == other.encoded())
        #expect(JobBody.replacingPayload(of: [1, 2, 3], with: [9]) == nil)
    }

    @Test func aNameThatBreaksTheRulesIsRefused() {
        #expect(throws: ValidationError.self) {
            try JobBody(NewJob(name: JobName(String(repeating: "n", count: 256))), nonce: 0)
        }
    }

    @Test func aSliceThatDoesNotBeginAtZeroIsRead() throws {
        let body = try body([7], tags: ["a": "b"])
        let bytes = [0, 0, 0] + body.encoded()
        #expect(JobBody(bytes[3...]) == body)
    }

    @Test func cutAndDamagedBodiesNeverTrap() throws {
        let body = try body([], tags: ["a": "b"])
        let bytes = body.encoded()
        for count in 0..<bytes.count { #expect(JobBody(bytes[..<count]) == nil) }
        var random = SeededRandom(seed: 1)
        for _ in 0..<20_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = JobBody(damaged)?.extra()
        }
    }
}
