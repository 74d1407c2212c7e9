import Foundation
import OnCue

/// A payload as the command line names it: text, `@file`, or `-` for stdin.
struct PayloadArgument: Sendable {
    /// Nil: an empty JSON object.
    var text: String?
    /// Nil means JSON.
    var contentType: String?

    /// The bytes as they stand; JSON is checked, never rewritten.
    func read() throws -> [UInt8] {
        let (bytes, source) = try load()
        guard isJSON else { return bytes }
        do throws(JSONError) {
            _ = try JSONSlicer.value(of: bytes)
        } catch {
            throw CommandError.usage("the payload\(source) is not JSON: \(error)", hint: hint(for: bytes))
        }
        return bytes
    }

    private var isJSON: Bool {
        guard let contentType else { return true }
        let type = contentType.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } } ?? ""
        return type == "application/json" || type.hasSuffix("+json")
    }

    private func load() throws -> (bytes: [UInt8], source: String) {
        guard let text else { return (isJSON ? Array("{}".utf8) : [], "") }
        if text == "-" { return ([UInt8](FileHandle.standardInput.readDataToEndOfFile()), " from stdin") }
        guard text.hasPrefix("@") else { return (Array(text.utf8), "") }
        let path = String(text.dropFirst())
        do {
            return ([UInt8](try Data(contentsOf: URL(filePath: path))), " in \(path)")
        } catch {
            throw CommandError.usage("the payload's file '\(path)' cannot be read")
        }
    }

    private func hint(for bytes: [UInt8]) -> String {
        let word = String(decoding: bytes.prefix(40), as: UTF8.self)
        if word.allSatisfy({ $0.isLetter || $0.isNumber || " ._-".contains($0) }), bytes.count <= 40, !word.isEmpty {
            return "A JSON text needs quotes of its own: '\"\(word)\"'. For other bytes add --content-type text/plain."
        }
        return "For bytes that are not JSON add --content-type, as in --content-type text/plain."
    }
}
