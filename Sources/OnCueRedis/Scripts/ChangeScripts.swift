#if Redis
    import RedisWire

    extension Scripts {
        /// Taking jobs out of where they are.
        static let removal = #"""
            -- Takes the entry of a job that has not ended out of its stream, whoever holds it.
            local function takeOut(facts, consumer)
              if not facts.e then return end
              if consumer then
                leave(facts.v, facts.e)
                if isReserved(consumer) then unpark(facts.v, consumer) end
              else
                call('XDEL', LEVEL[facts.v], facts.e)
              end
              facts.e = nil
            end
            local function waitsForItsTime(facts) return facts.s == DELAYED or facts.s == RETRYING end
            local function leaveDue(id, facts)
              call('ZREM', DUE, id)
              call('HINCRBY', META, facts.s == DELAYED and 'delayed' or 'retrying', -1)
            end
            -- Takes a job that has ended out of where it is kept.
            local function unkeep(id, facts)
              local list, isApart = ends[facts.s][1], facts.xk
              leaveFinished(id, facts)
              if isApart then return end
              local bundle, n
              if facts.s == COMPLETED then bundle, n = seekBundled(id) end
              if bundle then
                takeOutOf(bundle, n)
              else
                unlist(list, id .. struct.pack('>I8', facts.f), facts.f)
              end
            end
            -- Removes a job with all that is kept of it.
            local function forget(id, facts, body, consumer)
              event(DELETES, id, facts.a, nameOf(body))
              takeOut(facts, consumer)
              if waitsForItsTime(facts) then leaveDue(id, facts) end
              if ends[facts.s] then unkeep(id, facts) end
              if facts.x then call('ZREM', EXP, id) end
              call('ZREM', IDS, id)
              freeKey(facts, id)
              erase(id)
            end

            """#

        /// Does one change to each of some jobs.
        ///
        /// Arguments: clock, channel; `cancel`, `force`, `retry`, `anew`, `delete` or `edit`; what goes with it as MessagePack
        /// (`r` the reason; `b` another payload, `v` level, `w` or `wd` due at or after); a session and the name of its worker
        /// (nothing: none is known yet); then of each its id, and its level and entry where the id says them, and how many
        /// attempts it is to have at least. Answers of each `N` when there is none, `R` and a state: refused, `Q`: it was told
        /// to stop, `D` and the state it is in now, `G`: it is gone, or `S` and a session: nothing was done, for that session
        /// runs it and has to be told.
        static let change = QueueScript(
            flags: outOfMemoryToo,
            core + library + holders + bundles + removal + #"""
                local kind, with = ARGV[3], cmsgpack.unpack(ARGV[4])
                local session, worker = ARGV[5], ARGV[6] ~= '' and ARGV[6] or nil

                -- The job's facts and body, whether it has a record, and who holds its entry.
                local function seek(id, level, entry)
                  local facts, body = load(id)
                  if facts then
                    local held = facts.e and heldBetween(facts.v, facts.e, facts.e, 1)[1]
                    return facts, body, true, held and held[2]
                  end
                  if entry == '' then return nil end
                  level = tonumber(level)
                  local found = call('XRANGE', LEVEL[level], entry, entry)[1]
                  if not found or found[2][1] ~= 'd' or plainID(level, entry, found[2][2]) ~= id then
                    facts, body = bundledRecord(id)
                    return facts, body, true
                  end
                  local held = heldBetween(level, entry, entry, 1)[1]
                  facts, body = plainRecord(level, entry, found[2], held and held[4] or 0)
                  if held and not isReserved(held[2]) then
                    facts.s, facts.n, facts.ses, facts.b, facts.wk = RUNNING, held[4], held[2], held[3], worker
                  end
                  return facts, body, false, held and held[2]
                end

                local function tell(id, reason, isTaken)
                  if call('HGET', SESSION, 'st') == 'open' then
                    call('HSET', NEWS, id, cmsgpack.pack({ r = reason, t = isTaken }))
                    call('HINCRBY', SESSION, 'marks', 1)
                  end
                end

                local function cancel(id, facts, body, hasRecord, consumer)
                  if ends[facts.s] then return 'R' .. facts.s end
                  local isRunning = facts.s == RUNNING
                  if isRunning and kind == 'cancel' and facts.cq then return 'Q' end
                  if isRunning and facts.ses ~= session then return 'S' .. facts.ses end
                  if with.r then facts.cr = with.r end
                  if isRunning and kind == 'cancel' then
                    facts.cq, facts.u = true, now
                    if not hasRecord then call('ZADD', IDS, 0, id) end
                    save(id, facts, body)
                    tell(id, facts.cr, false)
                    return 'Q'
                  end
                  if isRunning then tell(id, with.r, true) end
                  takeOut(facts, consumer)
                  event(CANCELS, id, facts.a, nameOf(body))
                  finish(id, facts, body, CANCELLED, 'p')
                  return 'D' .. CANCELLED
                end

                local function rerun(id, facts, body, least)
                  if facts.s ~= DEAD and facts.s ~= CANCELLED and not waitsForItsTime(facts) then return 'R' .. facts.s end
                  if facts.uk and facts.uu ~= 't' then
                    local holder = holderOf(facts.uk)
                    if holder and holder ~= id then return 'R' .. facts.s end
                    if not holder then takeKey(facts.uk, id, nil) end
                  end
                  if ends[facts.s] then
                    unkeep(id, facts)
                    facts.f, facts.dr, facts.cr = nil, nil, nil
                    call('ZADD', IDS, 0, id)
                  else
                    leaveDue(id, facts)
                  end
                  if kind == 'anew' then
                    facts.a, facts.l = 0, 0
                  else
                    facts.ma = math.max(least, facts.ma or 0, facts.a + 1)
                  end
                  -- One that has expired and is wanted all the same would only be buried again.
                  if facts.x and facts.x <= now then
                    call('ZREM', EXP, id)
                    facts.x = nil
                  end
                  event(RERUNS, id, facts.a, nameOf(body))
                  makePending(id, facts, body)
                  save(id, facts, body)
                  return 'D' .. PENDING
                end

                local function edit(id, facts, body, hasRecord, consumer)
                  if facts.s ~= PENDING and not waitsForItsTime(facts) then return 'R' .. facts.s end
                  local due = with.w or (with.wd and now + with.wd)
                  local isPending = facts.s == PENDING
                  local isPutOff = due and due > now
                  local isMoved = with.v and with.v ~= facts.v
                  if not hasRecord and not with.b and not isMoved and not isPutOff then return 'D' .. facts.s end
                  facts.u = now
                  if with.b then
                    local a, b, c = body:byte(2, 4)
                    body = body:sub(1, a * 65536 + b * 256 + c) .. with.b
                  end
                  if isPutOff then
                    if isPending then takeOut(facts, consumer) else leaveDue(id, facts) end
                    if isMoved then facts.v = with.v end
                    makeWait(id, facts, DELAYED, due)
                  elseif isPending then
                    -- Who reads a plain entry does not look for a record: so that one gets a new entry.
                    if isMoved or not (hasRecord or consumer) then
                      takeOut(facts, consumer)
                      if isMoved then facts.v = with.v end
                      makePending(id, facts, body)
                    end
                  else
                    if isMoved then facts.v = with.v end
                    if due then
                      leaveDue(id, facts)
                      facts.w = due
                      makePending(id, facts, body)
                    end
                  end
                  if not hasRecord then call('ZADD', IDS, 0, id) end
                  save(id, facts, body)
                  return 'D' .. facts.s
                end

                local function delete(id, facts, body, consumer)
                  if facts.s == RUNNING then
                    if facts.ses ~= session then return 'S' .. facts.ses end
                    tell(id, nil, true)
                  end
                  forget(id, facts, body, consumer)
                  return 'G'
                end

                local answers = {}
                for at = 7, #ARGV, 4 do
                  local id = ARGV[at]
                  local facts, body, hasRecord, consumer = seek(id, ARGV[at + 1], ARGV[at + 2])
                  local answer
                  if not facts then
                    answer = 'N'
                  elseif kind == 'cancel' or kind == 'force' then
                    answer = cancel(id, facts, body, hasRecord, consumer)
                  elseif kind == 'retry' or kind == 'anew' then
                    answer = rerun(id, facts, body, tonumber(ARGV[at + 3]))
                  elseif kind == 'edit' then
                    answer = edit(id, facts, body, hasRecord, consumer)
                  else
                    answer = delete(id, facts, body, consumer)
                  end
                  answers[#answers + 1] = answer
                end
                closeBundles()
                finishWrite(ARGV[2])
                return answers
                """#)

        /// Removes jobs of some states from one place of the queue.
        ///
        /// Arguments: clock, channel; the place: a level's number, `due`, `keep`, or `c`, `d` and `x` for the lists of those that
        /// have ended; the digits of the states; how many at most; where to go on. Answers how many went, and where to go on
        /// (nothing: the place has been gone through).
        static let purge = QueueScript(
            flags: outOfMemoryToo,
            core + library + holders + bundles + removal + #"""
                local place, states, most, from = ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
                local width = math.min(200, most)
                local level = tonumber(place)
                local removed, next = 0, ''

                if level then
                  local stream = LEVEL[level]
                  local found = call('XRANGE', stream, from == '' and '-' or from, '+', 'COUNT', width)
                  if #found > 0 then
                    local holder = {}
                    for _, one in ipairs(heldBetween(level, found[1][1], found[#found][1], #found)) do holder[one[1]] = one end
                    for _, one in ipairs(found) do
                      local entry, fields = one[1], one[2]
                      local held = holder[entry]
                      if not held or isReserved(held[2]) then
                        local id = fields[1] == 'r' and fields[2] or plainID(level, entry, fields[2])
                        local facts, body = load(id)
                        if not facts and fields[1] ~= 'r' then
                          facts, body = plainRecord(level, entry, fields, held and held[4] or 0)
                        end
                        if facts and facts.e == entry then
                          forget(id, facts, body, held and held[2])
                          removed = removed + 1
                        end
                      end
                    end
                    if #found == width then next = '(' .. found[#found][1] end
                  end
                elseif place == 'due' or place == 'keep' then
                  local at = tonumber(from) or 0
                  local found = call('ZRANGE', place == 'due' and DUE or KEEP, at, at + width - 1)
                  for _, id in ipairs(found) do
                    local facts, body = load(id)
                    if facts and states:find(facts.s, 1, true) then
                      forget(id, facts, body)
                      removed = removed + 1
                    else
                      at = at + 1
                    end
                  end
                  if #found == width then next = text(at) end
                else
                  local state = place == 'c' and COMPLETED or place == 'd' and DEAD or CANCELLED
                  local list, kept = ends[state][1], ends[state][3]
                  local found, passed = call('LRANGE', list, 0, width - 1), 0
                  for _, one in ipairs(found) do
                    if removed >= width then break end
                    local bundle = #one ~= 24 and openBundle(one:sub(-16, -9))
                    if bundle then
                      for n = 1, bundle.size do
                        local body = removed < width and bodyIn(bundle, n)
                        if body then
                          event(DELETES, idIn(bundle, n), bundle.common.a, nameOf(body))
                          takeOutOf(bundle, n)
                          removed = removed + 1
                        end
                      end
                      if bundle.common.n > 0 then break end
                      dropBundle(bundle)
                    elseif #one == 24 then
                      local id = one:sub(1, 16)
                      local facts, body = load(id)
                      if facts and facts.s == state and facts.f == struct.unpack('>I8', one, 17) then
                        event(DELETES, id, facts.a, nameOf(body))
                        freeKey(facts, id)
                        erase(id)
                        removed = removed + 1
                      end
                    end
                    passed = passed + 1
                  end
                  if removed > 0 then call('HINCRBY', META, kept, -removed) end
                  call('LTRIM', list, passed, -1)
                  closeBundles()
                  if passed < #found or #found == width then next = '0' end
                end
                finishWrite(ARGV[2])
                return { removed, next }
                """#)
    }
#endif
