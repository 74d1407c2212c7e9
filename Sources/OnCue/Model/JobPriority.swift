/// Which jobs of a queue go first. Strict, but at least one start in sixteen goes to the oldest job of a lower level.
public enum JobPriority: Int, CaseIterable, Comparable, Sendable, Codable {
    case critical = 0
    case high = 1
    case normal = 2
    case low = 3
    case bulk = 4

    public static func < (lhs: JobPriority, rhs: JobPriority) -> Bool {
        lhs.rawValue < rhs.rawValue
    }

    public var name: String {
        switch self {
        case .critical: "critical"
        case .high: "high"
        case .normal: "normal"
        case .low: "low"
        case .bulk: "bulk"
        }
    }

    /// Reads a name such as `high` or a number from 0 (critical) to 4 (bulk).
    ///
    /// - Throws: ``ValidationError`` for anything else.
    public init(parsing text: String) throws(ValidationError) {
        if let number = Int(text), let priority = JobPriority(rawValue: number) {
            self = priority
        } else if let priority = JobPriority.allCases.first(where: { $0.name == text.lowercased() }) {
            self = priority
        } else {
            throw ValidationError(
                field: "priority",
                message: "'\(text.prefix(64))' is not one of critical, high, normal, low, bulk or 0 to 4")
        }
    }
}
