#if Redis
    import NIOCore

    /// Cuts a stream of bytes into replies. It remembers how far it has looked, so that a large reply that comes in many
    /// pieces is read once.
    struct RESPParser {
        /// Aggregates inside aggregates.
        static let maximumDepth = 64
        /// Bytes of one string, or elements of one aggregate.
        static let maximumLength = 512 * 1024 * 1024

        private var buffer = ByteBuffer()
        /// Up to where the reply that begins at the reader index has been checked.
        private var checked = 0
        private var open: [Frame] = []

        /// An aggregate whose end has not come.
        private struct Frame {
            var wanted: Int
            /// What it says is about the value after it: inside an aggregate it does not count as a value.
            var isAttribute: Bool
        }

        mutating func append(_ bytes: ByteBuffer) {
            if buffer.readableBytes == 0 {
                buffer = bytes
            } else if buffer.readerIndex == 0 {
                buffer.writeImmutableBuffer(bytes)
            } else {
                // Replies that were handed out share the storage: what is left moves, so that they stay where they are.
                var fresh = ByteBufferAllocator().buffer(capacity: 2 * (buffer.readableBytes + bytes.readableBytes))
                fresh.writeImmutableBuffer(buffer)
                fresh.writeImmutableBuffer(bytes)
                buffer = fresh
            }
        }

        /// The next whole reply, or nil until more bytes come. After an error the stream cannot be read on.
        mutating func next() throws(RESPError) -> RESPToken? {
            while let element = try nextElement() {
                checked = element.end
                let isAttribute = element.kind == UInt8(ascii: "|")
                if element.children > 0 {
                    guard open.count < Self.maximumDepth else { throw RESPError.tooDeep }
                    open.append(Frame(wanted: element.children, isAttribute: isAttribute))
                } else if valueEnded(isAttribute: isAttribute) {
                    return take()
                }
            }
            return nil
        }

        /// Closes every aggregate whose last value this was; true when nothing stays open.
        private mutating func valueEnded(isAttribute: Bool) -> Bool {
            var isAttribute = isAttribute
            while let last = open.indices.last {
                if isAttribute { return false }
                open[last].wanted -= 1
                guard open[last].wanted == 0 else { return false }
                isAttribute = open.removeLast().isAttribute
            }
            return true
        }

        private mutating func take() -> RESPToken? {
            defer { checked = 0 }
            return buffer.readSlice(length: checked).map(RESPToken.init(checked:))
        }

        private func nextElement() throws(RESPError) -> RESPElement? {
            let offset = checked
            let result = buffer.withUnsafeReadableBytes { bytes -> Result<RESPElement?, RESPError> in
                Result { () throws(RESPError) in
                    try RESPElement.read(bytes, at: offset, maximumLength: Self.maximumLength)
                }
            }
            return try result.get()
        }
    }
#endif
