#if Redis
    import RedisWire

    extension Scripts {
        /// What a session could take from a queue, after making pending what is due.
        ///
        /// Arguments: clock, channel, how many due jobs to make pending at most. Answers the session's standing, and if it is
        /// open: whether the queue is paused, when the next job is due, the new entries of each level, what reserved consumers
        /// hold, the clock.
        static let probe = RedisScript(
            QueueKeys.prelude + core + library + #"""
                local standing = call('HGET', SESSION, 'st')
                if standing ~= 'open' then return { standing or 'unknown' } end
                promote(tonumber(ARGV[3]))
                local fresh = {}
                for level = 0, 4 do fresh[level + 1] = call('XLEN', LEVEL[level]) - pendingOf(level) end
                local next = call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
                finishWrite(ARGV[2])
                return { 'open', call('HEXISTS', META, 'paused'), next[2] or '', fresh, call('HGETALL', PARKED), text(now) }
                """#)

        /// Sent behind a read of entries: whether what was read may be started. Answers `open`, `paused`, or how the session
        /// ended.
        static let admit = RedisScript(
            QueueKeys.prelude + #"""
                local standing = redis.call('HGET', SESSION, 'st')
                if standing ~= 'open' then return standing or 'unknown' end
                return redis.call('HEXISTS', META, 'paused') == 1 and 'paused' or 'open'
                """#)

        /// Takes what reserved consumers of a level hold, in the order of positions.
        ///
        /// Arguments: clock, channel, session, level, how many at most, the consumers. Answers of each its entry, its count, its
        /// fields, and who held it.
        static let reclaim = RedisScript(
            QueueKeys.prelude + core + library + #"""
                local stream, most = LEVEL[tonumber(ARGV[4])], tonumber(ARGV[5])
                local found = {}
                for n = 6, #ARGV do
                  for _, held in ipairs(call('XPENDING', stream, 'w', '-', '+', most, ARGV[n])) do
                    local ms, seq = held[1]:match('^(%d+)-(%d+)$')
                    found[#found + 1] = { held[1], tonumber(ms), tonumber(seq), held[4], ARGV[n] }
                  end
                end
                table.sort(found, function(a, b) return a[2] < b[2] or (a[2] == b[2] and a[3] < b[3]) end)
                local taken = {}
                for n = 1, math.min(most, #found) do
                  local entry, count, consumer = found[n][1], found[n][4] + 1, found[n][5]
                  local claimed = call('XCLAIM', stream, 'w', ARGV[3], 0, entry, 'RETRYCOUNT', count)
                  unpark(tonumber(ARGV[4]), consumer)
                  if claimed[1] then taken[#taken + 1] = { entry, count, claimed[1][2], consumer } end
                end
                return taken
                """#)

        /// Gives entries that the session has just read to reserved consumers: their place stays and they were never taken.
        ///
        /// Arguments: clock, channel, session; then of each its level, entry, count, the count that it shall have, and the
        /// consumer. Answers how many were moved.
        static let park = RedisScript(
            outOfMemoryToo + QueueKeys.prelude + core + library + #"""
                local moved = 0
                for at = 4, #ARGV, 5 do
                  local stream = LEVEL[tonumber(ARGV[at])]
                  local held = call('XPENDING', stream, 'w', ARGV[at + 1], ARGV[at + 1], 1, ARGV[3])
                  if held[1] and held[1][4] == tonumber(ARGV[at + 2]) then
                    call('XCLAIM', stream, 'w', ARGV[at + 4], 0, ARGV[at + 1], 'RETRYCOUNT', ARGV[at + 3], 'JUSTID')
                    call('HINCRBY', PARKED, ARGV[at] .. ':' .. ARGV[at + 4], 1)
                    moved = moved + 1
                  end
                end
                if moved > 0 then call('SPUBLISH', ARGV[2], 'w') end
                return moved
                """#)

        /// Starts jobs that have a record. Said again, it answers again and changes nothing.
        ///
        /// Arguments: clock, channel, session, the worker's name; then of each its level, entry, count and id. Answers of
        /// each its record, `p` for a plain job (nothing was written), or nothing where the session does not hold it or
        /// there is nothing to run: the entry then went.
        static let start = RedisScript(
            QueueKeys.prelude + core + library + #"""
                local answers = {}
                for at = 5, #ARGV, 4 do
                  local level, entry, handed, id = tonumber(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3]
                  local held = call('XPENDING', LEVEL[level], 'w', entry, entry, 1, ARGV[3])[1]
                  local facts, body = load(id)
                  local answer = ''
                  if not held or held[4] ~= handed then
                    -- Somebody else's by now: nothing of it is touched.
                  elseif not facts then
                    local found = call('XRANGE', LEVEL[level], entry, entry)[1]
                    if found and found[2][1] == 'd' then answer = 'p' else leave(level, entry) end
                  elseif facts.e ~= entry then
                    leave(level, entry)
                  elseif facts.s == RUNNING and facts.n == handed then
                    -- Said again: the answer to the first time was lost.
                    answer = cmsgpack.pack(facts) .. '\128' .. body
                  elseif facts.x and facts.x <= now then
                    leave(level, entry)
                    expire(id, facts, body)
                  else
                    facts.s, facts.a, facts.d, facts.n = RUNNING, facts.a + 1, facts.d + 1, handed
                    facts.ses, facts.wk, facts.b, facts.u = ARGV[3], ARGV[4], now, now
                    if facts.x then call('ZREM', EXP, id) end
                    if facts.uu == 's' then freeKey(facts, id) end
                    save(id, facts, body)
                    answer = cmsgpack.pack(facts) .. '\128' .. body
                  end
                  answers[#answers + 1] = answer
                end
                finishWrite(ARGV[2])
                return answers
                """#)
    }
#endif
