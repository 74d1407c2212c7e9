#if Redis
    import RedisWire

    extension Scripts {
        /// A stretch of the jobs of a queue that have not ended, in the order of their ids.
        ///
        /// Arguments: clock, channel; `f` oldest first or `r` newest first; the first and the last position (both nothing: no
        /// plain jobs); 1 for the plain ones that are pending, 1 for those that run; the least and the greatest id as a sorted
        /// set takes them (both nothing: no records); the digits of the states of records; how many to look at of each level
        /// and of the records; what the name begins with, 1 when that is all of it.
        ///
        /// Answers plain jobs, in no order: level, entry, body, the moment of the enqueue where the position does not say it,
        /// who holds it, its count, since when; up to which position none is missing (nothing: to the end); records in
        /// order: id and record, one after another; up to which id none is missing.
        static let list = QueueScript(
            flags: onlyReads,
            core + library + holders + #"""
                local isForward = ARGV[3] == 'f'
                local low, high = ARGV[4], ARGV[5]
                local wantsPending, wantsRunning = ARGV[6] == '1', ARGV[7] == '1'
                local states, most = ARGV[10], tonumber(ARGV[11])
                local prefix, isWhole = ARGV[12], ARGV[13] == '1'
                local budget = 1048576

                local function isNamed(body)
                  return body:sub(6, 5 + #prefix) == prefix and (not isWhole or body:byte(5) == #prefix)
                end
                local function parts(entry)
                  local ms, seq = entry:match('^(%d+)-(%d+)$')
                  return tonumber(ms), tonumber(seq)
                end
                local function comesBefore(ms, seq, otherMs, otherSeq)
                  if ms ~= otherMs then return (ms < otherMs) == isForward end
                  return seq ~= otherSeq and (seq < otherSeq) == isForward
                end

                local rows, boundMs, boundSeq, bound = {}, nil, nil, ''
                -- A level was not read to its end: what lies beyond of the others is for the next time.
                local function stopAt(entry)
                  boundMs, boundSeq = parts(entry)
                  bound = entry
                  if isForward then high = entry else low = entry end
                end
                local hasRecords = call('ZCARD', IDS) > 0
                local function add(level, entry, fields, held)
                  if fields[1] ~= 'd' then return end
                  local isRunning = held and not isReserved(held[2])
                  if isRunning and not wantsRunning or not isRunning and not wantsPending then return end
                  local body = fields[2]
                  if not isNamed(body) then return end
                  if hasRecords and call('HEXISTS', REC, plainID(level, entry, body)) == 1 then return end
                  rows[#rows + 1] = held and { level, entry, body, fields[4] or '', held[2], held[4], text(held[3]) }
                    or { level, entry, body, fields[4] or '', '', 0, '0' }
                end

                local function readAll(level)
                  local from, seen, bytes, step = isForward and low or high, 0, 0, math.min(16, most)
                  while true do
                    local found
                    if isForward then
                      found = call('XRANGE', LEVEL[level], from, high, 'COUNT', step)
                    else
                      found = call('XREVRANGE', LEVEL[level], from, low, 'COUNT', step)
                    end
                    if #found == 0 then return end
                    local last = found[#found][1]
                    local held = {}
                    for _, one in ipairs(heldBetween(level, isForward and found[1][1] or last, isForward and last or found[1][1], #found)) do
                      held[one[1]] = one
                    end
                    for _, one in ipairs(found) do
                      add(level, one[1], one[2], held[one[1]])
                      bytes = bytes + #one[2][2]
                    end
                    if #found < step then return end
                    seen = seen + #found
                    if seen >= most or bytes > budget then return stopAt(last) end
                    from = '(' .. last
                    step = math.min(step * 4, most - seen, 256)
                  end
                end

                -- What runs is little among what waits: it is found by who runs it.
                local function readRunning(level)
                  local consumers = redis.pcall('XINFO', 'CONSUMERS', LEVEL[level], 'w')
                  if consumers.err then return end
                  local found = {}
                  for _, consumer in ipairs(consumers) do
                    local about = {}
                    for n = 1, #consumer, 2 do about[consumer[n]] = consumer[n + 1] end
                    if about.pending > 0 and not isReserved(about.name) then
                      for _, one in ipairs(heldBetween(level, low, high, about.pending, about.name)) do
                        one[5], one[6] = parts(one[1])
                        found[#found + 1] = one
                      end
                    end
                  end
                  table.sort(found, function(a, b) return comesBefore(a[5], a[6], b[5], b[6]) end)
                  for n, one in ipairs(found) do
                    if n > most then return stopAt(found[n - 1][1]) end
                    local entry = call('XRANGE', LEVEL[level], one[1], one[1])[1]
                    if entry then add(level, one[1], entry[2], one) end
                  end
                end

                if low ~= '' then
                  for level = 0, 4 do
                    if wantsPending then readAll(level) else readRunning(level) end
                  end
                end
                local plain = {}
                for _, row in ipairs(rows) do
                  local ms, seq = parts(row[2])
                  if not boundMs or not comesBefore(boundMs, boundSeq, ms, seq) then plain[#plain + 1] = row end
                end

                local records, boundID = {}, ''
                if ARGV[8] ~= '' then
                  local found
                  if isForward then
                    found = call('ZRANGEBYLEX', IDS, ARGV[8], ARGV[9], 'LIMIT', 0, most)
                  else
                    found = call('ZREVRANGEBYLEX', IDS, ARGV[9], ARGV[8], 'LIMIT', 0, most)
                  end
                  local bytes = 0
                  for n, id in ipairs(found) do
                    local facts, body = load(id)
                    if facts and states:find(facts.s, 1, true) and isNamed(body) then
                      records[#records + 1] = id
                      records[#records + 1] = cmsgpack.pack(facts) .. body
                      bytes = bytes + #body
                    end
                    if n == most or bytes > budget then
                      boundID = id
                      break
                    end
                  end
                end
                return { plain, bound, records, boundID }
                """#)

        /// How many jobs there are in each state, in the order of the states' numbers. No arguments but clock and channel.
        static let census = QueueScript(
            flags: onlyReads,
            core + library + #"""
                local meta = call('HMGET', META, 'delayed', 'retrying', 'kc', 'kd', 'kx', 'ac', 'ad', 'ax')
                for n = 1, 8 do meta[n] = tonumber(meta[n]) or 0 end
                local entries, held, parked = 0, 0, 0
                for level = 0, 4 do
                  entries = entries + call('XLEN', LEVEL[level])
                  held = held + pendingOf(level)
                end
                for _, count in ipairs(call('HVALS', PARKED)) do parked = parked + count end
                return { 0, meta[1], entries - held + parked, held - parked, meta[2],
                  meta[3] + meta[6], meta[4] + meta[7], meta[5] + meta[8] }
                """#)
    }
#endif
