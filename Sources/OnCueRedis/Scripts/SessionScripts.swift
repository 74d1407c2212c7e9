#if Redis
    import RedisWire

    extension Scripts {
        /// Makes a queue's streams and what else it begins with, where they are missing.
        ///
        /// Arguments: clock, channel, the queue's number, how many may wait.
        static let prepare = QueueScript(
            core + #"""
                for level = 0, 4 do
                  redis.pcall('XGROUP', 'CREATE', LEVEL[level], 'w', '0', 'MKSTREAM')
                end
                call('HSET', META, 'number', ARGV[3])
                call('HSETNX', META, 'max', ARGV[4])
                """#)

        /// What a session is to be told of its jobs in a queue, and how many it holds there.
        ///
        /// Arguments: clock, channel, session.
        static let news = QueueScript(
            #"""
            local held = 0
            for level = 0, 4 do
              local pending = redis.pcall('XPENDING', LEVEL[level], 'w')
              for _, consumer in ipairs(not pending.err and pending[4] or {}) do
                if consumer[1] == ARGV[3] then held = held + tonumber(consumer[2]) end
              end
            end
            return { redis.call('HGETALL', NEWS), held }
            """#)

        /// Opens a session in a queue, and makes the queue's streams where they are missing. Answers how it stands here.
        ///
        /// Arguments: clock, channel, the queue's number.
        static let join = QueueScript(
            flags: outOfMemoryToo,
            core + library + #"""
                for level = 0, 4 do
                  redis.pcall('XGROUP', 'CREATE', LEVEL[level], 'w', '0', 'MKSTREAM')
                end
                redis.pcall('XGROUP', 'CREATE', BELL, 'w', '$', 'MKSTREAM')
                call('HSETNX', META, 'number', ARGV[3])
                call('HSETNX', SESSION, 'st', 'open')
                return call('HGET', SESSION, 'st')
                """#)

        /// Ends a session in a queue and gives back what it holds; its consumer goes when its list is empty.
        ///
        /// Arguments: clock, channel, session, `fenced` or `closed`, the worker's name, entries at most, the error of a fence as
        /// MessagePack. Answers how many jobs lost their worker, and 1 when there may be more.
        static let sweep = QueueScript(
            flags: outOfMemoryToo,
            core + library + #"""
                local session, standing, most = ARGV[3], ARGV[4], tonumber(ARGV[6])
                local before = call('HGET', SESSION, 'st')
                if before ~= 'closed' and before ~= 'fenced' then call('HSET', SESSION, 'st', standing) end
                -- A claim that waits for this session is to say that it has ended.
                if before == 'open' then wakes = true end
                call('DEL', NEWS, BELL)
                local isFence = standing == 'fenced'
                local returned, room = 0, most
                for level = 0, 4 do
                  local stream = LEVEL[level]
                  local held = room > 0 and redis.pcall('XPENDING', stream, 'w', '-', '+', room, session) or {}
                  if held.err then held = {} end
                  for _, one in ipairs(held) do
                    local entry, handed = one[1], one[4]
                    local found = call('XRANGE', stream, entry, entry)
                    local fields = found[1] and found[1][2]
                    local id = fields and (fields[1] == 'r' and fields[2] or plainID(level, entry, fields[2]))
                    local facts, body, hasRecord
                    if id then
                      facts, body = load(id)
                      hasRecord = facts ~= nil
                      if not facts and fields[1] ~= 'r' then facts, body = recordOf(level, entry, handed) end
                    end
                    room = room - 1
                    if not facts or (facts.e ~= entry) then
                      leave(level, entry)
                    else
                      -- What has a record starts in a write of its own, which may not have come.
                      local hadStarted = not hasRecord or facts.s == RUNNING
                      facts.ses = nil
                      if hadStarted and isFence then
                        facts.wk = ARGV[5]
                        remember(id, cmsgpack.pack({ a = facts.a, b = facts.b or facts.u, e = now, w = ARGV[5] }) .. ARGV[7])
                        local failure = cmsgpack.unpack(ARGV[7])
                        facts.le, facts.lc = failure.le, failure.lc
                      end
                      if facts.cq then
                        leave(level, entry)
                        event(CANCELS, id, facts.a, nameOf(body))
                        finish(id, facts, body, CANCELLED, 'p')
                      else
                        event(RELEASES, id, facts.a, nameOf(body))
                        facts.s, facts.u = PENDING, now
                        if facts.x then call('ZADD', EXP, text(facts.x), id) end
                        if isFence and hadStarted then
                          facts.l = facts.l + 1
                          handBack(level, entry, handed, true)
                          returned = returned + 1
                        else
                          if hadStarted then facts.a = facts.a - 1 end
                          handBack(level, entry, handed - 1 + BACK, facts.l > 0)
                        end
                        if isFence or hasRecord then
                          if not hasRecord then call('ZADD', IDS, 0, id) end
                          save(id, facts, body)
                        end
                      end
                    end
                  end
                  if room > 0 then redis.pcall('XGROUP', 'DELCONSUMER', stream, 'w', session) end
                end
                finishWrite(ARGV[2])
                return { returned, room > 0 and 0 or 1 }
                """#)
    }
#endif
