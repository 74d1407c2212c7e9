import OnCue

/// Who holds, in the group of a level, what nobody runs: entries that were handed out once and wait in their place.
///
/// A claim looks only into those that it may take from. So what it may not take is moved once, by the first claim that
/// meets it, and never read again by those who may not take it either.
enum ReservedConsumer: Hashable, Sendable {
    /// Given back: jobs of any name.
    case back
    /// Jobs of any name that lost a worker.
    case lost
    /// Jobs of this name that a claim met and could not take.
    case name(JobName)
    /// The same of those that lost a worker.
    case lostName(JobName)
    /// Entries that cannot be read.
    case damaged

    init?(_ text: String) {
        switch text {
        case "~back": self = .back
        case "~lost": self = .lost
        case "~damaged": self = .damaged
        default:
            if text.hasPrefix("~name:") {
                self = .name(JobName(String(text.dropFirst(6))))
            } else if text.hasPrefix("~lost:") {
                self = .lostName(JobName(String(text.dropFirst(6))))
            } else {
                return nil
            }
        }
    }

    var text: String {
        switch self {
        case .back: "~back"
        case .lost: "~lost"
        case .name(let name): "~name:" + name.rawValue
        case .lostName(let name): "~lost:" + name.rawValue
        case .damaged: "~damaged"
        }
    }

    /// Whether its jobs have lost a worker.
    var isSuspect: Bool {
        switch self {
        case .lost, .lostName: true
        case .back, .name, .damaged: false
        }
    }
}
