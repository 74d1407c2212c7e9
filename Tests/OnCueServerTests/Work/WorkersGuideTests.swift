#if Server
    import Foundation
    import OnCue
    import OnCueServer
    import Testing

    /// The guide for workers in other languages is executed as it stands.
    @Suite struct WorkersGuideTests {
        private struct Block {
            var language: Substring
            var text: String
        }

        private static func blocks() throws -> [Block] {
            let guide = try String(
                contentsOf: ScriptProcess.project.appending(path: "docs/WORKERS.md"), encoding: .utf8)
            return guide.components(separatedBy: "\n```").enumerated().compactMap { index, part in
                guard !index.isMultiple(of: 2) else { return nil }
                let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
                return lines.count == 2 ? Block(language: lines[0], text: String(lines[1])) : nil
            }
        }

        /// The shape of an answer: the names of its fields, down to the last.
        private static func shape(_ value: Any) -> String {
            switch value {
            case let object as [String: Any]:
                object.sorted { $0.key < $1.key }.map { "\($0.key):\(shape($0.value))" }.joined(separator: ",")
            case let list as [Any]: "[" + list.map(shape).joined(separator: ";") + "]"
            default: ""
            }
        }

        @Test func itsLinesDoWhatItSays() async throws {
            let blocks = try Self.blocks()
            let folder = FileManager.default.temporaryDirectory.appending(path: "oncue-guide-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            try await TestServer.run(.sqlite) { server in
                var script = "set -eu\ncd '\(folder.path)'\n"
                var expected: [(place: Int, text: String)] = []
                var place = 0
                for block in blocks {
                    if block.language == "sh" {
                        place += 1
                        script += "echo\necho '== \(place)'\n\(block.text)\n"
                    } else if block.language == "json" {
                        expected.append((place, block.text))
                    }
                }
                script = script.replacing("http://127.0.0.1:8080", with: server.address.url)
                let path = folder.appending(path: "guide.sh").path
                try script.write(toFile: path, atomically: true, encoding: .utf8)
                let process = try ScriptProcess(["sh", path])
                try await eventually("It ends: \(process.output)") { process.ended != nil }
                #expect(process.ended == 0, "\(process.output)")
                let said = process.output.components(separatedBy: "\n== ").dropFirst()
                #expect(said.count == place && expected.count >= 7)
                for (place, text) in expected {
                    let wanted = try JSONSerialization.jsonObject(with: Data(text.utf8))
                    let part = try #require(said.first { $0.hasPrefix("\(place)\n") })
                    let line = try #require(part.split(separator: "\n").last)
                    let got = try JSONSerialization.jsonObject(with: Data(line.utf8))
                    guard var object = got as? [String: Any] else {
                        Issue.record("\(line) is no object")
                        continue
                    }
                    // Shown apart, further down.
                    if object["jobs"] != nil { object["jobs"] = [Any]() }
                    #expect(Self.shape(object) == Self.shape(wanted), "\(line)")
                }
                let jobs = try await server.jobs.search(JobFilter(), order: .oldestFirst, limit: 10).jobs
                #expect(jobs.map(\.state) == [.completed, .retrying])
                #expect(jobs.first?.output == Array(#"{"bytes": 4711}"#.utf8))
                #expect(try await server.store.sessions().map(\.standing) == [.closed])
            }
        }
    }
#endif
