import OnCue
import Testing

@Suite struct AccessTests {
    @Test(arguments: [
        (AccessRole.viewer, [Permission.read], []),
        (.producer, [.read, .submit], [Permission.cancel]),
        (.worker, [.read, .work], []),
        (.operator, [.read, .submit, .cancel, .operate], []),
        (.admin, Permission.allCases, []),
    ])
    func aRoleMayDoWhatItIsForAndNothingElse(_ role: AccessRole, _ all: [Permission], _ own: [Permission]) {
        for permission in Permission.allCases {
            let expected: AccessRole.Reach =
                all.contains(permission) ? .everything : own.contains(permission) ? .own : .nothing
            #expect(role.allows(permission) == expected, "\(role) \(permission)")
        }
    }

    @Test func ratesAreReadAndWritten() throws {
        for text in ["1/s", "600/m", "1000000/h"] { #expect(try RequestRate(parsing: text).description == text) }
        for text in ["", "5", "/s", "5/", "5/d", "0/s", "-1/s", "1.5/s", "1000001/s", "5/s/s", " 5/s"] {
            #expect(throws: ValidationError.self) { try RequestRate(parsing: text) }
        }
    }

    @Test func aBucketLetsItsCountThroughAtOnceAndThenItsRate() throws {
        var bucket = TokenBucket(try RequestRate(3, per: .minute), now: .seconds(100))
        for _ in 0..<3 { #expect(bucket.take(now: .seconds(100)) == nil) }
        #expect(bucket.take(now: .seconds(100)) == .seconds(20))
        #expect(bucket.take(now: .seconds(115)) == .seconds(5))
        #expect(bucket.take(now: .seconds(120)) == nil)
        #expect(bucket.take(now: .seconds(120)) != nil)
        // However long nobody came, no more than the count is there; and a clock that stands still gives nothing.
        for _ in 0..<3 { #expect(bucket.take(now: .seconds(10_000)) == nil) }
        #expect(bucket.take(now: .seconds(10_000)) != nil)
        #expect(bucket.take(now: .seconds(9_000)) != nil)
    }
}
