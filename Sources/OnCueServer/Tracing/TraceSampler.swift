#if Server
    /// Which traces are recorded, as `OTEL_TRACES_SAMPLER` names it.
    public struct TraceSampler: Hashable, Sendable {
        /// Of the traces that begin here, from 0 to 1.
        public var ratio: Double
        /// What came with a decision keeps it.
        public var followsParent: Bool

        public init(ratio: Double, followsParent: Bool = true) {
            self.ratio = ratio
            self.followsParent = followsParent
        }

        /// `parentbased_always_on`
        public static let all = TraceSampler(ratio: 1)

        /// Nil for a name that does not exist.
        init?(name: String, argument: String?) {
            let parent = "parentbased_"
            followsParent = name.hasPrefix(parent)
            switch followsParent ? String(name.dropFirst(parent.count)) : name {
            case "always_on": ratio = 1
            case "always_off": ratio = 0
            case "traceidratio": ratio = argument.flatMap { Double($0) }.map { min(1, max(0, $0)) } ?? 1
            default: return nil
            }
        }

        /// By the trace's id, so that all who see a trace decide alike.
        func records(_ trace: TraceParent.TraceID, parent: TraceParent?) -> Bool {
            if followsParent, let parent { return parent.isSampled }
            if ratio >= 1 { return true }
            return Double(trace.low >> 11) < ratio * Double(1 << 53)
        }
    }
#endif
