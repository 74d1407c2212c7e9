import Foundation

/// The little of our own environment that commands see.
enum CommandEnvironment {
    /// PATH, HOME and LANG.
    static let base: [String: String] = {
        let own = ProcessInfo.processInfo.environment
        var values = ["PATH": own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"]
        for key in ["HOME", "LANG"] { values[key] = own[key] }
        return values
    }()
}
