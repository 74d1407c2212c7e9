import OnCue

/// What never changes of a job, beside its payload: the bytes that an entry or a record carries.
///
/// `version, length of the head (3 bytes), length of the name, name, nonce (3 bytes), extra, payload`. The head is all
/// that stands before the payload. Scripts read the name, at a fixed place, and can put another payload behind the head;
/// they understand nothing else of it.
struct JobBody: Hashable, Sendable {
    static let version: UInt8 = 1
    /// Bytes before the name.
    private static let fixed = 5
    /// A nonce has so many bits.
    static let nonceBits = 23

    /// At most 255 bytes, which every way to make a body sees to.
    let name: JobName
    /// Tells a job from another of the same position in a store that was emptied; 0 when the id is the caller's.
    let nonce: UInt32
    /// What most jobs do not have: ``JobExtra/encoded()``, or empty.
    let packedExtra: [UInt8]
    var payload: [UInt8]

    /// - Throws: ``ValidationError`` when the name breaks its rules.
    init(_ job: NewJob, nonce: UInt32) throws(ValidationError) {
        try self.init(name: job.name, nonce: nonce, packedExtra: JobExtra.packed(job) ?? [], payload: job.payload)
    }

    /// - Throws: ``ValidationError`` when the name breaks its rules.
    init(name: JobName, nonce: UInt32, extra: JobExtra, payload: [UInt8]) throws(ValidationError) {
        let packed = extra == JobExtra() ? [] : extra.encoded()
        try self.init(name: name, nonce: nonce, packedExtra: packed, payload: payload)
    }

    private init(name: JobName, nonce: UInt32, packedExtra: [UInt8], payload: [UInt8]) throws(ValidationError) {
        self.name = try name.validated(field: "name")
        self.nonce = nonce & (1 << Self.nonceBits - 1)
        self.packedExtra = packedExtra
        self.payload = payload
    }

    /// Nil when the packed bytes are damaged.
    func extra() -> JobExtra? {
        packedExtra.isEmpty ? JobExtra() : JobExtra(packedExtra)
    }
}

// MARK: - Bytes

extension JobBody {
    /// Everything before the payload.
    func head() -> [UInt8] {
        var writer = ByteWriter()
        let length = Self.fixed + name.rawValue.utf8.count + 3 + packedExtra.count
        writer.bytes.reserveCapacity(length)
        writer.write(byte: Self.version)
        writer.write(bigEndian: UInt64(length), 3)
        writer.write(byte: UInt8(name.rawValue.utf8.count))
        writer.bytes.append(contentsOf: name.rawValue.utf8)
        writer.write(bigEndian: UInt64(nonce), 3)
        writer.bytes.append(contentsOf: packedExtra)
        return writer.bytes
    }

    func encoded() -> [UInt8] {
        var bytes = head()
        bytes.append(contentsOf: payload)
        return bytes
    }

    /// Nil when the bytes are not what ``encoded()`` makes. What is packed inside is looked at by ``extra()``.
    init?(_ bytes: some RandomAccessCollection<UInt8>) {
        let body =
            bytes.withContiguousStorageIfAvailable { JobBody(reading: UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { JobBody(reading: $0) }
        guard let body else { return nil }
        self = body
    }

    /// Every claimed job comes through here: nothing is copied twice.
    private init?(reading bytes: UnsafeRawBufferPointer) {
        guard let length = Self.headLength(bytes) else { return nil }
        let nameEnd = Self.fixed + Int(bytes[Self.fixed - 1])
        guard nameEnd > Self.fixed, nameEnd + 3 <= length else { return nil }
        name = JobName(String(decoding: bytes[Self.fixed..<nameEnd], as: UTF8.self))
        nonce = bytes[nameEnd..<nameEnd + 3].reduce(0) { $0 << 8 | UInt32($1) }
        packedExtra = Array(bytes[nameEnd + 3..<length])
        payload = Array(bytes[length...])
        guard nonce < 1 << UInt32(Self.nonceBits) else { return nil }
    }

    /// The same body with another payload; nil when `bytes` are not a body.
    static func replacingPayload(of bytes: some RandomAccessCollection<UInt8>, with payload: [UInt8]) -> [UInt8]? {
        headLength(bytes).map { Array(bytes.prefix($0)) + payload }
    }

    private static func headLength(_ bytes: some RandomAccessCollection<UInt8>) -> Int? {
        guard bytes.count >= fixed + 3, bytes.first == version else { return nil }
        let length = bytes.dropFirst().prefix(3).reduce(0) { $0 << 8 | Int($1) }
        return (fixed + 3...bytes.count).contains(length) ? length : nil
    }
}
