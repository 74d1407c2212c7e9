#if Redis
    import RedisWire

    extension Scripts {
        /// Writes the outcomes of one session in one queue, at most 500 a call.
        ///
        /// Arguments: clock, channel, session, sequence, chunk, how many runs of plain jobs that were completed, how many other
        /// outcomes there are, the events of the plain ones, the worker, how many levels there are, for each its number and its
        /// first and last entry. Then of each run what its jobs have in common (level, count, whether they are kept, how many
        /// they are), all their entries in order, all their ids as one and, where they are kept, how many bundles they make, and of
        /// each how many jobs it has, in which 16 milliseconds they were enqueued, and their bodies behind where each ends.
        /// Then of each other outcome its level, entry, count, id, and what came of it as MessagePack. No entry: the job's
        /// record says it, and the delivery stands for the count.
        ///
        /// Answers `ok` or, for a chunk that came before, `again` with a letter an outcome: the digit of the state, or `L` for a
        /// lease that was lost. Else how the session ended, or `late` for an older sequence; nothing was written then.
        static let settle = QueueScript(
            flags: outOfMemoryToo,
            core + library + holders + bundles + #"""
                local session, sequence, chunk = ARGV[3], ARGV[4], 'a' .. ARGV[5]
                local standing = call('HMGET', SESSION, 'st', 'seq', chunk, 'marks')
                local last = tonumber(standing[2]) or -1
                if last == tonumber(sequence) then
                  if standing[3] then return { 'again', standing[3] } end
                elseif last > tonumber(sequence) then
                  return { 'late', standing[2] }
                end
                if standing[1] ~= 'open' then return { standing[1] or 'unknown' } end
                local isMarked = tonumber(standing[4] or 0) > 0
                local isWatched = call('ZCARD', WATCH) > 0
                local runs, others, worker = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[9]

                -- Who holds what, how often it was handed out and when: one look a level.
                local held = {}
                local at = 11
                for n = 1, tonumber(ARGV[10]) do
                  local entries = {}
                  for _, one in ipairs(heldBetween(tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2], 1000000, session)) do
                    entries[one[1]] = one
                  end
                  held[tonumber(ARGV[at])] = entries
                  at = at + 3
                end

                -- Whether each entry is held or still to be handed out. One that is neither was let go by hand, and is left to a repair.
                local function isWhole(stream)
                  local group, fields = call('XINFO', 'GROUPS', stream)[1], {}
                  for n = 1, #group, 2 do fields[group[n]] = group[n + 1] end
                  return fields.lag and call('XLEN', stream) == fields.pending + fields.lag
                end
                -- Takes entries that the session holds out of a level, given in order. What stands before the first entry that anybody
                -- holds is done: that goes in one piece, many times faster than entry by entry.
                local function leaveAll(level, entries, count)
                  local stream = LEVEL[level]
                  local isTrimmed = count >= 16 and isWhole(stream)
                  call('XACK', stream, 'w', unpack(entries))
                  local last = count
                  if isTrimmed then
                    local first = call('XPENDING', stream, 'w', '-', '+', 1)[1]
                    while first and last > 0 and not isBefore(entries[last], first[1]) do last = last - 1 end
                    if last > 0 then
                      local ms, seq = entries[last]:match('^(%d+)-(%d+)$')
                      call('XTRIM', stream, 'MINID', ms .. '-' .. text(seq + 1))
                    end
                    if last == count then return end
                  end
                  call('XDEL', stream, unpack(entries, isTrimmed and last + 1 or 1))
                end

                local function enqueueFollowUps(followUps)
                  local taken = 0
                  for _, new in ipairs(followUps) do
                    if new.q then
                      local token, special = new.t, new.r
                      new.t, new.at = nil, now
                      if special and special.wd then special.wt, special.wd = now + special.wd, nil end
                      if special and special.xd then special.xt, special.xd = now + special.xd, nil end
                      call('HSET', OUTBOX, token, cmsgpack.pack(new))
                    else
                      local level, nonce, name = readMark(new.m)
                      local answer = new.r and takeSpecial(level, nonce, new.b, new.r, false, 0) or takePlain(level, nonce, new.b)
                      if answer:byte(1) == 43 then
                        taken = taken + 1
                        event(CREATES, answer:sub(2), 0, name)
                      end
                    end
                  end
                  if taken > 0 then call('HINCRBY', META, 'enqueued', taken) end
                end

                local function settleOne(level, entry, handed, begun, id, rest)
                  local facts, body = load(id)
                  if facts and entry == '' then
                    if facts.s ~= RUNNING or facts.ses ~= session or facts.d ~= handed then return nil end
                    level, entry, handed = facts.v, facts.e, facts.n
                  elseif facts and facts.e ~= entry then
                    leave(level, entry)
                    return nil
                  elseif not facts then
                    if entry == '' then return nil end
                    if rest.o == 'release' and not rest.f then
                      -- A plain job that comes back unrun needs no record.
                      event(RELEASES, id, handed % BACK, rest.n)
                      handBack(level, entry, handed - 1 + BACK, false)
                      return PENDING
                    end
                    facts, body = recordOf(level, entry, handed)
                    call('ZADD', IDS, 0, id)
                  end
                  facts.b = facts.b or begun
                  local name, outcome = nameOf(body), rest.o
                  local isToStop = facts.cq
                  if isToStop then outcome = 'cancel' end
                  facts.wk = worker
                  if rest.f then
                    remember(id, rest.f)
                    facts.le, facts.lc = rest.le, rest.lc
                  end
                  facts.ses, facts.n = nil, nil
                  if outcome == 'release' then
                    event(RELEASES, id, facts.a, name)
                    facts.a, facts.s, facts.u = facts.a - 1, PENDING, now
                    if facts.x then call('ZADD', EXP, text(facts.x), id) end
                    handBack(level, entry, handed - 1 + BACK, facts.l > 0)
                    save(id, facts, body)
                    return PENDING
                  end
                  leave(level, entry)
                  facts.l = 0
                  local answer
                  if outcome == 'completed' then
                    facts.le, facts.lc = nil, nil
                    if rest.out then call('HSET', OUT, id, rest.out) end
                    event(COMPLETES, id, facts.a, name)
                    finish(id, facts, body, COMPLETED, rest.k)
                    answer = COMPLETED
                  elseif outcome == 'dead' then
                    facts.dr = rest.dr
                    if rest.f then event(FAILS, id, facts.a, name) end
                    event(BURIES, id, facts.a, name)
                    finish(id, facts, body, DEAD, rest.k)
                    answer = DEAD
                  elseif outcome == 'cancel' then
                    if not isToStop then facts.cr = rest.cr end
                    event(CANCELS, id, facts.a, name)
                    finish(id, facts, body, CANCELLED, rest.k)
                    answer = CANCELLED
                  else
                    local state = outcome == 'retry' and rest.c and RETRYING or DELAYED
                    if outcome == 'retry' then
                      event(FAILS, id, facts.a, name)
                      event(RETRIES, id, facts.a, name)
                      call('HINCRBY', META, 'retried', 1)
                    else
                      event(RELEASES, id, facts.a, name)
                    end
                    if not (outcome == 'retry' and rest.c) then facts.a = facts.a - 1 end
                    if rest.a > 0 then
                      makeWait(id, facts, state, now + rest.a)
                      answer = state
                    else
                      makePending(id, facts, body)
                      answer = PENDING
                    end
                    save(id, facts, body)
                  end
                  if rest.fu and not isToStop then enqueueFollowUps(rest.fu) end
                  return answer
                end

                -- Keeps those jobs of a run that were taken: `begun` says since when each ran. The bundles stand behind the ids.
                local function keep(level, handed, ids, begun, at)
                  local number = call('HINCRBY', META, 'bundle', tonumber(ARGV[at]))
                  local parts, places, list, from = {}, {}, {}, 1
                  for one = 1, tonumber(ARGV[at]) do
                    local size, bodies = tonumber(ARGV[at + 1]), ARGV[at + 3]
                    local common = { v = level, a = handed % BACK, d = handed % BACK + math.floor(handed / BACK), f = now, wk = worker,
                      b = {}, k = {}, n = size }
                    local bundle = { number = struct.pack('>I8', number - one + 1), common = common, ids = ids:sub(from * 16 - 15, (from + size - 1) * 16),
                      size = size, bodies = bodies, gone = {} }
                    local latest
                    for n = 1, size do
                      local time = begun[from + n - 1]
                      if not time then
                        takeOutOf(bundle, n)
                      elseif time ~= latest then
                        latest = time
                        common.b[#common.b + 1] = n
                        common.b[#common.b + 1] = time
                      end
                    end
                    if common.n > 0 then
                      for bucket in ARGV[at + 2]:gmatch('%d+') do
                        common.k[#common.k + 1] = tonumber(bucket)
                        places[#places + 1] = bucket
                        places[#places + 1] = bundle.number .. bucket
                      end
                      parts[#parts + 1] = bundle.number .. 's'
                      parts[#parts + 1] = cmsgpack.pack(common)
                      parts[#parts + 1] = bundle.number .. 'i'
                      parts[#parts + 1] = bundle.ids
                      parts[#parts + 1] = bundle.number .. 'b'
                      parts[#parts + 1] = bodies
                      list[#list + 1] = memberOf(bundle)
                      if bundle.isChanged then opened[bundle.number] = bundle end
                    end
                    at, from = at + 3, from + size
                  end
                  if #list == 0 then return end
                  call('HSET', BUNDLES, unpack(parts))
                  call('ZADD', BUNDLEX, unpack(places))
                  call('RPUSH', DONE_C, unpack(list))
                end

                local answers, plains, completed, refused = {}, 0, 0, false
                for run = 1, runs do
                  local level, handed, size = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 3])
                  local isKept = ARGV[at + 2] == '1'
                  local entries, leaving, begun = held[level], {}, {}
                  at = at + 4
                  local count, ids = 0, ARGV[at + size]
                  for n = 1, size do
                    local entry = ARGV[at + n - 1]
                    local lease = entries[entry]
                    local answer, id = '5', (isMarked or isWatched) and ids:sub(n * 16 - 15, n * 16)
                    if isMarked then call('HDEL', NEWS, id) end
                    if not lease or lease[4] ~= handed then
                      answer, refused = 'L', true
                    elseif (isMarked and call('HEXISTS', REC, id) == 1)
                      or (isWatched and not isKept and call('ZSCORE', WATCH, id)) then
                      -- It got a record while it ran, or someone waits for it.
                      entries[entry] = nil
                      local state = settleOne(level, entry, handed, lease[3], id, { o = 'completed', k = isKept and 'p' or 'n' })
                      answer, refused = state and tostring(state) or 'L', true
                    else
                      entries[entry] = nil
                      count = count + 1
                      leaving[count] = entry
                      begun[n] = lease[3]
                    end
                    plains = plains + 1
                    answers[plains] = answer
                  end
                  at = at + size + 1
                  if count > 0 then
                    leaveAll(level, leaving, count)
                    completed = completed + count
                  end
                  if isKept then
                    if count > 0 then
                      keep(level, handed, ids, begun, at)
                      call('HINCRBY', META, 'kc', count)
                    end
                    at = at + 1 + 3 * tonumber(ARGV[at])
                  end
                end
                if completed > 0 then
                  local events = ARGV[8]
                  if refused then
                    local kept, from, name = {}, 1, nil
                    for n = 1, plains do
                      local to = from + 20 + events:byte(from + 20)
                      -- Without one it has that of the event before, which may go.
                      if to > from + 20 then name = events:sub(from + 20, to) end
                      if answers[n] == '5' then kept[#kept + 1] = events:sub(from, from + 19) .. name end
                      from = to + 1
                    end
                    events = table.concat(kept)
                  end
                  batches[COMPLETES] = { events }
                  eventCount = eventCount + completed
                  call('HINCRBY', META, 'completed', completed)
                end
                for n = plains + 1, plains + others do
                  local level, entry = tonumber(ARGV[at]), ARGV[at + 1]
                  local handed, id = tonumber(ARGV[at + 2]), ARGV[at + 3]
                  if isMarked then call('HDEL', NEWS, id) end
                  local lease = entry ~= '' and held[level][entry]
                  if entry ~= '' and not (lease and lease[4] == handed) then
                    answers[n] = 'L'
                  else
                    if lease then held[level][entry] = nil end
                    local state = settleOne(level, entry, handed, lease and lease[3] or nil, id, cmsgpack.unpack(ARGV[at + 4]))
                    answers[n] = state and tostring(state) or 'L'
                  end
                  at = at + 5
                end
                local answer = table.concat(answers)
                if last ~= tonumber(sequence) then
                  for n = 0, 100 do
                    if call('HDEL', SESSION, 'a' .. n) == 0 then break end
                  end
                end
                call('HSET', SESSION, 'seq', sequence, chunk, answer)
                closeBundles()
                finishWrite(ARGV[2])
                return { 'ok', answer }
                """#)

        /// Takes follow-ups of jobs of other queues in, each once.
        ///
        /// Arguments: clock, channel, how many; then of each its token, mark, body, and what is special about it as MessagePack
        /// (nothing for a plain one). Answers how many were taken now, or `U` when the queue is not there.
        static let takeFollowUps = QueueScript(
            core + library + #"""
                if call('HEXISTS', META, 'number') == 0 then return 'U' end
                local taken = 0
                for at = 4, tonumber(ARGV[3]) * 4, 4 do
                  if not call('ZSCORE', IN, ARGV[at]) then
                    local level, nonce, name = readMark(ARGV[at + 1])
                    local answer = ARGV[at + 3] == '' and takePlain(level, nonce, ARGV[at + 2])
                      or takeSpecial(level, nonce, ARGV[at + 2], cmsgpack.unpack(ARGV[at + 3]), false, 0)
                    if answer:byte(1) == 43 then
                      taken = taken + 1
                      event(CREATES, answer:sub(2), 0, name)
                    end
                    call('ZADD', IN, text(now), ARGV[at])
                  end
                end
                if taken > 0 then call('HINCRBY', META, 'enqueued', taken) end
                finishWrite(ARGV[2])
                return taken
                """#)
    }
#endif
