#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which process on which boot of which machine: enough for others on the same machine to tell that it is gone.
public struct ProcessIdentity: Hashable, Sendable, Codable {
    /// The host's name, for people.
    public var host: String
    /// Names this boot of this machine.
    public var boot: String
    /// The process namespace: a process id of another container says nothing here.
    public var namespace: String
    public var pid: Int32
    /// When the process was started, in the system's own units; tells a process id that was used again.
    public var started: String

    public init(host: String, boot: String, namespace: String, pid: Int32, started: String) {
        self.host = host
        self.boot = boot
        self.namespace = namespace
        self.pid = pid
        self.started = started
    }

    /// This process.
    public static let current: ProcessIdentity = {
        let pid = getpid()
        return ProcessIdentity(
            host: hostName(), boot: bootID(), namespace: processNamespace(), pid: pid,
            started: startTime(of: pid) ?? "")
    }()

    /// True when the process certainly no longer exists: it was of this boot and namespace, and its id is free or was
    /// given to another. False when it is alive, or when that cannot be told from here.
    public var isCertainlyGone: Bool {
        let here = ProcessIdentity.current
        guard boot == here.boot, namespace == here.namespace, !boot.isEmpty, pid > 0 else { return false }
        if kill(pid, 0) != 0, errno == ESRCH { return true }
        guard let now = Self.startTime(of: pid) else { return false }
        return !started.isEmpty && now != started
    }

    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    #if os(Linux)
        private static func bootID() -> String {
            text(of: "/proc/sys/kernel/random/boot_id")
        }

        private static func processNamespace() -> String {
            var buffer = [CChar](repeating: 0, count: 256)
            let count = readlink("/proc/self/ns/pid", &buffer, buffer.count - 1)
            guard count > 0 else { return "" }
            return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        /// Field 22 of `stat`, counted after the name in parentheses. A zombie is as good as gone.
        private static func startTime(of pid: Int32) -> String? {
            let stat = text(of: "/proc/\(pid)/stat")
            guard let end = stat.lastIndex(of: ")") else { return nil }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            guard fields.count > 19 else { return nil }
            return fields[0] == "Z" || fields[0] == "X" ? "ended" : String(fields[19])
        }

        private static func text(of path: String) -> String {
            guard let data = try? Data(contentsOf: URL(filePath: path)) else { return "" }
            return String(decoding: data, as: UTF8.self).trimmingSuffix { $0.isNewline }
        }
    #else
        private static func bootID() -> String {
            var size = 0
            guard sysctlbyname("kern.bootsessionuuid", nil, &size, nil, 0) == 0, size > 0 else { return "" }
            var buffer = [CChar](repeating: 0, count: size)
            guard sysctlbyname("kern.bootsessionuuid", &buffer, &size, nil, 0) == 0 else { return "" }
            return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        private static func processNamespace() -> String { "" }

        private static func startTime(of pid: Int32) -> String? {
            var info = kinfo_proc()
            var size = MemoryLayout<kinfo_proc>.stride
            var name: [Int32] = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]
            guard sysctl(&name, 4, &info, &size, nil, 0) == 0, size > 0 else { return nil }
            let start = info.kp_proc.p_starttime
            return "\(start.tv_sec).\(start.tv_usec)"
        }
    #endif
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return String(self[..<end])
    }
}
