#if Server
    import Foundation
    import Synchronization

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #else
        import Darwin
    #endif

    /// A script of the examples as a real process. What it says goes to a file.
    final class ScriptProcess: Sendable {
        struct Failure: Error, CustomStringConvertible {
            let description: String
        }

        let pid: pid_t
        private let folder: URL
        private let status = Mutex<Int32?>(nil)

        /// The folder of the project.
        static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        /// - Parameter words: the program, searched in `PATH`, with its arguments. It runs in the project's folder.
        init(_ words: [String], environment: [String: String] = [:]) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "oncue-script-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(
                &actions, 1, folder.appending(path: "output").path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
            var variables = ProcessInfo.processInfo.environment.filter {
                !$0.key.hasPrefix("ONCUE_") && !$0.key.lowercased().hasSuffix("_proxy")
            }
            variables.merge(environment) { $1 }
            // The shell goes to the folder and becomes the program: the process id stays.
            let shell = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", Self.project.path]
            let arguments = (shell + words).map { strdup($0) } + [nil]
            let pairs = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
            defer { for pointer in arguments + pairs { free(pointer) } }
            var spawned: pid_t = 0
            // The threads of a test may block signals, and a process takes that over.
            var attributes = posix_spawnattr_t()
            posix_spawnattr_init(&attributes)
            defer { posix_spawnattr_destroy(&attributes) }
            var none = sigset_t()
            sigemptyset(&none)
            posix_spawnattr_setsigmask(&attributes, &none)
            posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
            let status = posix_spawn(&spawned, shell[0], &actions, &attributes, arguments, pairs)
            guard status == 0 else { throw Failure(description: "\(words) cannot be started: \(status)") }
            pid = spawned
        }

        deinit {
            if isRunning {
                kill(pid, SIGKILL)
                _ = waitpid(pid, nil, 0)
            }
            try? FileManager.default.removeItem(at: folder)
        }

        var output: String {
            (try? String(contentsOf: folder.appending(path: "output"), encoding: .utf8)) ?? ""
        }

        func send(_ signal: Int32) {
            if isRunning { kill(pid, signal) }
        }

        var isRunning: Bool { ended == nil }

        /// The exit status, or minus the signal that ended it; nil while it runs.
        var ended: Int32? {
            status.withLock { status in
                if status != nil { return status }
                var raw: Int32 = 0
                guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
                status = raw & 0x7f == 0 ? raw >> 8 & 0xff : -(raw & 0x7f)
                return status
            }
        }
    }
#endif
