import Subprocess
import Testing

/// The programs in `Examples` do what they say.
struct ExampleTests {
    @Test("Basic: ten mails, five notifications and three delayed reports end completed")
    func basic() async throws {
        let scratch = try Scratch()
        let result = try await Program.run("ExampleBasic", [scratch.path(), "--fast"])
        #expect(result.status == .exited(0))
        #expect(result.output.contains("completed 18"))
    }

    @Test("Production: success, one failure, two failures and a dead letter")
    func production() async throws {
        let scratch = try Scratch()
        let result = try await Program.run("ExampleProduction", [scratch.path(), "--fast"])
        #expect(result.status == .exited(0))
        #expect(result.output.contains("completed 13, dead 3"))
    }

    @Test("Scheduled: every wave runs at its time and none before")
    func scheduled() async throws {
        let scratch = try Scratch()
        let result = try await Program.run("ExampleScheduled", [scratch.path(), "--fast"])
        #expect(result.status == .exited(0))
        #expect(result.output.contains("36 of 36 completed"))
    }
}
