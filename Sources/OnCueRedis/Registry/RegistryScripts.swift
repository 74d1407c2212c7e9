#if Redis
    import RedisWire

    /// The scripts of the registry. Their first argument is the clock of a test or nothing, the second the registry's channel.
    enum RegistryScripts {
        /// Makes or checks the store. Arguments: the schema that this version writes. Answers the schema that is there. Fails
        /// where nothing can be written, also when there is nothing to write.
        static let begin = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                call('HSETNX', META, 'schema', ARGV[3])
                return call('HGET', META, 'schema')
                """#)

        /// Gives a queue its number. Arguments: the name. Answers the number (0: none is left), its settings and the defaults.
        static let makeQueue = RedisScript(
            RegistryKeys.prelude + #"""
                local number = tonumber(call('HGET', QUEUES, ARGV[3]))
                if not number then
                  number = tonumber(call('HGET', REMOVED, ARGV[3]))
                  if number then
                    call('HDEL', REMOVED, ARGV[3])
                    call('HSET', QUEUES, ARGV[3], number)
                    call('SPUBLISH', ARGV[2], 'q')
                  end
                end
                if not number then
                  number = tonumber(call('HGET', META, 'last') or 0) + 1
                  if number > 65535 then
                    local used = {}
                    for _, hash in ipairs({ QUEUES, REMOVED }) do
                      for _, taken in ipairs(call('HVALS', hash)) do used[tonumber(taken)] = true end
                    end
                    number = 1
                    while used[number] do number = number + 1 end
                    if number > 65535 then return { 0 } end
                  else
                    call('HSET', META, 'last', number)
                  end
                  call('HSET', QUEUES, ARGV[3], number)
                  call('SPUBLISH', ARGV[2], 'q')
                end
                return { number, call('HGET', SETTINGS, ARGV[3]) or '', call('HGET', META, 'defaults') or '' }
                """#)

        /// Opens a session. Arguments: its id, then the fields of what it said.
        static let open = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                call('HSET', SESSION, 'st', 'open', 'r', 0, 'o', text(now), 'u', text(now), unpack(ARGV, 4))
                call('ZADD', SESSIONS, text(now), ARGV[3])
                return text(now)
                """#)

        /// Notes that a session works in a queue. Arguments: the queue's name. Answers its standing, its worker, and the queue's
        /// number (nothing: there is no such queue).
        static let join = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                local known = call('HMGET', SESSION, 'st', 'w')
                local number = call('HGET', QUEUES, ARGV[3])
                if known[1] == 'open' and number then call('HSET', SESSION, 'j:' .. ARGV[3], 1) end
                return { known[1] or 'unknown', known[2] or '', number or '' }
                """#)

        /// Counts a renewal. Answers the standing, quiet, stop.
        static let renew = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                local known = call('HMGET', SESSION, 'st', 'quiet', 'stop')
                if known[1] == 'open' then
                  call('HINCRBY', SESSION, 'r', 1)
                  call('HSET', SESSION, 'u', text(now))
                end
                return { known[1] or 'unknown', known[2] or '0', known[3] or '0' }
                """#)

        /// Tells a session something. Arguments: quiet, stop (0 or 1). Answers 0 when there is none.
        static let instruct = RedisScript(
            RegistryKeys.prelude + #"""
                if call('EXISTS', SESSION) == 0 then return 0 end
                call('HSET', SESSION, 'quiet', ARGV[3], 'stop', ARGV[4])
                return 1
                """#)

        /// Begins to end a session, which claims and renews nothing from here on.
        ///
        /// Arguments: `fencing` or `closing`, how many renewals it has to have (nothing: any number), the error. Answers what it
        /// was, or `begun`.
        static let end = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                local known = call('HMGET', SESSION, 'st', 'r')
                if known[1] ~= 'open' then return known[1] or 'unknown' end
                if ARGV[4] ~= '' and known[2] ~= ARGV[4] then return 'renewed' end
                call('HSET', SESSION, 'st', ARGV[3], 'e', text(now), 'err', ARGV[5])
                return 'begun'
                """#)

        /// Says that all that a session held went back. Answers its standing.
        static let ended = RedisScript(
            Scripts.outOfMemoryToo + RegistryKeys.prelude + #"""
                local standing = call('HGET', SESSION, 'st')
                local final = ({ fencing = 'fenced', closing = 'closed' })[standing]
                if final then call('HSET', SESSION, 'st', final) end
                return final or standing or 'unknown'
                """#)

        /// Forgets a session that has ended. Arguments: its id, and before which moment it has to have ended. Answers 1 when it
        /// went.
        static let forget = RedisScript(
            RegistryKeys.prelude + #"""
                local known = call('HMGET', SESSION, 'st', 'e')
                if known[1] == 'open' or known[1] == 'fencing' or known[1] == 'closing' then return 0 end
                if known[2] and tonumber(known[2]) >= tonumber(ARGV[4]) then return 0 end
                call('DEL', SESSION)
                call('ZREM', SESSIONS, ARGV[3])
                return 1
                """#)
    }
#endif
