#if Redis
    import Synchronization

    /// What any thread hands to an event loop: the loop takes one look at all that comes until it happens.
    struct LoopInbox<Element: Sendable>: ~Copyable, Sendable {
        private let waiting = Mutex<[Element]>([])

        /// True for the first one: then the loop is to be told to look.
        func add(_ element: Element) -> Bool {
            waiting.withLock { waiting in
                waiting.append(element)
                return waiting.count == 1
            }
        }

        func takeAll() -> [Element] {
            waiting.withLock { waiting in
                let all = waiting
                waiting = []
                return all
            }
        }
    }
#endif
