import Foundation
import OnCue
import Testing

/// The commands that make, list and revoke API keys.
@Suite struct KeysTests {
    private let scratch = Scratch()

    @Test func aKeyIsPrintedOnceAndOnlyItsHashIsKept() async throws {
        let made = try await oncue("keys", "create", "--role", "producer", "--name", "ci", in: scratch)
        let text = try #require(made.lines.first)
        #expect(made.status == 0 && made.lines.count == 1)
        #expect(text.hasPrefix("oncue_") && text.utf8.count == 69)
        let listed = try await oncue("keys", "list", "--json", in: scratch)
        let key = try #require(try listed.array().first)
        let id = try #require(key["id"] as? String)
        #expect(text.contains(id) && made.errors.contains(id))
        #expect(key["role"] as? String == "producer" && key["name"] as? String == "ci")
        #expect(key["standing"] as? String == "active" && key["expires_at"] == nil && key["key"] == nil)
        let secret = Data(text.dropFirst("oncue_\(id)_".count).utf8)
        for name in ["oncue.db", "oncue.db-wal"] {
            let file = (try? Data(contentsOf: URL(filePath: scratch.path(name)))) ?? Data()
            #expect(file.firstRange(of: secret) == nil)
        }
        #expect(!listed.output.contains(String(decoding: secret, as: UTF8.self)))
    }

    @Test func aKeyMayExpireAndHaveARate() async throws {
        let made = try await oncue(
            "keys", "create", "--role", "viewer", "--expires", "90d", "--rate", "600/m", "--json", in: scratch)
        let key = try made.object()
        #expect((key["key"] as? String)?.hasPrefix("oncue_") == true && key["rate"] as? String == "600/m")
        let ends = (key["expires_at"] as? String).flatMap { Timestamp($0) }
        let begins = (key["created_at"] as? String).flatMap { Timestamp($0) }
        let (first, last) = (try #require(begins), try #require(ends))
        #expect(last - first == .seconds(90 * 86_400))
        let listed = try await oncue("keys", in: scratch)
        #expect(listed.output.contains("600/m") && listed.output.contains("viewer"))
    }

    @Test func aRevokedKeyIsListedOnlyWhenAskedFor() async throws {
        let first = try await oncue("keys", "create", "--role", "admin", "--json", in: scratch).object()
        let second = try await oncue("keys", "create", "--role", "worker", "--json", in: scratch).object()
        let id = try #require(first["id"] as? String)
        let revoked = try await oncue("keys", "revoke", id, in: scratch)
        #expect(revoked.status == 0 && revoked.output == "key \(id) revoked\n")
        let left = try await oncue("keys", "list", "--json", in: scratch).array()
        #expect(left.map { $0["id"] as? String } == [second["id"] as? String])
        let all = try await oncue("keys", "list", "--all", "--json", in: scratch).array()
        #expect(all.count == 2)
        #expect(all.first { $0["id"] as? String == id }?["standing"] as? String == "revoked")
        #expect(try await oncue("keys", "revoke", "nonesuch", in: scratch).status == 3)
    }

    @Test(arguments: [
        ["--role", "boss"], [], ["--role", "viewer", "--rate", "fast"], ["--role", "viewer", "--expires", "soon"],
        ["--role", "viewer", "--expires", "0s"], ["--role", "viewer", "--name", ""],
    ])
    func whatMakesNoKeyIsRefused(_ options: [String]) async throws {
        let said = try await oncue(["keys", "create"] + options, in: scratch)
        #expect(said.status == 2 && said.output.isEmpty && !said.errors.isEmpty)
    }
}
