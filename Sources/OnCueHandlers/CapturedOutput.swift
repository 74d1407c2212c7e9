/// The front of what is written to it, up to a limit; all else is counted and dropped.
struct FrontBuffer {
    private let limit: Int
    private var kept: [UInt8] = []
    private var total = 0

    init(limit: Int) {
        self.limit = limit
    }

    var isCut: Bool { total > limit }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        total += bytes.count
        let room = limit - kept.count
        if room > 0 { kept.append(contentsOf: bytes.prefix(room)) }
    }

    /// What was kept; when something was cut it ends with a line that says so, within the limit.
    var bytes: [UInt8] {
        guard isCut else { return kept }
        let mark = Array("\n[cut here: \(total) bytes were written, at most \(limit) are kept]\n".utf8)
        return Array(kept.prefix(limit - mark.count)) + mark
    }
}

/// The end of what is written to it, up to a limit.
struct TailBuffer {
    private let limit: Int
    private var kept: [UInt8] = []
    private var isCut = false

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        kept.append(contentsOf: bytes.suffix(limit))
        if bytes.count > limit { isCut = true }
        // Twice the limit may gather, so that not each write moves everything.
        if kept.count > 2 * limit { trim() }
    }

    private mutating func trim() {
        guard kept.count > limit else { return }
        kept.removeFirst(kept.count - limit)
        isCut = true
    }

    /// The end as text without spaces around it; `…` in front when something was cut.
    var text: String {
        var copy = self
        copy.trim()
        var bytes = copy.kept[...]
        // A cut may have gone through a character.
        if copy.isCut { bytes = bytes.drop { $0 & 0xc0 == 0x80 } }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
        return (copy.isCut ? "… " : "") + String(decoding: bytes, as: UTF8.self)
    }
}
