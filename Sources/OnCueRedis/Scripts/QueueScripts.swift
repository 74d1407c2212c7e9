#if Redis
    import RedisWire

    extension Scripts {
        /// What a queue holds.
        ///
        /// Arguments: clock, channel. Answers whether it is paused, totals (enqueued, completed, dead, cancelled, retried),
        /// counts (delayed, pending, running, retrying, completed, dead, cancelled), and since when the job at the head has been
        /// pending (nothing: none is).
        static let tally = QueueScript(
            core + library + #"""
                local meta = call('HMGET', META, 'enqueued', 'completed', 'dead', 'cancelled', 'retried', 'delayed', 'retrying',
                  'kc', 'ac', 'kd', 'ad', 'kx', 'ax')
                for n = 1, 13 do meta[n] = tonumber(meta[n]) or 0 end

                local headms, headseq, headLevel, head
                local function consider(level, entry)
                  local ms, seq = entry:match('^(%d+)-(%d+)$')
                  ms, seq = tonumber(ms), tonumber(seq)
                  if not headms or ms < headms or (ms == headms and seq < headseq) then
                    headms, headseq, headLevel, head = ms, seq, level, entry
                  end
                end
                local pending, running = 0, 0
                for level = 0, 4 do
                  local entries, held = call('XLEN', LEVEL[level]), pendingOf(level)
                  pending, running = pending + entries - held, running + held
                  if entries > held then
                    local group = call('XINFO', 'GROUPS', LEVEL[level])[1] or {}
                    local read = '0-0'
                    for n = 1, #group, 2 do
                      if group[n] == 'last-delivered-id' then read = group[n + 1] end
                    end
                    local fresh = call('XRANGE', LEVEL[level], '(' .. read, '+', 'COUNT', 1)
                    if fresh[1] then consider(level, fresh[1][1]) end
                  end
                end
                local parked = call('HGETALL', PARKED)
                for n = 1, #parked, 2 do
                  pending, running = pending + parked[n + 1], running - parked[n + 1]
                  local level, consumer = parked[n]:match('^(%d):(.*)$')
                  level = tonumber(level)
                  local held = redis.pcall('XPENDING', LEVEL[level], 'w', '-', '+', 1, consumer)
                  if not held.err and held[1] then consider(level, held[1][1]) end
                end

                local since = ''
                if head then
                  local found = call('XRANGE', LEVEL[headLevel], head, head)
                  local fields = found[1] and found[1][2] or {}
                  local when = headms * 1000 + math.floor(headseq / 4194304)
                  if fields[1] == 'd' and fields[4] then
                    when = tonumber(fields[4])
                  elseif fields[1] == 'r' then
                    -- With the clock set back, the place lies ahead of the moment.
                    local facts = load(fields[2])
                    if facts and facts.u and facts.u < when then when = facts.u end
                  end
                  since = text(when)
                end
                return { call('HEXISTS', META, 'paused'), { meta[1], meta[2], meta[3], meta[4], meta[5] },
                  { meta[6], pending, running, meta[7], meta[8] + meta[9], meta[10] + meta[11], meta[12] + meta[13] }, since }
                """#)

        /// Pauses a queue or ends its pause. Arguments: clock, channel, 1 to pause or 0 to resume. Answers nil, and has written
        /// nothing, when the queue is not prepared.
        static let pause = QueueScript(
            flags: outOfMemoryToo,
            core + #"""
                if call('HEXISTS', META, 'number') == 0 then return false end
                if ARGV[3] == '1' then
                  if call('HSETNX', META, 'paused', text(now)) == 0 then return 0 end
                  logEvents({ 'a', text(now), '11', '1' }, 1)
                else
                  if call('HDEL', META, 'paused') == 0 then return 0 end
                  logEvents({ 'a', text(now), '12', '1' }, 1)
                end
                -- Also at a pause: reads that wait are to end.
                call('SPUBLISH', ARGV[2], 'w')
                return 1
                """#)

        /// Keeps how many jobs may wait. Arguments: clock, channel, the number. Answers nil, and has written nothing, when the
        /// queue is not prepared.
        static let bound = QueueScript(
            flags: outOfMemoryToo,
            #"""
            if redis.call('HEXISTS', META, 'number') == 0 then return false end
            redis.call('HSET', META, 'max', ARGV[3])
            return 1
            """#)

        /// Takes a queue without jobs out of use: what is left is its log of events, and its newest position, so that no id is
        /// ever given twice. Answers `removed`, `none` when it is not prepared, or `busy`.
        static let retire = QueueScript(
            flags: outOfMemoryToo,
            core + #"""
                if call('HEXISTS', META, 'number') == 0 then return 'none' end
                local jobs = call('HLEN', REC) + call('HLEN', BUNDLES) + call('HLEN', OUTBOX)
                for level = 0, 4 do jobs = jobs + call('XLEN', LEVEL[level]) end
                if jobs > 0 then return 'busy' end
                local stays = { 'lastms', 'lastseq', 'events', 'gap' }
                local values = call('HMGET', META, unpack(stays))
                call('DEL', META, LEVEL[0], LEVEL[1], LEVEL[2], LEVEL[3], LEVEL[4], PARKED, IDS, DUE, EXP, KEEP, UNIQ, UNIQX, DONE_C,
                  DONE_D, DONE_X, BUNDLES, BUNDLEX, HIST, MEM, OUT, WATCH)
                call('HSET', META, 'retired', text(real))
                for n, name in ipairs(stays) do
                  if values[n] then call('HSET', META, name, values[n]) end
                end
                call('SPUBLISH', ARGV[2], 'w')
                return 'removed'
                """#)

        /// Whether a queue is in use. Answers 1 or 0.
        static let isPrepared = QueueScript(
            "return redis.call('HEXISTS', META, 'number')")
    }
#endif
