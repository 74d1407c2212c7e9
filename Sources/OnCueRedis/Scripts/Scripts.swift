#if Redis
    import RedisWire

    /// Every write of the store, as scripts of one queue.
    ///
    /// They get all keys of the queue, in the order of ``QueueKeys`` (the 25th and 26th are the session's), and compute none.
    /// The first argument of each is the clock of a test in microseconds, or nothing: the server's own clock then. The second
    /// is the queue's channel: `w` on it says that there is something to claim, `e` that something ended or was noted.
    /// They never decode a body; they know its name, which stands in front, and the few facts that they change.
    enum Scripts {}
#endif
