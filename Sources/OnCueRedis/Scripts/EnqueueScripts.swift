#if Redis
    import RedisWire

    extension Scripts {
        /// Takes plain jobs into a queue: the fast path.
        ///
        /// Arguments: clock, channel, how many may wait (-1: any number; nothing: what the queue says), how many jobs, their marks
        /// one after another (level, nonce, name behind its length), their levels as a row of digits, then the body of each. Answers
        /// the first position, the queue's number, how many more it takes at least (-1: any number) and whether the clock has been set
        /// back (1 or 0); the other positions follow the first one by one. Answers nil, and has written nothing, when the bound might
        /// not hold: ``enqueue`` then looks exactly; or `U` when the queue is not there.
        static let enqueuePlain = QueueScript(
            core + #"""
                local meta = call('HMGET', META, 'lastms', 'lastseq', 'number', 'max', 'enqueued', 'events')
                if not meta[3] then return 'U' end
                local count, maximum = tonumber(ARGV[4]), tonumber(ARGV[3] == '' and (meta[4] or -1) or ARGV[3])
                local room = -1
                if maximum >= 0 then
                  room = maximum - count - call('ZCARD', DUE)
                  for level = 0, 4 do room = room - call('XLEN', LEVEL[level]) end
                  if room < 0 then return false end
                end
                local ms, seq = math.floor(now / 1000), (now % 1000) * 4194304
                local lastms, lastseq = tonumber(meta[1]) or 0, tonumber(meta[2]) or 0
                local skew = ms < lastms
                if skew or (ms == lastms and seq <= lastseq) then ms, seq = lastms, lastseq + 1 end
                if seq + count >= 4294967296 then ms, seq = ms + 1, 0 end
                local head = text(ms) .. '-'
                local levels, following, when = ARGV[6], head .. '*', skew and text(now)
                -- The most urgent level first: a read that waits gets what is added first.
                for level = 0, 4 do
                  local digit, stream, follows = 48 + level, LEVEL[level], false
                  for n = levels:find(level, 1, true) or count + 1, count do
                    if levels:byte(n) ~= digit then
                      follows = false
                    else
                      -- Redis counts on from the entry before: to write the number down for each costs as much as half the rest.
                      local entry = follows and following or head .. text(seq + n - 1)
                      follows = true
                      if skew then
                        call('XADD', stream, entry, 'd', ARGV[n + 6], 't', when)
                      else
                        call('XADD', stream, entry, 'd', ARGV[n + 6])
                      end
                    end
                  end
                end
                call('HSET', META, 'lastms', text(ms), 'lastseq', text(seq + count - 1), 'enqueued', text((meta[5] or 0) + count),
                  'events', text((meta[6] or 0) + count))
                logCounted({ 'a', text(now), 'p', head .. text(seq) .. '+' .. count, 'n', meta[3], 'm', ARGV[5] }, count)
                -- Who waits need not ask what there is, where it is all of one level.
                local isOne = levels == string.rep(levels:sub(1, 1), count)
                call('SPUBLISH', ARGV[2], isOne and 'w' .. levels:sub(1, 1) .. count or 'w')
                return { head .. text(seq), meta[3], room, skew and 1 or 0 }
                """#)

        /// The end of a transaction that has added plain jobs to one level: finds where they are, counts and logs them, and wakes who
        /// waits.
        ///
        /// Arguments: clock (nothing), channel, level, how many jobs, their marks one after another. Answers the queue's number, how
        /// many more it takes at least (-1: any number) and whether the clock has been set back (1 or 0). Answers nil when the bound
        /// might not hold, and has taken the jobs out again before anybody could see them; or `U` when the queue is not there.
        static let enqueued = QueueScript(
            core + #"""
                local meta = call('HMGET', META, 'lastms', 'lastseq', 'number', 'max', 'enqueued', 'events')
                local level, count, maximum = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(meta[4] or -1)
                local stream = LEVEL[level]
                -- Redis counts from 0 in each millisecond: from the newest entry back to where they began.
                local runs, left, behind, lastms, lastseq = {}, count, '+'
                while left > 0 do
                  local entry = call('XREVRANGE', stream, behind, '-', 'COUNT', 1)[1]
                  if not entry or not meta[3] then return 'U' end
                  local ms, seq = entry[1]:match('^(%d+)-(%d+)$')
                  seq = tonumber(seq)
                  if not lastms then lastms, lastseq = tonumber(ms), seq end
                  local length = math.min(left, seq + 1)
                  table.insert(runs, 1, ms .. '-' .. text(seq - length + 1) .. '+' .. text(length))
                  left, behind = left - length, '(' .. ms .. '-0'
                end
                local knownms, facts = tonumber(meta[1]) or 0, {}
                if lastms > knownms or (lastms == knownms and lastseq > tonumber(meta[2])) then
                  facts = { 'lastms', text(lastms), 'lastseq', text(lastseq) }
                end
                local room = -1
                if maximum >= 0 then
                  room = maximum - call('ZCARD', DUE)
                  for each = 0, 4 do room = room - call('XLEN', LEVEL[each]) end
                  if room < 0 then
                    for _, entry in ipairs(call('XREVRANGE', stream, '+', '-', 'COUNT', count)) do call('XDEL', stream, entry[1]) end
                    if #facts > 0 then call('HSET', META, unpack(facts)) end
                    return false
                  end
                end
                call('HSET', META, 'enqueued', text((meta[5] or 0) + count), 'events', text((meta[6] or 0) + count), unpack(facts))
                logCounted({ 'a', text(now), 'p', table.concat(runs, ' '), 'n', meta[3], 'm', ARGV[5] }, count)
                call('SPUBLISH', ARGV[2], 'w' .. level .. text(count))
                return { meta[3], room, lastms > math.floor(now / 1000) and 1 or 0 }
                """#)

        /// Takes jobs of any kind into a queue.
        ///
        /// Arguments: clock, channel, how many may wait (-1: any number; nothing: what the queue says), 1 for all or none, how many
        /// jobs; then of each its mark, its body, and what is special about it as MessagePack (nothing for a plain one): `i` the caller's
        /// id, `wd`/`wt` due after or at, `xd`/`xt` expiry after or at, `k` the unique key, `ku` until when, `kt` how long.
        /// Answers the clock and of each `+` and its id, `=` and the id that it is a duplicate of, or `F`: the queue is full.
        /// Answers `F` alone when all or none was asked for and not all fit, `U` when the queue is not there.
        static let enqueue = QueueScript(
            core + library + #"""
                local meta = call('HMGET', META, 'number', 'max')
                if not meta[1] then return 'U' end
                local maximum, count = tonumber(ARGV[3] == '' and (meta[2] or -1) or ARGV[3]), tonumber(ARGV[5])
                local isBounded = maximum >= 0
                local room = 0
                if isBounded then
                  -- The cheap bound first: all entries, held or not.
                  local most = call('ZCARD', DUE)
                  for level = 0, 4 do most = most + call('XLEN', LEVEL[level]) end
                  room = maximum - (most + count > maximum and waiting() or most)
                end
                if isBounded and ARGV[4] == '1' then
                  -- All or none is known before the first write.
                  local wanted, seen = 0, {}
                  for at = 6, 3 + count * 3, 3 do
                    local special = ARGV[at + 2] == '' and {} or cmsgpack.unpack(ARGV[at + 2])
                    local id, key = special.i and 'i' .. special.i, special.k and 'k' .. special.k
                    local isDuplicate = (id and (seen[id] or isKnown(special.i))) or (key and (seen[key] or holderOf(special.k)))
                    if id then seen[id] = true end
                    if key then seen[key] = true end
                    if not isDuplicate then wanted = wanted + 1 end
                  end
                  if wanted > room then return 'F' end
                end
                local answers, taken = {}, 0
                for at = 6, 3 + count * 3, 3 do
                  local level, nonce, name = readMark(ARGV[at])
                  local answer
                  if ARGV[at + 2] ~= '' then
                    answer = takeSpecial(level, nonce, ARGV[at + 1], cmsgpack.unpack(ARGV[at + 2]), isBounded, room)
                  elseif isBounded and room <= 0 then
                    answer = 'F'
                  else
                    answer = takePlain(level, nonce, ARGV[at + 1])
                  end
                  answers[#answers + 1] = answer
                  if answer:byte(1) == 43 then
                    room, taken = room - 1, taken + 1
                    event(CREATES, answer:sub(2), 0, name)
                  end
                end
                if taken > 0 then call('HINCRBY', META, 'enqueued', taken) end
                finishWrite(ARGV[2])
                return { text(now), answers }
                """#)
    }
#endif
