#if Redis
    import RedisWire

    extension Scripts {
        /// What there is to be tidied in a queue; changes nothing.
        ///
        /// Arguments: clock, channel. Answers how many jobs are due, have expired, and are over their own time; how many unique
        /// keys and waits are over; of each final state (completed, dead, cancelled) how many are kept as the policy says and
        /// when the first of the list ended; how many events there are and when the first was; follow-ups to be sent on; ids of
        /// follow-ups taken in; the consumers that are sessions; whether the queue is prepared, and how many jobs may wait.
        static let upkeepNeeds = QueueScript(
            core + #"""
                local function over(key) return call('ZCOUNT', key, '-inf', text(now)) end
                local meta = call('HMGET', META, 'kc', 'kd', 'kx', 'events', 'number', 'max')
                local finished = {}
                for n, list in ipairs({ DONE_C, DONE_D, DONE_X }) do
                  local first = call('LINDEX', list, 0)
                  finished[n] = { tonumber(meta[n]) or 0, first and text(struct.unpack('>I8', first, #first - 7)) or '' }
                end
                local first = call('XRANGE', EVENTS, '-', '+', 'COUNT', 1)[1]
                local at = ''
                if first then
                  for n = 1, #first[2], 2 do
                    if first[2][n] == 'a' then at = first[2][n + 1] end
                  end
                end
                local consumers, seen = {}, {}
                for level = 0, 4 do
                  local found = redis.pcall('XINFO', 'CONSUMERS', LEVEL[level], 'w')
                  for _, consumer in ipairs(found.err and {} or found) do
                    local name = consumer[2]
                    if name:byte(1) ~= 126 and not seen[name] then
                      seen[name] = true
                      consumers[#consumers + 1] = name
                    end
                  end
                end
                return { over(DUE), over(EXP), over(KEEP), over(UNIQX), over(WATCH), finished,
                  { first and (tonumber(meta[4]) or 0) or 0, at }, call('HLEN', OUTBOX), call('ZCARD', IN), consumers,
                  meta[5] and 1 or 0, meta[6] or '' }
                """#)

        /// What time brings.
        ///
        /// Arguments: clock, channel, and how many at most: jobs to bury as expired, jobs to make pending, jobs that were kept
        /// for a time of their own, and of each other kind (unique keys, waits for ends). Answers, of the first three, how many
        /// it was and how many were looked at.
        static let passTime = QueueScript(
            flags: outOfMemoryToo,
            core + library + #"""
                local over = call('ZRANGEBYSCORE', EXP, '-inf', text(now), 'LIMIT', 0, ARGV[3])
                local expired = 0
                for _, id in ipairs(over) do
                  local facts, body = load(id)
                  local isWaiting = facts and (facts.s == PENDING or facts.s == DELAYED or facts.s == RETRYING)
                  if isWaiting and facts.x and facts.x <= now then
                    if facts.e then pullOut(facts.v, facts.e) end
                    expire(id, facts, body)
                    expired = expired + 1
                  else
                    call('ZREM', EXP, id)
                  end
                end

                local promoted, due = promote(tonumber(ARGV[4]))

                local kept = call('ZRANGEBYSCORE', KEEP, '-inf', text(now), 'LIMIT', 0, ARGV[5])
                local dropped = 0
                for _, id in ipairs(kept) do
                  local facts = load(id)
                  if facts and facts.xk and facts.xk <= now and ends[facts.s] then
                    leaveFinished(id, facts)
                    erase(id)
                    dropped = dropped + 1
                  else
                    call('ZREM', KEEP, id)
                  end
                end

                for _, key in ipairs(call('ZRANGEBYSCORE', UNIQX, '-inf', text(now), 'LIMIT', 0, ARGV[6])) do
                  if not holderOf(key) then call('HDEL', UNIQ, key) end
                  call('ZREM', UNIQX, key)
                end
                for _, id in ipairs(call('ZRANGEBYSCORE', WATCH, '-inf', text(now), 'LIMIT', 0, ARGV[6])) do
                  call('ZREM', WATCH, id)
                end
                finishWrite(ARGV[2])
                return { expired, #over, promoted, due, dropped, #kept }
                """#)

        /// Removes finished jobs that are kept as the policy says, from the oldest on.
        ///
        /// Arguments: clock, channel, the state, the moment before which they may go, how many are to stay, how many may go at
        /// most, and how many of them one by one: bundles cost next to nothing. Answers how many went, and 1 when more might.
        static let prune = QueueScript(
            flags: outOfMemoryToo,
            core + library + bundles + #"""
                local state, before, keep, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
                local mostAlone = tonumber(ARGV[7])
                local list, counter = ends[state][1], ends[state][3]
                local kept = tonumber(call('HGET', META, counter)) or 0
                local function drop(leaving)
                  call('HDEL', REC, unpack(leaving))
                  for _, key in ipairs({ HIST, OUT }) do
                    if call('EXISTS', key) == 1 then call('HDEL', key, unpack(leaving)) end
                  end
                  if call('EXISTS', MEM) == 1 then
                    for _, id in ipairs(leaving) do forgetSaved(id) end
                  end
                  call('HINCRBY', META, counter, -#leaving)
                end

                -- As many in the list as are kept: none of them has been run again or was removed, so that nobody has to look.
                local hasBundles = state == COMPLETED and call('EXISTS', BUNDLES) == 1
                if not hasBundles and call('LLEN', list) == kept then
                  most = math.min(most, mostAlone)
                  local leaving = {}
                  for n, one in ipairs(call('LRANGE', list, 0, most - 1)) do
                    if n > kept - keep and struct.unpack('>I8', one, 17) >= before then break end
                    leaving[n] = one:sub(1, 16)
                  end
                  if #leaving > 0 then
                    drop(leaving)
                    call('LTRIM', list, #leaving, -1)
                  end
                  return { #leaving, #leaving == most and 1 or 0 }
                end

                local gone, looked, isOver, isFull = 0, 0, false, false
                while not isOver and not isFull and looked < mostAlone do
                  local first = call('LRANGE', list, 0, hasBundles and 15 or 99)
                  if #first == 0 then isOver = true end
                  local leaving, passed = {}, 0
                  for _, one in ipairs(first) do
                    local finished = struct.unpack('>I8', one, #one - 7)
                    local bundle = #one ~= 24 and openBundle(one:sub(-16, -9))
                    -- How many jobs it stands for, and how many of them may go.
                    local here = bundle and bundle.common.n or 0
                    if #one == 24 then
                      local facts = load(one:sub(1, 16))
                      if facts and facts.s == state and facts.f == finished and not facts.xk then here = 1 end
                    end
                    local may = finished < before and here or math.min(here, math.max(0, kept - keep))
                    isOver = here > 0 and may == 0
                    -- A bundle that goes in parts costs each time as much as a whole one.
                    isFull = may > most - gone and gone > 0
                    if isOver or isFull then break end
                    local goes = math.min(may, most)
                    kept, gone = kept - goes, gone + goes
                    if not bundle then
                      if goes > 0 then leaving[#leaving + 1] = one:sub(1, 16) end
                    else
                      call('HINCRBY', META, counter, -goes)
                      if goes == here then
                        dropBundle(bundle)
                      else
                        for n = 1, bundle.size do
                          if goes > 0 and bodyIn(bundle, n) then
                            takeOutOf(bundle, n)
                            goes = goes - 1
                          end
                        end
                        isOver, isFull = may <= most, true
                        break
                      end
                    end
                    passed = passed + 1
                  end
                  if passed > 0 then call('LTRIM', list, passed, -1) end
                  if #leaving > 0 then drop(leaving) end
                  looked = looked + #first
                end
                closeBundles()
                return { gone, isOver and 0 or 1 }
                """#)

        /// The first entries of the log. Arguments: clock, channel, how many events and how many entries at most. Answers of each
        /// its position, its moment, and how many events it has.
        static let oldestEvents = QueueScript(
            core + countingEvents + #"""
                local most, mostEntries, counted, from = tonumber(ARGV[3]), tonumber(ARGV[4]), 0, '-'
                local answer = {}
                while counted < most and #answer < mostEntries do
                  local entries = call('XRANGE', EVENTS, from, '+', 'COUNT', 32)
                  if #entries == 0 then break end
                  for _, entry in ipairs(entries) do
                    if counted >= most or #answer >= mostEntries then break end
                    local count, at = countEvents(entry[2])
                    counted = counted + count
                    answer[#answer + 1] = { entry[1], at, count }
                    from = '(' .. entry[1]
                  end
                end
                return answer
                """#)

        /// Drops the log up to an entry and remembers that it did. Arguments: clock, channel, the entry. Answers how many events
        /// went.
        static let dropEvents = QueueScript(
            flags: outOfMemoryToo,
            core + countingEvents + #"""
                local dropped, last = 0, nil
                for _, entry in ipairs(call('XRANGE', EVENTS, '-', ARGV[3])) do
                  local count = countEvents(entry[2])
                  dropped, last = dropped + count, entry[1] .. '-' .. count
                end
                if not last then return 0 end
                local micros, seq = ARGV[3]:match('^(%d+)-(%d+)$')
                call('XTRIM', EVENTS, 'MINID', '=', micros .. '-' .. text(seq + 1))
                call('HSET', META, 'gap', last)
                if call('XLEN', EVENTS) == 0 then
                  call('HSET', META, 'events', 0)
                else
                  call('HINCRBY', META, 'events', -dropped)
                end
                return dropped
                """#)

        /// Forgets ids of follow-ups that came here before a moment. Arguments: clock, channel, the moment, how many at most.
        static let forgetApplied = QueueScript(
            flags: outOfMemoryToo,
            #"""
            local old = redis.call('ZRANGEBYSCORE', IN, '-inf', '(' .. ARGV[3], 'LIMIT', 0, ARGV[4])
            if #old > 0 then redis.call('ZREM', IN, unpack(old)) end
            return #old
            """#)

        /// Forgets what is left of a queue that was removed, once its log is empty. Arguments: clock, channel, the microseconds
        /// that this has to be ago. Answers 1 when nothing is left, 2 when the queue is in use again.
        static let bury = QueueScript(
            flags: outOfMemoryToo,
            core + #"""
                local meta = call('HMGET', META, 'number', 'retired')
                if meta[1] then return 2 end
                if call('XLEN', EVENTS) > 0 or call('HLEN', OUTBOX) > 0 then return 0 end
                if meta[2] and real - tonumber(meta[2]) < tonumber(ARGV[3]) then return 0 end
                call('DEL', META, EVENTS, IN)
                return 1
                """#)

        /// How many events an entry of the log has, and when they were.
        private static let countingEvents = #"""
            local function countEvents(fields)
              local said = {}
              for n = 1, #fields, 2 do said[fields[n]] = fields[n + 1] end
              return tonumber(said.c) or 0, said.a or '0'
            end

            """#
    }
#endif
