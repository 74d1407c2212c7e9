#if Redis
    public import NIOCore

    extension RedisClient {
        /// The event loop that the client works on, for timers that nothing can starve.
        public var eventLoop: any EventLoop { configuration.group.next() }
    }
#endif
