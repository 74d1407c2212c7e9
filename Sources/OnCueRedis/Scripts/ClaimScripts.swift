#if Redis
    import RedisWire

    extension Scripts {
        /// What a session could take from a queue, after making pending what is due.
        ///
        /// Arguments: clock, channel, how many due jobs to make pending at most. Answers the session's standing, and if it is
        /// open: whether the queue is paused, when the next job is due, the new entries of each level, what reserved consumers
        /// hold, the queue's number.
        static let probe = QueueScript(
            flags: outOfMemoryToo,
            core + #"""
                local standing = call('HGET', SESSION, 'st')
                if standing ~= 'open' then return { standing or 'unknown' } end
                -- A group that somebody has deleted, with its stream or alone, is made again: nobody holds anything then.
                local function beginAnew(level, parked)
                  call('XGROUP', 'CREATE', LEVEL[level], 'w', '0', 'MKSTREAM')
                  for n = 1, #parked, 2 do
                    if parked[n]:byte(1) == 48 + level then call('HDEL', PARKED, parked[n]) end
                  end
                end
                local function look()
                  local fresh, parked, hasBegunAnew = {}, call('HGETALL', PARKED), false
                  local isParked = {}
                  for n = 1, #parked, 2 do isParked[parked[n]:byte(1) - 48] = true end
                  for level = 0, 4 do
                    local count = call('XLEN', LEVEL[level])
                    if count > 0 or isParked[level] then
                      local groups = redis.pcall('XINFO', 'GROUPS', LEVEL[level])
                      if groups.err or not groups[1] then
                        beginAnew(level, parked)
                        hasBegunAnew = true
                      end
                      local group = not groups.err and groups[1] or {}
                      for n = 1, #group, 2 do
                        if group[n] == 'pending' then count = count - group[n + 1] end
                      end
                    end
                    fresh[level + 1] = math.max(count, 0)
                  end
                  if hasBegunAnew then parked = call('HGETALL', PARKED) end
                  local next = call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
                  local meta = call('HMGET', META, 'paused', 'number')
                  return { 'open', meta[1] and 1 or 0, next[2] or '', fresh, parked, meta[2] or '' }
                end
                if call('ZCOUNT', DUE, '-inf', text(now)) == 0 then return look() end

                """# + library + #"""
                    promote(tonumber(ARGV[3]))
                    finishWrite(ARGV[2])
                    return look()
                    """#)

        /// Where the oldest jobs of some levels stand.
        ///
        /// Arguments: clock, channel; then of each level its number, how many positions at most, how many reserved consumers
        /// count, and these. Answers of each level the entries of those and the new ones, oldest first.
        static let peek = QueueScript(
            #"""
            local call = redis.call
            local answers = {}
            local at = 3
            while at <= #ARGV do
              local stream, most, found = LEVEL[tonumber(ARGV[at])], tonumber(ARGV[at + 1]), {}
              for n = at + 3, at + 2 + ARGV[at + 2] do
                local pending = redis.pcall('XPENDING', stream, 'w', '-', '+', most, ARGV[n])
                for _, held in ipairs(pending.err and {} or pending) do found[#found + 1] = held[1] end
              end
              local groups = redis.pcall('XINFO', 'GROUPS', stream)
              local group = not groups.err and groups[1] or {}
              for n = 1, #group, 2 do
                if group[n] == 'last-delivered-id' then
                  for _, entry in ipairs(call('XRANGE', stream, '(' .. group[n + 1], '+', 'COUNT', most)) do
                    found[#found + 1] = entry[1]
                  end
                end
              end
              answers[#answers + 1] = found
              at = at + 3 + ARGV[at + 2]
            end
            return answers
            """#)

        /// Takes what reserved consumers of a level hold, in the order of positions.
        ///
        /// Arguments: clock, channel, session, level, how many at most, how many suspects of these, then of each consumer how
        /// many at most and its name. Answers of each its entry, its count, its fields, and who held it.
        static let reclaim = QueueScript(
            flags: outOfMemoryToo,
            #"""
            local call = redis.call
            local standing = call('HGET', SESSION, 'st')
            if standing ~= 'open' or call('HEXISTS', META, 'paused') == 1 then return {} end
            local level, most, suspects = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
            local stream = LEVEL[tonumber(level)]
            local found, total = {}, {}
            for n = 7, #ARGV, 2 do
              local pending = redis.pcall('XPENDING', stream, 'w', '-', '+', ARGV[n], ARGV[n + 1])
              if pending.err then pending = {} end
              if #pending < tonumber(ARGV[n]) then total[ARGV[n + 1]] = #pending end
              for _, held in ipairs(pending) do
                local ms, seq = held[1]:match('^(%d+)-(%d+)$')
                found[#found + 1] = { held[1], tonumber(ms), tonumber(seq), held[4], ARGV[n + 1] }
              end
            end
            table.sort(found, function(a, b) return a[2] < b[2] or (a[2] == b[2] and a[3] < b[3]) end)
            local taken, gone = {}, {}
            for n = 1, #found do
              if #taken >= most then break end
              local entry, count, consumer = found[n][1], found[n][4] + 1, found[n][5]
              local isSuspect = consumer:sub(1, 5) == '~lost'
              if not isSuspect or suspects > 0 then
                local claimed = call('XCLAIM', stream, 'w', ARGV[3], 0, entry, 'RETRYCOUNT', string.format('%.0f', count))
                gone[consumer] = (gone[consumer] or 0) + 1
                if claimed[1] then
                  taken[#taken + 1] = { entry, count, claimed[1][2], consumer }
                  if isSuspect then suspects = suspects - 1 end
                end
              end
            end
            for n = 8, #ARGV, 2 do
              local consumer = ARGV[n]
              local field, count = level .. ':' .. consumer, gone[consumer] or 0
              -- Where all of it was seen the number is set right.
              local left = total[consumer] and total[consumer] - count
              if left and left > 0 then
                call('HSET', PARKED, field, left)
              elseif left or (count > 0 and call('HINCRBY', PARKED, field, -count) <= 0) then
                call('HDEL', PARKED, field)
              end
            end
            return taken
            """#)

        /// Gives entries that the session has just read to reserved consumers: their place stays and they were never taken.
        ///
        /// Arguments: clock, channel, session; then of each group its level, the consumer, the count that they have, how many
        /// they are, and the entries in order. Answers how many were moved.
        static let park = QueueScript(
            flags: outOfMemoryToo,
            #"""
            local call = redis.call
            local moved = 0
            local at = 4
            while at <= #ARGV do
              local level, consumer, count, entries = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
              local stream = LEVEL[tonumber(level)]
              local first, last = ARGV[at + 4], ARGV[at + 3 + entries]
              local mine = {}
              local pending = redis.pcall('XPENDING', stream, 'w', first, last, 1000000, ARGV[3])
              for _, held in ipairs(pending.err and {} or pending) do
                if held[4] == count then mine[held[1]] = true end
              end
              local ids = {}
              local function move()
                if #ids == 0 then return end
                for _, word in ipairs({ 'RETRYCOUNT', string.format('%.0f', count - 1), 'JUSTID' }) do ids[#ids + 1] = word end
                local now = #call('XCLAIM', stream, 'w', consumer, 0, unpack(ids))
                if now > 0 then call('HINCRBY', PARKED, level .. ':' .. consumer, now) end
                moved = moved + now
                ids = {}
              end
              for n = at + 4, at + 3 + entries do
                if mine[ARGV[n]] then ids[#ids + 1] = ARGV[n] end
                if #ids == 1000 then move() end
              end
              move()
              at = at + 4 + entries
            end
            if moved > 0 then call('SPUBLISH', ARGV[2], 'w') end
            return moved
            """#)

        /// Starts jobs that have a record. Said again, it answers again and changes nothing.
        ///
        /// Arguments: clock, channel, session, the worker's name, how many jobs may be started that turn out to have lost a
        /// worker; then of each its level, entry, count, id, and `d` where its entry is a plain one, else `r`; in capitals where
        /// it counts as one that lost a worker already. Answers of each `1` or `0`, whether it has saved something, and its
        /// record; `p` for a plain job: nothing was written; `s` for one too many that lost a worker, which went back; or
        /// nothing where the session does not hold it or there is nothing to run: the entry then went.
        static let start = QueueScript(
            flags: outOfMemoryToo,
            core + library + #"""
                local suspects = tonumber(ARGV[5])
                local function startOne(level, entry, handed, id, kind)
                  local isPlain = kind == 'd' or kind == 'D'
                  if isPlain and not call('ZSCORE', IDS, id) then return 'p' end
                  local pending = redis.pcall('XPENDING', LEVEL[level], 'w', entry, entry, 1, ARGV[3])
                  local held = not pending.err and pending[1]
                  -- Somebody else's by now: nothing of it is touched.
                  if not held or held[4] ~= handed then return '' end
                  local facts, body = load(id)
                  if not facts and isPlain then return 'p' end
                  if not facts or facts.e ~= entry then
                    leave(level, entry)
                    return ''
                  end
                  -- Said again: the answer to the first time was lost.
                  if facts.s ~= RUNNING or facts.n ~= handed then
                    if facts.x and facts.x <= now then
                      leave(level, entry)
                      expire(id, facts, body)
                      return ''
                    end
                    if facts.l > 0 and (kind == 'r' or kind == 'd') then
                      if suspects <= 0 then
                        local consumer = '~lost:' .. nameOf(body)
                        call('XCLAIM', LEVEL[level], 'w', consumer, 0, entry, 'RETRYCOUNT', text(handed - 1), 'JUSTID')
                        call('HINCRBY', PARKED, level .. ':' .. consumer, 1)
                        wakes = true
                        return 's'
                      end
                      suspects = suspects - 1
                    end
                    facts.s, facts.a, facts.d, facts.n = RUNNING, facts.a + 1, facts.d + 1, handed
                    facts.ses, facts.wk, facts.b, facts.u = ARGV[3], ARGV[4], now, now
                    if facts.x then call('ZREM', EXP, id) end
                    if facts.uu == 's' then freeKey(facts, id) end
                    call('HDEL', NEWS, id)
                    save(id, facts, body)
                    event(STARTS, id, facts.a, nameOf(body))
                  end
                  return tostring(call('HEXISTS', MEM, id)) .. cmsgpack.pack(facts) .. body
                end
                local answers = {}
                for at = 6, #ARGV, 5 do
                  answers[#answers + 1] = startOne(tonumber(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3], ARGV[at + 4])
                end
                finishWrite(ARGV[2])
                return answers
                """#)

        /// Writes into the log that plain jobs were started.
        ///
        /// Arguments: clock, channel, how many, the events: of each its id, attempt, name behind its length.
        static let begin = QueueScript(
            flags: outOfMemoryToo,
            core + #"""
                logEvents({ 'a', text(now), '1', ARGV[4] }, ARGV[3])
                call('SPUBLISH', ARGV[2], 'e')
                """#)
    }
#endif
