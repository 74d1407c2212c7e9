import ArgumentParser
import OnCue

/// How long `submit --wait` waits.
enum WaitTime: ExpressibleByArgument, Equatable, Sendable {
    case unlimited
    case upTo(Duration)

    static let unlimitedText = "unlimited"

    init?(argument: String) {
        if argument == Self.unlimitedText {
            self = .unlimited
        } else if let duration = try? Duration(parsing: argument), duration >= .zero {
            self = .upTo(duration)
        } else {
            return nil
        }
    }
}

/// Readers of single values from the command line. The parser prints their message.
enum ArgumentValue {
    static func duration(_ text: String) throws -> Duration {
        try value { () throws(OnCue.ValidationError) in
            let duration = try Duration(parsing: text)
            guard duration >= .zero else {
                throw OnCue.ValidationError(field: "duration", message: "may not be negative, this is \(text)")
            }
            return duration
        }
    }

    static func jobID(_ text: String) throws -> JobID {
        guard let id = JobID(text) else {
            throw ArgumentParser.ValidationError(
                "'\(text.prefix(64))' is not a job id; an id looks like 0193a1b2-8f3e-7a41-9c55-2b7d11e0aa01")
        }
        return id
    }

    static func priority(_ text: String) throws -> JobPriority {
        try value { () throws(OnCue.ValidationError) in try JobPriority(parsing: text) }
    }

    static func backoff(_ text: String) throws -> Backoff {
        try value { () throws(OnCue.ValidationError) in try Backoff(parsing: text) }
    }

    static func queue(_ text: String) throws -> QueueName {
        try value { () throws(OnCue.ValidationError) in try QueueName(text).validated(field: "queue") }
    }

    static func jobName(_ text: String) throws -> JobName {
        try value { () throws(OnCue.ValidationError) in try JobName(text).validated(field: "name") }
    }

    static func state(_ text: String) throws -> Set<JobState> {
        var states: Set<JobState> = []
        for word in text.split(separator: ",") {
            guard let state = JobState(name: word.lowercased()) else {
                let names = JobState.allCases.map(\.name).joined(separator: ", ")
                throw ArgumentParser.ValidationError("'\(word.prefix(64))' is not a state; states are \(names)")
            }
            states.insert(state)
        }
        return states
    }

    /// A time such as `2026-11-21T09:30:00Z`.
    static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text) else {
            throw ArgumentParser.ValidationError(
                "'\(text.prefix(64))' is not a time; write it as 2026-11-21T09:30:00Z or with an offset such as +01:00")
        }
        return time
    }

    /// A time, or a span that lies so far back.
    static func moment(_ text: String) throws -> Moment {
        if let time = Timestamp(text) { return .at(time) }
        if let span = try? Duration(parsing: text), span >= .zero { return .ago(span) }
        throw ArgumentParser.ValidationError(
            "'\(text.prefix(64))' is neither a time such as 2026-11-21T09:30:00Z nor a span such as 1h30m")
    }

    static func cursor(_ text: String) throws -> EventCursor {
        guard let cursor = EventCursor(text) else {
            throw ArgumentParser.ValidationError(
                "'\(text.prefix(64))' is not a cursor; a cursor looks like 17-0 and is printed by 'oncue events --json'"
            )
        }
        return cursor
    }

    private static func value<Value>(_ read: () throws(OnCue.ValidationError) -> Value) throws -> Value {
        do throws(OnCue.ValidationError) {
            return try read()
        } catch {
            throw ArgumentParser.ValidationError(error.message)
        }
    }
}

/// A moment that is given by a time or by a span before now.
enum Moment: Equatable, Sendable {
    case at(Timestamp)
    case ago(Duration)

    func timestamp(now: Timestamp) -> Timestamp {
        switch self {
        case .at(let time): time
        case .ago(let span): now - span
        }
    }
}
