#if Redis
    import OnCue
    import RedisWire

    extension RESPToken {
        /// A hash, as protocol 3 (a map) or 2 (a list) gives it: names and values in turn.
        func pairs(_ what: String) throws(StoreError) -> [(name: String, value: RESPToken)] {
            guard let elements = elements.map(Array.init), elements.count % 2 == 0 else { throw .unreadable(what) }
            return stride(from: 0, to: elements.count, by: 2).map { (elements[$0].text ?? "", elements[$0 + 1]) }
        }

        /// The same where names and values are bytes.
        func bytePairs(_ what: String) throws(StoreError) -> [(name: [UInt8], value: [UInt8])] {
            guard let elements = elements.map(Array.init), elements.count % 2 == 0 else { throw .unreadable(what) }
            return stride(from: 0, to: elements.count, by: 2).map {
                (elements[$0].array ?? [], elements[$0 + 1].array ?? [])
            }
        }
    }
#endif
