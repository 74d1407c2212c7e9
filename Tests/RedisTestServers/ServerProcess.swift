import Foundation

/// A server under a shell that outlives neither this process nor the server's use.
///
/// The shell reads the pipe that this process holds: a line is a signal for the server, answered by a line once it was
/// sent. When the pipe closes, for whatever reason this process ended, the shell kills the server and removes its
/// directory. Only the shell signals the server, and it is its parent, so the process id cannot have gone to a stranger.
final class ServerProcess: Sendable {
    private let shell: Process
    private let line: FileHandle
    private let answers: FileHandle

    private static let script = """
        directory=$1; log=$2; shift 2
        "$@" </dev/null >"$log" 2>&1 &
        server=$!
        trap '' PIPE
        while read -r signal; do
            kill -s "$signal" "$server" 2>/dev/null
            case $signal in KILL|TERM) wait "$server"; exit 0;; esac
            echo
        done
        kill -s KILL "$server" 2>/dev/null
        wait "$server"
        rm -rf -- "$directory"
        """

    /// Starts `command`; what it says goes to `log`.
    init(_ command: [String], directory: String, log: String) throws {
        let pipe = Pipe.closedInChildren()
        line = pipe.fileHandleForWriting
        let output = Pipe.closedInChildren()
        answers = output.fileHandleForReading
        shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", Self.script, "sh", directory, log] + command
        shell.standardInput = pipe
        shell.standardOutput = output
        shell.standardError = FileHandle.nullDevice
        try shell.runWithoutBlockedSignals()
    }

    deinit {
        try? line.close()
    }

    /// Sends a signal that the server survives, and returns when it was sent: on a busy machine the shell takes its time.
    func send(_ signal: String) {
        guard write(signal) else { return }
        _ = try? answers.read(upToCount: 1)
    }

    /// Ends the server by KILL or TERM and leaves its directory.
    func end(by signal: String) async {
        write(signal)
        await ended()
    }

    @discardableResult
    private func write(_ signal: String) -> Bool {
        guard shell.isRunning else { return false }
        return (try? line.write(contentsOf: Data("\(signal)\n".utf8))) != nil
    }

    /// Kills the server and removes its directory.
    func remove() async {
        try? line.close()
        await ended()
    }

    private func ended() async {
        while shell.isRunning {
            try? await Task.sleep(for: .milliseconds(2))
            await Task.yield()
        }
    }
}
