#if Server
    import OnCue

    /// The states that a word of the API means: our own names, and those of GopherQueue.
    enum StateNames {
        static func states(_ word: String, field: String = "state") throws(ValidationError) -> Set<JobState> {
            switch word {
            // Both show as `pending` there.
            case "pending", "scheduled": [.pending, .blocked]
            case "dead", "dead_letter", "failed": [.dead]
            default:
                if let state = JobState(name: word) {
                    [state]
                } else {
                    throw ValidationError(
                        field: field,
                        message:
                            "'\(word.prefix(64))' is none of pending, blocked, delayed, running, retrying, completed, "
                            + "dead, cancelled")
                }
            }
        }

        static func states(_ words: [String], field: String = "state") throws(ValidationError) -> Set<JobState> {
            var states: Set<JobState> = []
            for word in words { states.formUnion(try self.states(word, field: field)) }
            return states
        }
    }
#endif
