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
        guard let length = Self.headLength(bytes) else { return nil }
        var reader = ByteReader(Array(bytes.prefix(length).dropFirst(Self.fixed - 1)))
        guard let count = reader.byte(), count > 0, let name = reader.text(Int(count)),
            let nonce = reader.bigEndian(3), nonce < 1 << UInt64(Self.nonceBits)
        else { return nil }
        self.name = JobName(name)
        self.nonce = UInt32(nonce)
        packedExtra = Array(reader.rest)
        payload = Array(bytes.dropFirst(length))
    }

    /// The name alone; nil when the bytes do not begin like a body.
    static func name(in bytes: some RandomAccessCollection<UInt8>) -> JobName? {
        nameBytes(bytes).map { JobName(String(decoding: $0, as: UTF8.self)) }
    }

    /// The nonce alone; nil when the bytes do not begin like a body.
    static func nonce(in bytes: some RandomAccessCollection<UInt8>) -> UInt32? {
        guard let name = nameBytes(bytes) else { return nil }
        return bytes.dropFirst(fixed + name.count).prefix(3).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func nameBytes<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence? {
        guard let length = headLength(bytes), let count = bytes.dropFirst(fixed - 1).first, count > 0,
            fixed + Int(count) + 3 <= length
        else { return nil }
        return bytes.dropFirst(fixed).prefix(Int(count))
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
