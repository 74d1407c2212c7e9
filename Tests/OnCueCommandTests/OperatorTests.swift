import Foundation
import OnCue
import Testing

/// Each command that looks at jobs and changes them, as text, as JSON and by its exit status.
@Suite struct OperatorTests {
    private let scratch = Scratch()

    @discardableResult
    private func submit(_ arguments: String...) async throws -> String {
        let said = try await oncue(["submit"] + arguments, in: scratch)
        guard said.status == 0, let id = said.lines.first else { throw Failure(said.errors) }
        return id
    }

    @Test func listsFilterAndPage() async throws {
        let first = try await submit("email.receipt", "--tag", "tenant=acme", "--correlation-id", "c1")
        let second = try await submit("email.invoice", "--queue", "mail", "--priority", "high")
        let third = try await submit("report", "--delay", "1h")

        let text = try await oncue("jobs", "list", in: scratch)
        #expect(text.lines.first?.hasPrefix("ID") == true)
        for id in [first, second, third] { #expect(text.output.contains(id)) }

        func ids(_ arguments: String...) async throws -> [String] {
            let said = try await oncue(["jobs", "list", "--json"] + arguments, in: scratch)
            #expect(said.status == 0)
            return try #require(said.object()["jobs"] as? [[String: Any]]).compactMap { $0["id"] as? String }
        }
        #expect(try await ids() == [third, second, first])
        #expect(try await ids("--oldest-first") == [first, second, third])
        #expect(try await ids("--name", "email.*") == [second, first])
        #expect(try await ids("--queue", "mail") == [second])
        #expect(try await ids("--state", "delayed,dead") == [third])
        #expect(try await ids("--tag", "tenant") == [first])
        #expect(try await ids("--tag", "tenant=other") == [])
        #expect(try await ids("--correlation-id", "c1") == [first])
        #expect(try await ids("--since", "1h").count == 3)
        #expect(try await ids("--until", "1h") == [])

        let page = try await oncue("jobs", "--json", "--limit", "2", in: scratch).object()
        #expect(page["count"] as? Int == 2)
        let cursor = try #require(page["next_cursor"] as? String)
        #expect(try await ids("--limit", "2", "--cursor", cursor) == [first])
        #expect(try await oncue("jobs", "list", "--limit", "0", in: scratch).status == 2)
        #expect(try await oncue("jobs", "list", "--cursor", "junk", in: scratch).status == 2)
        #expect(try await oncue("jobs", "list", "--state", "ded", in: scratch).status == 2)
    }

    @Test func showTellsAllOfAJob() async throws {
        let id = try await submit(
            "email.receipt", "{\"n\": 1.0}", "--priority", "high", "--tag", "a=b", "--timeout", "10s", "--unique", "u",
            "--correlation-id", "c", "--attempts", "3")
        let text = try await oncue("jobs", "show", id, in: scratch)
        for part in [id, "pending", "email.receipt", "{\"n\": 1.0}", "a=b", "10s", "0 of 3", "high"] {
            #expect(text.output.contains(part))
        }
        let json = try await oncue("jobs", "show", id, "--json", in: scratch)
        let object = try json.object()
        #expect(object["type"] as? String == "email.receipt")
        #expect(object["state"] as? String == "pending")
        #expect(object["status"] as? String == "pending")
        #expect(object["queue"] as? String == "default")
        #expect(object["priority"] as? Int == 1)
        #expect(object["unique_key"] as? String == "u")
        #expect(object["correlation_id"] as? String == "c")
        #expect(object["max_attempts"] as? Int == 3)
        #expect((object["attempts"] as? [Any])?.isEmpty == true)
        #expect(json.output.contains("{\"n\": 1.0}"))
        let none = try await oncue("jobs", "show", "0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01", in: scratch)
        #expect(none.status == 3)
        #expect(try await oncue("jobs", "show", "7", in: scratch).status == 2)
    }

    @Test func whySaysWhatIsMissing() async throws {
        let id = try await submit("email.receipt")
        let text = try await oncue("jobs", "why", id, in: scratch)
        #expect(text.status == 0)
        #expect(text.output.contains("worker"))
        #expect(text.output.contains("oncue serve") || text.output.contains("oncue work"))
        let object = try await oncue("jobs", "why", id, "--json", in: scratch).object()
        #expect((object["reasons"] as? [[String: Any]])?.first?["kind"] as? String == "no_worker")
        #expect(try await oncue("jobs", "why", "0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01", in: scratch).status == 3)
    }

    @Test func cancelRetryAndDeleteById() async throws {
        let id = try await submit("a")
        let cancelled = try await oncue("jobs", "cancel", id, "--reason", "wrong", in: scratch)
        #expect(cancelled.status == 0)
        #expect(cancelled.output == "\(id)  cancelled\n")
        #expect(try await oncue("jobs", "show", id, in: scratch).output.contains("wrong"))
        let again = try await oncue("jobs", "cancel", id, in: scratch)
        #expect(again.status == 4)
        #expect(again.errors.contains("is cancelled"))

        #expect(
            try await oncue("jobs", "retry", id, "--json", in: scratch).array().first?["answer"] as? String == "done")
        #expect(try await oncue("jobs", "retry", id, in: scratch).status == 4)
        #expect(try await oncue("jobs", "delete", id, "--dry-run", in: scratch).output == "1 job would be deleted\n")
        #expect(try await oncue("jobs", "delete", id, in: scratch).status == 0)
        #expect(try await oncue("jobs", "delete", id, in: scratch).status == 3)
    }

    @Test func bulkCountsFirstAndWantsAYes() async throws {
        for _ in 0..<3 { try await submit("email.receipt") }
        let other = try await submit("report")
        #expect(try await oncue("jobs", "cancel", in: scratch).status == 2)
        #expect(try await oncue("jobs", "cancel", other, "--name", "x", in: scratch).status == 2)

        let dry = try await oncue("jobs", "cancel", "--name", "email.*", "--dry-run", "--json", in: scratch)
        #expect(try dry.object()["matched"] as? Int == 3)
        #expect(try dry.object()["done"] as? Int == 0)
        let unasked = try await oncue("jobs", "cancel", "--name", "email.*", in: scratch)
        #expect(unasked.status == 2)
        #expect(unasked.errors.contains("Cancel 3 jobs?"))
        #expect(unasked.errors.contains("--yes"))

        let done = try await oncue("jobs", "cancel", "--name", "email.*", "--yes", in: scratch)
        #expect(done.output == "3 jobs cancelled\n")
        let retried = try await oncue("jobs", "retry", "--state", "cancelled", "-y", "--json", in: scratch)
        #expect(try retried.object()["done"] as? Int == 3)
        let deleted = try await oncue("jobs", "delete", "--all", "--yes", "--limit", "2", in: scratch)
        #expect(deleted.output == "2 jobs deleted\n")
        #expect(deleted.errors.contains("There are more"))
        #expect(try await oncue("jobs", "delete", "--all", "--yes", in: scratch).output == "2 jobs deleted\n")
    }

    @Test func editChangesAWaitingJob() async throws {
        let id = try await submit("a", "{\"n\":1}", "--delay", "1h")
        let said = try await oncue(
            "jobs", "edit", id, "--payload", "{\"n\": 2.0}", "--priority", "critical", "--delay", "0s", in: scratch)
        #expect(said.output == "\(id)  edited, now pending\n")
        let object = try await oncue("jobs", "show", id, "--json", in: scratch)
        #expect(object.output.contains("{\"n\": 2.0}"))
        #expect(try object.object()["priority"] as? Int == 0)
        #expect(try await oncue("jobs", "edit", id, in: scratch).status == 2)
        #expect(try await oncue("jobs", "edit", id, "--payload", "{", in: scratch).status == 2)
        try await oncue("jobs", "cancel", id, in: scratch)
        #expect(try await oncue("jobs", "edit", id, "--priority", "low", in: scratch).status == 4)
    }

    // MARK: Queues

    @Test func queuesAreListedSetPausedAndPurged() async throws {
        #expect(try await oncue("queues", "pause", "mail", in: scratch).output == "queue mail paused\n")
        for _ in 0..<3 { try await submit("a", "--queue", "mail") }
        try await submit("a", "--queue", "mail", "--delay", "1h")
        let list = try await oncue("queues", "list", "--json", in: scratch).array()
        let mail = try #require(list.first { $0["name"] as? String == "mail" })
        #expect(mail["paused"] as? Bool == true)
        #expect(mail["pending"] as? Int == 3)
        #expect(mail["delayed"] as? Int == 1)
        for key in [
            "blocked", "running", "retrying", "completed", "dead", "cancelled", "completed_total", "oldest_pending_ms",
        ] { #expect(mail[key] is Int, "\(key)") }
        #expect(try await oncue("queues", in: scratch).output.contains("paused"))
        #expect(try await oncue("queues", "resume", "mail", in: scratch).output == "queue mail resumed\n")

        let set = try await oncue("queues", "set", "mail", "--timeout", "30s", "--attempts", "8", in: scratch)
        #expect(set.status == 0)
        let shown = try await oncue("queues", "show", "mail", "--json", in: scratch).object()
        #expect((shown["settings"] as? [String: Any])?["timeout"] as? String == "30s")
        #expect((shown["settings"] as? [String: Any])?["max_attempts"] as? Int == 8)
        try await oncue("queues", "set", "--defaults", "--keep-dead", "90d", in: scratch)
        #expect(try await oncue("queues", "show", "--defaults", in: scratch).output.contains("90d:10000"))
        #expect(try await oncue("queues", "set", "mail", "--soft-timeout", "1m", in: scratch).status == 2)
        #expect(try await oncue("queues", "show", "none", in: scratch).status == 3)

        #expect(try await oncue("queues", "purge", "mail", in: scratch).status == 2)
        #expect(
            try await oncue("queues", "purge", "mail", "--state", "delayed", "--dry-run", in: scratch).output
                == "1 job would be removed\n")
        #expect(try await oncue("queues", "purge", "mail", "--yes", in: scratch).output == "4 jobs removed\n")
        #expect(try await oncue("queues", "purge", "mail", "--state", "running", in: scratch).status == 2)
        #expect(try await oncue("queues", "purge", "none", "--yes", in: scratch).status == 3)
        #expect(try await oncue("queues", "remove", "mail", in: scratch).status == 0)
        #expect(try await oncue("queues", "remove", "mail", in: scratch).status == 3)
    }

    // MARK: Dead letters

    @Test func deadLettersAreListedRetriedAndPurged() async throws {
        let worker = try Child(["work"], in: scratch)
        let id = try await submit("fail", "{\"error\":\"no such customer\",\"permanent\":true}")
        try await wait("it is dead") {
            try await oncue("jobs", "show", id, "--json", in: scratch).object()["status"] as? String == "dead"
        }
        let text = try await oncue("dead", in: scratch)
        #expect(text.output.contains(id))
        #expect(text.output.contains("no such customer"))
        #expect(text.output.contains("permanent"))
        let object = try await oncue("jobs", "show", id, "--json", in: scratch).object()
        #expect(object["state"] as? String == "dead_letter")
        let attempts = try #require(object["attempts"] as? [[String: Any]])
        #expect(attempts.first?["error"] as? String == "no such customer")

        #expect(try await oncue("dead", "retry", in: scratch).status == 2)
        #expect(try await oncue("dead", "retry", "--all", "--yes", in: scratch).output == "1 job retried\n")
        try await wait("it is dead again, one attempt later") {
            let object = try await oncue("jobs", "show", id, "--json", in: scratch).object()
            return object["status"] as? String == "dead" && object["attempt"] as? Int == 2
        }
        let alive = try await submit("a", "--delay", "1h")
        #expect(try await oncue("dead", "purge", alive, in: scratch).status == 4)
        #expect(try await oncue("dead", "purge", "--name", "fail", "-y", in: scratch).output == "1 job deleted\n")
        #expect(try await oncue("dead", "--json", in: scratch).object()["count"] as? Int == 0)
        worker.send(SIGTERM)
        try await worker.ended()
    }

    // MARK: Figures, workers, events

    @Test func statsAndWorkersAndEvents() async throws {
        let worker = try Child(["work", "--worker-name", "w1", "--queues", "default,mail:2"], in: scratch)
        let id = try await submit("echo", "1")
        try await oncue("submit", "echo", "2", "--wait", in: scratch)

        let stats = try await oncue("stats", "--json", in: scratch).object()
        let queue = try #require(stats["queue"] as? [String: Any])
        for key in [
            "pending", "scheduled", "running", "delayed", "completed", "failed", "dead_letter", "cancelled",
            "total_jobs",
            "storage_bytes", "timestamp",
        ] { #expect(queue[key] != nil, "\(key)") }
        #expect(queue["completed"] as? Int == 2)
        #expect((stats["workers"] as? [String: Any])?["total_workers"] as? Int == 10)
        #expect(try await oncue("stats", in: scratch).output.contains("1 worker"))

        let workers = try await oncue("workers", "--json", in: scratch).array()
        #expect(workers.count == 1)
        #expect(workers[0]["worker"] as? String == "w1")
        #expect(workers[0]["live"] as? Bool == true)
        #expect(workers[0]["queues"] as? [String] == ["default", "mail"])
        #expect(try await oncue("workers", "list", in: scratch).output.contains("w1"))

        let events = try await oncue("events", "--json", "--job", id, in: scratch)
        let kinds = try events.lines.map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])["event"] as? String
        }
        #expect(kinds == ["job.created", "job.started", "job.completed"])
        #expect(try await oncue("events", in: scratch).output.contains("job.completed"))

        let follower = try Child(["events", "--follow", "--json", "--after", "0-0"], in: scratch)
        try await submit("echo", "3", "--queue", "mail")
        try await wait("the new job's end is followed") {
            follower.output.split(separator: "\n").contains { $0.contains("job.completed") && $0.contains("\"mail\"") }
        }
        follower.send(SIGKILL)
        worker.send(SIGTERM)
        #expect(try await worker.ended() == .exited(0))
        #expect(try await oncue("workers", "--json", in: scratch).array().isEmpty)
        #expect(try await oncue("workers", "--ended", in: scratch).output.contains("ended"))
    }

    @Test func pruneEndsWhatIsGone() async throws {
        let worker = try Child(["work", "--worker-name", "w1"], in: scratch)
        let id = try await submit("sleep", "\"1h\"")
        try await wait("it runs") {
            try await oncue("jobs", "show", id, "--json", in: scratch).object()["status"] as? String == "running"
        }
        #expect(try await oncue("workers", "prune", in: scratch).output == "No worker had to be ended\n")
        worker.send(SIGKILL)
        try await worker.ended()
        let said = try await oncue("workers", "prune", "--json", in: scratch).object()
        #expect(said["pruned"] as? Int == 1)
        #expect(said["jobs_returned"] as? Int == 1)
        let object = try await oncue("jobs", "show", id, "--json", in: scratch).object()
        #expect(object["status"] as? String == "pending")
        #expect(object["attempt"] as? Int == 1)
        #expect(object["lost_workers"] as? Int == 1)
    }

    // MARK: Doctor, config, version, completion

    @Test func doctorSaysWhatToDo() async throws {
        try await submit("a")
        let text = try await oncue("doctor", in: scratch)
        #expect(text.status == 0)
        #expect(text.output.contains("oncue serve"))
        let object = try await oncue("doctor", "--json", in: scratch).object()
        #expect(object["healthy"] as? Bool == true)
        #expect((object["facts"] as? [String: Any])?["durability"] != nil)

        let none = try await oncue("doctor", "--store", "sqlite:none.db", in: scratch)
        #expect(none.status == 1)
        #expect(none.output.contains("there is no store"))
        try scratch.write("this is no database, and it is long enough to be looked at twice\n", to: "junk.db")
        let junk = try await oncue("doctor", "--store", "sqlite:junk.db", "--json", in: scratch)
        #expect(junk.status == 1)
        #expect(try junk.object()["healthy"] as? Bool == false)
    }

    @Test func storesThatCannotBeOpenedHaveAStatusOfTheirOwn() async throws {
        #expect(try await oncue("jobs", "list", in: scratch).status == 5)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("oncue.db")))
        try scratch.write("this is no database, and it is long enough to be looked at twice\n", to: "junk.db")
        let said = try await oncue("submit", "a", "--store", "sqlite:junk.db", in: scratch)
        #expect(said.status == 5)
        #expect(said.output == "")
        #expect(try await oncue("submit", "a", "--store", "sqlite:no/such/folder.db", in: scratch).status == 5)
    }

    @Test func configShowsWhereEachValueComesFrom() async throws {
        try scratch.write("lease: 10s\nqueues: [a, b]\nstore: sqlite:file.db\n", to: "oncue.yaml")
        let said = try await oncue(
            "--config", "oncue.yaml", "config", "--json", "--concurrency", "3", in: scratch,
            environment: ["ONCUE_LEASE": "20s", "ONCUE_STORE": ""])
        let values = try said.array()
        func entry(_ name: String) throws -> [String: Any] {
            try #require(values.first { $0["name"] as? String == name })
        }
        #expect(try entry("concurrency")["source"] as? String == "flag")
        #expect(try entry("lease")["value"] as? String == "20s")
        #expect(try entry("lease")["from"] as? String == "environment ONCUE_LEASE")
        #expect(try entry("queues")["value"] as? String == "a,b")
        #expect(try entry("store")["source"] as? String == "file")
        #expect(try entry("processes")["source"] as? String == "default")
        let text = try await oncue(
            "config", "--store", "redis://me:secret@host", in: scratch, environment: ["ONCUE_CONCURENCY": "3"])
        #expect(text.output.contains("redis://me:***@host"))
        #expect(!text.output.contains("secret"))
        #expect(text.errors.contains("did you mean ONCUE_CONCURRENCY"))
        try scratch.write("concurency: 3\n", to: "wrong.yaml")
        let wrong = try await oncue("config", "--config", "wrong.yaml", in: scratch)
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("'concurrency'"))
    }

    @Test func theWorkersSettingsAreCheckedBeforeItStarts() async throws {
        for arguments in [
            ["--concurrency", "0"], ["--concurrency", "many"], ["--lease", "1s"], ["--queues", "a,,b"],
            ["--queues", "a:0"], ["--queues", "a,a"], ["--shutdown-timeout", "soon"], ["--processes", "0"],
            ["--handlers", "none.yaml"], ["--worker-name", "a b"],
        ] {
            let said = try await oncue(["work"] + arguments, in: scratch)
            #expect(said.status == 2, "\(arguments) \(said.errors)")
            #expect(said.errors.hasPrefix("Error: "))
        }
    }

    @Test func theWorkerSaysWhatItServesAndWithWhat() async throws {
        try scratch.write("handlers:\n  echo:\n    shell: 'echo from the file'\n", to: "handlers.yaml")
        let worker = try Child(
            ["--json", "serve", "--handlers", "handlers.yaml", "--queues", "a,b:2", "--log-format", "json"],
            in: scratch,
            environment: ["ONCUE_NO_BUILTINS": "true", "ONCUE_CONCURRENCY": "3"])
        try await wait("it says so") { worker.output.hasSuffix("\n") }
        let said = Said(status: 0, output: worker.output, errors: "")
        #expect(try said.object()["handlers"] as? [String] == ["echo"])
        #expect(try said.object()["queues"] as? [String] == ["a", "b:2"])
        #expect(try said.object()["concurrency"] as? Int == 3)
        let done = try await oncue("submit", "echo", "--queue", "b", "--wait", "10s", in: scratch)
        #expect(done.output == "from the file\n")
        worker.send(SIGTERM)
        #expect(try await worker.ended() == .exited(0))
        for line in worker.errors.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["level"] is String)
        }
    }

    @Test func versionHelpAndCompletion() async throws {
        #expect(try await oncue("version", in: scratch).output.hasPrefix("oncue "))
        #expect(try await oncue("--version", in: scratch).output.hasPrefix("oncue "))
        #expect(try await oncue("--json", "version", in: scratch).object()["version"] is String)
        let help = try await oncue("--help", in: scratch)
        #expect(help.status == 0)
        for command in ["serve", "submit", "jobs", "queues", "dead", "stats", "workers", "events", "doctor", "config"] {
            #expect(help.output.contains(command))
            #expect(try await oncue(command, "--help", in: scratch).status == 0)
        }
        for shell in ["bash", "zsh", "fish"] {
            let script = try await oncue("completion", shell, in: scratch)
            #expect(script.status == 0)
            #expect(script.output.contains("submit"))
        }
        #expect(try await oncue("completion", "csh", in: scratch).status == 2)
        #expect(try await oncue("jobs", "lsit", in: scratch).errors.contains("Did you mean 'list'?"))
    }
}
