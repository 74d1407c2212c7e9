#if Redis
    import RedisWire

    extension Scripts {
        /// What the scripts of a repair share. Each of them looks at a page, counts what is wrong by kind, and mends it where its
        /// third argument is 1; what it looks at and what it changes is one step.
        static let repair = #"""
            local mends = ARGV[3] == '1'
            local counts = {}
            local function wrong(kind)
              counts[kind] = (counts[kind] or 0) + 1
              return mends
            end
            local function flat()
              local answer = {}
              for kind, count in pairs(counts) do
                answer[#answer + 1] = kind
                answer[#answer + 1] = count
              end
              return answer
            end
            local function isBody(body)
              if not body or #body < 8 or body:byte(1) ~= 1 then return false end
              local a, b, c = body:byte(2, 4)
              local head = a * 65536 + b * 256 + c
              return head >= 8 + body:byte(5) and head <= #body
            end
            local function loadSafely(id)
              local isRead, facts, body = pcall(load, id)
              if not isRead or (facts and type(facts) ~= 'table') then return nil, nil, true end
              if not facts then return nil, nil, false end
              if not (facts.s and facts.v and LEVEL[facts.v] and facts.c and isBody(body)) then return nil, nil, true end
              facts.a, facts.d, facts.l = facts.a or 0, facts.d or 0, facts.l or 0
              return facts, body, false
            end
            local function isWaiting(facts) return facts.s == PENDING or facts.s == DELAYED or facts.s == RETRYING end
            local function holderOfEntry(level, entry)
              local held = redis.pcall('XPENDING', LEVEL[level], 'w', entry, entry, 1)
              return not held.err and held[1] and held[1][2]
            end

            """#

        /// Looks at records: each has its entry or its time, and stands where it is looked for.
        ///
        /// Arguments: clock, channel, 1 to mend, then the ids. Answers kinds and counts in turn, and of each final job kept as the
        /// policy says its id and end.
        static let repairRecords = QueueScript(
            core + library + repair + #"""
                local function endCancelled(id, facts, body)
                  facts.ses = nil
                  event(CANCELS, id, facts.a, nameOf(body))
                  finish(id, facts, body, CANCELLED, 'p')
                end
                local finals = {}
                for n = 4, #ARGV do
                  local id = ARGV[n]
                  local facts, body, isDamaged = loadSafely(id)
                  if isDamaged then
                    if wrong('damaged records') then
                      for _, key in ipairs({ IDS, DUE, EXP, KEEP }) do call('ZREM', key, id) end
                      erase(id)
                    end
                  elseif facts then
                    if facts.s == PENDING or facts.s == RUNNING then
                      local found = facts.e and call('XRANGE', LEVEL[facts.v], facts.e, facts.e)[1]
                      local fields = found and found[2] or {}
                      local isThere = (fields[1] == 'r' and fields[2] == id)
                        or (fields[1] == 'd' and isBody(fields[2]) and plainID(facts.v, facts.e, fields[2]) == id)
                      if not isThere then
                        if wrong('records without entries') then
                          if facts.cq then
                            endCancelled(id, facts, body)
                          else
                            if facts.s == RUNNING then facts.l = facts.l + 1 end
                            facts.ses = nil
                            event(RELEASES, id, facts.a, nameOf(body))
                            makePending(id, facts, body)
                            save(id, facts, body)
                          end
                        end
                      elseif facts.s == RUNNING then
                        local holder = holderOfEntry(facts.v, facts.e)
                        if not holder or holder:byte(1) == 126 then
                          if wrong('running jobs that nobody holds') then
                            if facts.cq then
                              pullOut(facts.v, facts.e)
                              endCancelled(id, facts, body)
                            else
                              facts.s, facts.ses, facts.u, wakes = PENDING, nil, now, true
                              event(RELEASES, id, facts.a, nameOf(body))
                              save(id, facts, body)
                            end
                          end
                        end
                      end
                    elseif facts.s == DELAYED or facts.s == RETRYING then
                      if not call('ZSCORE', DUE, id) and wrong('waiting jobs without their time') then
                        call('ZADD', DUE, text(facts.w or now), id)
                        wakes = true
                      end
                    elseif facts.xk then
                      if not call('ZSCORE', KEEP, id) and wrong('finished jobs that nothing would remove') then
                        call('ZADD', KEEP, text(facts.xk), id)
                      end
                    else
                      finals[#finals + 1] = id .. struct.pack('>I8', facts.f or 0)
                    end
                    if not ends[facts.s] and not call('ZSCORE', IDS, id) and wrong('jobs that listings pass by') then
                      call('ZADD', IDS, 0, id)
                    end
                    if isWaiting(facts) and facts.x and not call('ZSCORE', EXP, id) and wrong('jobs that would not expire') then
                      call('ZADD', EXP, text(facts.x), id)
                    end
                  end
                end
                finishWrite(ARGV[2])
                return { flat(), finals }
                """#)

        /// Looks at the entries of a level: each is a plain job or has its record, and is held or still to be handed out.
        ///
        /// Arguments: clock, channel, 1 to mend, the level, from which entry on, how many. Answers kinds and counts in turn, and
        /// the last entry (nothing: it was the end).
        static let repairEntries = QueueScript(
            core + library + repair + #"""
                local level = tonumber(ARGV[4])
                local entries = call('XRANGE', LEVEL[level], ARGV[5], '+', 'COUNT', ARGV[6])
                local groups, delivered = redis.pcall('XINFO', 'GROUPS', LEVEL[level]), '0-0'
                local group = not groups.err and groups[1] or {}
                for n = 1, #group, 2 do
                  if group[n] == 'last-delivered-id' then delivered = group[n + 1] end
                end
                for _, one in ipairs(entries) do
                  local entry, fields = one[1], one[2]
                  local isPlain = fields[1] == 'd'
                  if not (isPlain and isBody(fields[2])) and fields[1] ~= 'r' then
                    if wrong('damaged entries') then pullOut(level, entry) end
                  else
                    local id = isPlain and plainID(level, entry, fields[2]) or fields[2]
                    local facts = loadSafely(id)
                    local isNeeded = facts and facts.e == entry and (facts.s == PENDING or facts.s == RUNNING)
                    if not isNeeded and (facts or not isPlain) then
                      if wrong('entries without records') then pullOut(level, entry) end
                    elseif not isBefore(delivered, entry) and not holderOfEntry(level, entry)
                      and wrong('jobs that nobody would hand out') then
                      -- How often a plain one had begun is not known any more: it may have, once.
                      local count = facts and facts.a + (facts.d - facts.a) * BACK or 1
                      call('XCLAIM', LEVEL[level], 'w', '~back', 0, entry, 'FORCE', 'RETRYCOUNT', text(count), 'JUSTID')
                      call('HINCRBY', PARKED, level .. ':~back', 1)
                      wakes = true
                    end
                  end
                end
                finishWrite(ARGV[2])
                return { flat(), #entries > 0 and entries[#entries][1] or '' }
                """#)

        /// Looks at what is handed out of a level: its entry is there.
        ///
        /// Arguments and answer as of ``repairEntries``.
        static let repairHeld = QueueScript(
            core + library + repair + #"""
                local level = tonumber(ARGV[4])
                local held = redis.pcall('XPENDING', LEVEL[level], 'w', ARGV[5], '+', ARGV[6])
                if held.err then return { {}, '' } end
                for _, one in ipairs(held) do
                  if not call('XRANGE', LEVEL[level], one[1], one[1])[1] and wrong('jobs handed out that are not there') then
                    call('XACK', LEVEL[level], 'w', one[1])
                    if one[2]:byte(1) == 126 then unpark(level, one[2]) end
                  end
                end
                return { flat(), #held > 0 and held[#held][1] or '' }
                """#)

        /// Looks at a page of what is kept beside the records: it belongs to one.
        ///
        /// Arguments: clock, channel, 1 to mend, which (`ids`, `due`, `exp`, `keep`, `hist`, `mem`, `out`, `uniq`, `uniqx`), the
        /// cursor. Answers kinds and counts in turn, and the next cursor.
        static let repairPlaces = QueueScript(
            core + library + repair + #"""
                local kind = ARGV[4]
                local sets, hashes = { ids = IDS, due = DUE, exp = EXP, keep = KEEP, uniqx = UNIQX }, { hist = HIST, mem = MEM, out = OUT, uniq = UNIQ }
                local key = sets[kind] or hashes[kind]
                local page = call(sets[kind] and 'ZSCAN' or 'HSCAN', key, ARGV[5], 'COUNT', 200)
                for n = 1, #page[2], 2 do
                  local member, value = page[2][n], page[2][n + 1]
                  local what
                  if kind == 'uniqx' then
                    what = call('HEXISTS', UNIQ, member) == 0 and 'ends of keys that are free'
                  elseif kind == 'uniq' then
                    local isWhole = #value == 24
                    local facts = isWhole and loadSafely(value:sub(1, 16))
                    local isTimed = isWhole and struct.unpack('>I8', value, 17) > 0
                    local isOwned = facts and facts.uk == member and not ends[facts.s]
                    what = not isTimed and not isOwned and 'unique keys of jobs that are gone'
                  else
                    local facts = loadSafely(member:sub(1, 16))
                    if kind == 'hist' or kind == 'mem' or kind == 'out' then
                      what = not facts and 'what dead jobs left behind'
                    else
                      local belongs = facts and ((kind == 'ids' and not ends[facts.s])
                        or (kind == 'due' and (facts.s == DELAYED or facts.s == RETRYING))
                        or (kind == 'exp' and isWaiting(facts) and facts.x) or (kind == 'keep' and ends[facts.s] and facts.xk))
                      what = not belongs and 'places of jobs that are not there'
                    end
                  end
                  if what and wrong(what) then call(sets[kind] and 'ZREM' or 'HDEL', key, member) end
                end
                return { flat(), page[1] }
                """#)

        /// Looks at a stretch of a list of the finished: each is there and ended so.
        ///
        /// Arguments: clock, channel, 1 to mend, the state, from where on, how many. Answers kinds and counts in turn, how many were
        /// looked at, how many of these were taken out, and what is right.
        static let repairList = QueueScript(
            core + library + bundles + repair + wholeBundles + #"""
                local state, from, most = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
                local list, kept, out = ends[state][1], {}, 0
                local found = call('LRANGE', list, from, from + most - 1)
                for _, one in ipairs(found) do
                  local facts = #one == 24 and loadSafely(one:sub(1, 16))
                  local bundle = #one > 24 and openSafely(one:sub(-16, -9))
                  if bundle and memberOf(bundle) == one
                    or facts and facts.s == state and not facts.xk and facts.f == struct.unpack('>I8', one, 17) then
                    kept[#kept + 1] = one
                  elseif wrong('places of jobs that are not there') then
                    call('LREM', list, 1, one)
                    out = out + 1
                  end
                end
                return { flat(), #found, out, kept }
                """#)

        /// Puts finished jobs that stand in no list into theirs.
        ///
        /// Arguments: clock, channel, 1 to mend, then of each, or of each bundle, what its list is to have. Answers kinds and counts
        /// in turn.
        static let repairFinals = QueueScript(
            core + library + bundles + repair + wholeBundles + #"""
                for n = 4, #ARGV do
                  local one = ARGV[n]
                  local facts = #one == 24 and loadSafely(one:sub(1, 16))
                  local bundle = #one > 24 and openSafely(one:sub(-16, -9))
                  if bundle and memberOf(bundle) == one then
                    if not call('LPOS', DONE_C, one) and wrong('finished jobs that nothing would remove') then call('RPUSH', DONE_C, one) end
                  elseif facts and ends[facts.s] and not facts.xk and (facts.f or 0) == struct.unpack('>I8', one, 17) then
                    local list = ends[facts.s][1]
                    if not call('LPOS', list, one) and wrong('finished jobs that nothing would remove') then call('RPUSH', list, one) end
                  end
                end
                return { flat() }
                """#)

        /// Counts anew what the queue keeps count of. Arguments: clock, channel, 1 to mend. Answers kinds and counts in turn.
        static let recount = QueueScript(
            core + library + bundles + repair + wholeBundles + #"""
                local function compare(name, count)
                  if (tonumber(call('HGET', META, name)) or 0) ~= count and wrong('wrong counters') then call('HSET', META, name, count) end
                end
                -- More than this would hold up the queue for too long.
                for state, one in pairs(ends) do
                  local count = call('LLEN', one[1])
                  if state == COMPLETED and count <= 20000 then
                    for _, member in ipairs(call('LRANGE', one[1], 0, -1)) do
                      local bundle = #member > 24 and openSafely(member:sub(-16, -9))
                      if bundle then count = count + bundle.common.n - 1 end
                    end
                    compare(one[3], count)
                  elseif state ~= COMPLETED or call('EXISTS', BUNDLES) == 0 then
                    compare(one[3], count)
                  end
                end
                local isSmall = call('ZCARD', DUE) <= 20000 and call('ZCARD', KEEP) <= 20000
                if isSmall then
                  local by = { [DELAYED] = 0, [RETRYING] = 0, [COMPLETED] = 0, [DEAD] = 0, [CANCELLED] = 0 }
                  for _, key in ipairs({ DUE, KEEP }) do
                    for _, id in ipairs(call('ZRANGE', key, 0, -1)) do
                      local facts = loadSafely(id)
                      if facts and by[facts.s] then by[facts.s] = by[facts.s] + 1 end
                    end
                  end
                  compare('delayed', by[DELAYED])
                  compare('retrying', by[RETRYING])
                  for state, one in pairs(ends) do compare(one[4], by[state]) end
                end
                local parked = {}
                for level = 0, 4 do
                  local consumers = redis.pcall('XINFO', 'CONSUMERS', LEVEL[level], 'w')
                  for _, consumer in ipairs(consumers.err and {} or consumers) do
                    if consumer[2]:byte(1) == 126 and consumer[4] > 0 then parked[level .. ':' .. consumer[2]] = consumer[4] end
                  end
                end
                local known = call('HGETALL', PARKED)
                for n = 1, #known, 2 do
                  local count = parked[known[n]]
                  parked[known[n]] = nil
                  if count ~= tonumber(known[n + 1]) and wrong('wrong counters') then
                    if count then call('HSET', PARKED, known[n], count) else call('HDEL', PARKED, known[n]) end
                    wakes = true
                  end
                end
                for field, count in pairs(parked) do
                  if wrong('wrong counters') then
                    call('HSET', PARKED, field, count)
                    wakes = true
                  end
                end
                finishWrite(ARGV[2])
                return { flat() }
                """#)
    }
#endif
