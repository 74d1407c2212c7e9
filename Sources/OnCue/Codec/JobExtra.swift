/// What most jobs do not have, packed into a few bytes that a store keeps as they are.
///
/// A plain job has none and costs nothing.
package struct JobExtra: Hashable, Sendable {
    package var contentType: String?
    package var options = JobOptions()
    package var tags: [String: String] = [:]
    package var correlationID: String?
    package var headers: [String: String] = [:]
    package var unique: UniqueKey?
    package var parent: JobID?

    package init() {}

    package init(_ job: NewJob) {
        contentType = job.contentType
        options = job.options
        options.queue = nil
        options.priority = nil
        tags = job.tags
        correlationID = job.correlationID
        headers = job.headers
        unique = job.unique
        parent = job.parent
    }

    /// The packed form of what `job` has besides what every job has; nil when that is nothing.
    package static func packed(_ job: NewJob) -> [UInt8]? {
        // The common case must not build anything.
        if job.contentType == nil, job.tags.isEmpty, job.correlationID == nil, job.headers.isEmpty, job.unique == nil,
            job.parent == nil, job.options.isUnset
        {
            return nil
        }
        return JobExtra(job).encoded()
    }
}

extension JobOptions {
    /// Nothing of what a store keeps is set.
    var isUnset: Bool {
        maxAttempts == nil && backoff == nil && timeout == nil && softTimeout == nil && retention == nil
    }
}

// MARK: - Bytes

extension JobExtra {
    /// The first byte: tells later versions how to read the rest.
    private static let version: UInt8 = 1

    private struct Fields: OptionSet {
        let rawValue: UInt64
        static let contentType = Fields(rawValue: 1)
        static let tags = Fields(rawValue: 2)
        static let correlationID = Fields(rawValue: 4)
        static let headers = Fields(rawValue: 8)
        static let unique = Fields(rawValue: 16)
        static let parent = Fields(rawValue: 32)
        static let maxAttempts = Fields(rawValue: 64)
        static let backoff = Fields(rawValue: 128)
        static let timeout = Fields(rawValue: 256)
        static let softTimeout = Fields(rawValue: 512)
        static let retention = Fields(rawValue: 1024)
        static let all = Fields(rawValue: 2047)
    }

    package func encoded() -> [UInt8] {
        var fields: Fields = []
        if contentType != nil { fields.insert(.contentType) }
        if !tags.isEmpty { fields.insert(.tags) }
        if correlationID != nil { fields.insert(.correlationID) }
        if !headers.isEmpty { fields.insert(.headers) }
        if unique != nil { fields.insert(.unique) }
        if parent != nil { fields.insert(.parent) }
        if options.maxAttempts != nil { fields.insert(.maxAttempts) }
        if options.backoff != nil { fields.insert(.backoff) }
        if options.timeout != nil { fields.insert(.timeout) }
        if options.softTimeout != nil { fields.insert(.softTimeout) }
        if options.retention != nil { fields.insert(.retention) }

        var writer = ByteWriter()
        writer.write(byte: Self.version)
        writer.write(unsigned: fields.rawValue)
        if let contentType { writer.write(text: contentType) }
        if !tags.isEmpty { writer.write(tags) }
        if let correlationID { writer.write(text: correlationID) }
        if !headers.isEmpty { writer.write(headers) }
        if let unique { writer.write(unique) }
        if let parent { writer.write(id: parent) }
        if let maxAttempts = options.maxAttempts { writer.write(signed: Int64(maxAttempts)) }
        if let backoff = options.backoff { writer.write(backoff) }
        if let timeout = options.timeout { writer.write(timeout) }
        if let softTimeout = options.softTimeout { writer.write(softTimeout) }
        if let retention = options.retention { writer.write(retention) }
        return writer.bytes
    }

    /// Nil when the bytes are not what ``encoded()`` makes.
    package init?(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Nil when the bytes are not what ``encoded()`` makes.
    package init?(_ bytes: ArraySlice<UInt8>) {
        var reader = ByteReader(bytes)
        guard reader.byte() == Self.version, let raw = reader.unsigned(),
            Fields.all.isSuperset(of: Fields(rawValue: raw))
        else { return nil }
        let fields = Fields(rawValue: raw)
        if fields.contains(.contentType) {
            guard let value = reader.text() else { return nil }
            contentType = value
        }
        if fields.contains(.tags) {
            guard let value = reader.map() else { return nil }
            tags = value
        }
        if fields.contains(.correlationID) {
            guard let value = reader.text() else { return nil }
            correlationID = value
        }
        if fields.contains(.headers) {
            guard let value = reader.map() else { return nil }
            headers = value
        }
        if fields.contains(.unique) {
            guard let value = reader.uniqueKey() else { return nil }
            unique = value
        }
        if fields.contains(.parent) {
            guard let value = reader.id() else { return nil }
            parent = value
        }
        if fields.contains(.maxAttempts) {
            guard let value = reader.signed() else { return nil }
            options.maxAttempts = Int(value)
        }
        if fields.contains(.backoff) {
            guard let value = reader.backoff() else { return nil }
            options.backoff = value
        }
        if fields.contains(.timeout) {
            guard let value = reader.duration() else { return nil }
            options.timeout = value
        }
        if fields.contains(.softTimeout) {
            guard let value = reader.duration() else { return nil }
            options.softTimeout = value
        }
        if fields.contains(.retention) {
            guard let value = reader.duration() else { return nil }
            options.retention = value
        }
        guard reader.isAtEnd else { return nil }
    }
}

extension ByteWriter {
    fileprivate mutating func write(_ map: [String: String]) {
        write(unsigned: UInt64(map.count))
        for (key, value) in map {
            write(text: key)
            write(text: value)
        }
    }

    /// To the nanosecond, so that what was given comes back.
    fileprivate mutating func write(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        write(signed: seconds)
        write(signed: attoseconds / 1_000_000_000)
    }

    fileprivate mutating func write(_ unique: UniqueKey) {
        write(text: unique.key)
        switch unique.until {
        case .finished: write(byte: 0)
        case .started: write(byte: 1)
        case .elapsed(let time):
            write(byte: 2)
            write(time)
        }
    }

    fileprivate mutating func write(_ backoff: Backoff) {
        write(text: backoff.strategy.rawValue)
        write(backoff.initial)
        write(backoff.max)
        write(double: backoff.multiplier)
        write(double: backoff.jitter)
    }
}

extension ByteReader {
    fileprivate mutating func map() -> [String: String]? {
        guard let count = count(upTo: 1_024) else { return nil }
        var map: [String: String] = [:]
        for _ in 0..<count {
            guard let key = text(), let value = text() else { return nil }
            map[key] = value
        }
        return map
    }

    fileprivate mutating func duration() -> Duration? {
        guard let seconds = signed(), let nanoseconds = signed() else { return nil }
        return .seconds(seconds) + .nanoseconds(nanoseconds)
    }

    fileprivate mutating func uniqueKey() -> UniqueKey? {
        guard let key = text(), let kind = byte() else { return nil }
        switch kind {
        case 0: return UniqueKey(key, until: .finished)
        case 1: return UniqueKey(key, until: .started)
        case 2: return duration().map { UniqueKey(key, until: .elapsed($0)) }
        default: return nil
        }
    }

    fileprivate mutating func backoff() -> Backoff? {
        guard let strategy = text().flatMap(Backoff.Strategy.init(rawValue:)), let initial = duration(),
            let cap = duration(), let multiplier = double(), let jitter = double()
        else { return nil }
        return Backoff(strategy: strategy, initial: initial, max: cap, multiplier: multiplier, jitter: jitter)
    }
}
