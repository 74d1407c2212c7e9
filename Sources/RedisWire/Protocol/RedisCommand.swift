#if Redis
    public import NIOCore

    /// A command, encoded as it is built.
    public struct RedisCommand: Sendable {
        /// Which server a command is for.
        public enum Route: Sendable, Hashable {
            /// Whichever answers.
            case any
            /// The master of the key's slot.
            case key(String)
            /// This one.
            case node(RedisNodeID)
        }

        /// Whether it may be sent again after a connection broke while it was under way. False by default: it is reported
        /// as `outcomeUnknown` instead.
        public var isSafeToRepeat = false
        /// By its first key, unless set.
        public var route: Route
        /// Its name, for messages.
        let name: String
        /// The keys after the first: on a cluster all have to be in one slot.
        private(set) var otherKeys: [String] = []
        private var arguments = RedisArguments()
        /// What it was made of, to be sent in full where the server does not know the script.
        var script: ScriptCall?
        /// What goes right behind it, up to an `EXEC`, where it is the `MULTI` of a transaction.
        private var transaction: Transaction?

        private struct Transaction {
            var encoded = ByteBuffer()
            var count = 0
        }

        struct ScriptCall: Sendable {
            var script: RedisScript
            var keys: [String]
            var arguments: RedisArguments
        }

        /// `key` becomes the first argument and says which server the command is for. A name of two words
        /// (`CLIENT KILL`) is the name and an argument.
        public init(_ name: String, key: String? = nil) {
            self.name = name
            route = .any
            arguments.append(name)
            if let key { append(key: key) }
        }

        public mutating func append(_ text: String) { arguments.append(text) }
        public mutating func append(_ bytes: [UInt8]) { arguments.append(bytes) }
        public mutating func append(_ number: Int) { arguments.append(number) }
        public mutating func append(_ number: Int64) { arguments.append(number) }
        public mutating func append(_ buffer: ByteBuffer) { arguments.append(buffer) }

        /// An argument that is a key. The first one says which server the command is for.
        public mutating func append(key: String) {
            if case .any = route { route = .key(key) } else { otherKeys.append(key) }
            arguments.append(key)
        }

        mutating func append(contentsOf more: RedisArguments) { arguments.append(contentsOf: more) }

        /// Takes a command into the transaction that this one begins, with one argument more where there is one. On a cluster it
        /// goes to the server of their keys.
        mutating func take(_ other: RedisCommand, _ last: ByteBuffer? = nil) {
            var transaction = transaction.take() ?? Transaction()
            transaction.count += 1
            RESPEncoder.writeCount(other.arguments.count + (last == nil ? 0 : 1), to: &transaction.encoded)
            transaction.encoded.writeImmutableBuffer(other.arguments.encoded)
            if let last { RESPEncoder.write(last, to: &transaction.encoded) }
            self.transaction = transaction
            switch (route, other.route) {
            case (.any, _): route = other.route
            // Most commands of a transaction have the same few keys.
            case (.key(let first), .key(let key)) where key != first && key != otherKeys.last: otherKeys.append(key)
            default: break
            }
            otherKeys += other.otherKeys
        }

        /// Commands of the transaction that it begins.
        var taken: Int { transaction?.count ?? 0 }

        /// How many replies come: of a transaction also its own and that to the `EXEC`.
        var replies: Int { transaction == nil ? 1 : taken + 2 }

        /// Bytes on the wire, roughly.
        var size: Int { arguments.encoded.readableBytes + 8 + (transaction.map { $0.encoded.readableBytes + 16 } ?? 0) }

        func write(to buffer: inout ByteBuffer) {
            RESPEncoder.writeCount(arguments.count, to: &buffer)
            buffer.writeImmutableBuffer(arguments.encoded)
            if let transaction {
                buffer.writeImmutableBuffer(transaction.encoded)
                RESPEncoder.writeCount(1, to: &buffer)
                RESPEncoder.write("EXEC", to: &buffer)
            }
        }
    }

    /// The arguments of a script (`ARGV`), encoded as they are added.
    public struct RedisArguments: Sendable {
        public private(set) var count = 0
        var encoded = ByteBuffer()

        public init() {}

        public mutating func append(_ text: String) {
            count += 1
            RESPEncoder.write(text, to: &encoded)
        }

        public mutating func append(_ bytes: [UInt8]) {
            count += 1
            bytes.withUnsafeBytes { RESPEncoder.write($0, to: &encoded) }
        }

        /// An argument of `length` bytes, which `fill` writes.
        package mutating func append(length: Int, _ fill: (inout RawWriter) -> Void) {
            count += 1
            RESPEncoder.write(length: length, to: &encoded, fill)
        }

        public mutating func append(_ number: Int) { append(String(number)) }
        public mutating func append(_ number: Int64) { append(String(number)) }

        public mutating func append(_ buffer: ByteBuffer) {
            count += 1
            RESPEncoder.write(buffer, to: &encoded)
        }

        mutating func append(contentsOf more: RedisArguments) {
            count += more.count
            encoded.writeImmutableBuffer(more.encoded)
        }
    }
#endif
