import OnCue
import Testing

@testable import OnCueRedis

@Suite struct LoggedEventsTests {
    private static let mark: [UInt8] = [2, 0, 0, 7, 1, UInt8(ascii: "a")]

    private static func entry(_ positions: String, jobs: Int) -> LoggedEvents? {
        LoggedEvents([
            (name: "a", value: Array("5".utf8)), (name: "p", value: Array(positions.utf8)),
            (name: "n", value: Array("3".utf8)), (name: "m", value: (0..<jobs).flatMap { _ in mark }),
        ])
    }

    @Test("Jobs that were taken in together have the positions of their runs")
    func runs() throws {
        let entry = try #require(Self.entry("5-9+2 6-0+1", jobs: 3))
        let ids = entry.events.compactMap(\.job).compactMap { StoreMadeID($0) }
        #expect(ids.map(\.position.description) == ["5-9", "5-10", "6-0"])
        #expect(ids.allSatisfy { $0.queue == 3 && $0.nonce == 7 && $0.level == .normal })
    }

    @Test(
        "An entry whose runs are not those of its jobs is damaged",
        arguments: ["5-9", "5-9+0", "5-9+2", "5-9+4", "+3", "x+3", "5-9+3+1"])
    func damaged(_ positions: String) {
        #expect(Self.entry(positions, jobs: 3) == nil)
    }

    @Test("A name that is not there is that of the job before")
    func names() throws {
        let (id, attempt): ([UInt8], [UInt8]) = (Array(repeating: 9, count: 16), [0, 0, 0, 1])
        let events: [UInt8] = [
            id, attempt, [1, UInt8(ascii: "a")], id, attempt, [0], id, attempt, [1, UInt8(ascii: "b")], id, attempt,
            [0],
        ].flatMap(\.self)
        func logged(_ events: [UInt8]) -> LoggedEvents? {
            LoggedEvents([(name: "a", value: Array("5".utf8)), (name: "1", value: events)])
        }
        let whole = try #require(logged(events))
        #expect(whole.events.map(\.name?.rawValue) == ["a", "a", "b", "b"])
        #expect(logged(id + attempt + [0]) == nil)

        let marks: [UInt8] = [2, 0, 0, 7, 1, UInt8(ascii: "a"), 2, 0, 0, 7, 0]
        let taken = LoggedEvents([
            (name: "a", value: Array("5".utf8)), (name: "p", value: Array("5-9+2".utf8)),
            (name: "n", value: Array("3".utf8)), (name: "m", value: marks),
        ])
        #expect(taken?.events.map(\.name?.rawValue) == ["a", "a"])
    }
}
