#if Redis
    import RedisWire

    /// Every write of the store, as scripts of one queue.
    ///
    /// They get the keys that they name (``QueueScript``) and compute none. The first
    /// argument of each is the clock of a test in microseconds, or nothing: the server's own clock then. The second is the
    /// queue's channel. They never decode a body; they know its name, which stands in front, and the few facts that they
    /// change. What can refuse is looked at before the first write: a script that fails half-way is not taken back.
    enum Scripts {
        /// Put in front of what begins, ends or gives back work: it has to go on when the server's memory is used up, for only
        /// work that ends makes room.
        static let outOfMemoryToo = "#!lua flags=allow-oom\n"
    }
#endif
