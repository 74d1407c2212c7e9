import Foundation

/// A folder of its own for one test, removed with it.
final class Scratch: Sendable {
    let folder: String

    init() {
        folder = NSTemporaryDirectory() + "/oncue-command-\(UUID().uuidString.prefix(8).lowercased())"
        // A test whose folder cannot be made fails at its first file.
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
        return path(name)
    }

    func read(_ name: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path(name)))).map { String(decoding: $0, as: UTF8.self) }
    }
}
