#if Redis
    import RedisWire

    extension Scripts {
        /// Takes plain jobs into a queue: the fast path.
        ///
        /// Arguments: clock, channel, how many may wait (-1: any number), how many jobs, their marks one after another
        /// (nonce, name behind its length), then of each its level and its body. Answers the first position and the clock;
        /// the others follow it one by one. Answers nil, and has written nothing, when the bound might not hold: ``enqueue``
        /// then looks exactly.
        static let enqueuePlain = RedisScript(
            #"""
            local call, KEYS, ARGV = redis.call, KEYS, ARGV
            local clock = call('TIME')
            local real = clock[1] * 1000000 + clock[2]
            local now = ARGV[1] == '' and real or tonumber(ARGV[1])
            local meta = call('HMGET', KEYS[1], 'lastms', 'lastseq')
            local count, maximum = tonumber(ARGV[4]), tonumber(ARGV[3])
            if maximum >= 0 then
              local most = call('ZCARD', KEYS[10]) + count
              for level = 2, 6 do most = most + call('XLEN', KEYS[level]) end
              if most > maximum then return false end
            end
            local ms, seq = math.floor(now / 1000), (now % 1000) * 4194304
            local lastms, lastseq = tonumber(meta[1]) or 0, tonumber(meta[2]) or 0
            local skew = ms < lastms
            if skew or (ms == lastms and seq <= lastseq) then ms, seq = lastms, lastseq + 1 end
            if seq + count >= 4294967296 then ms, seq = ms + 1, 0 end
            local head = string.format('%.0f', ms) .. '-'
            local at = 6
            if skew then
              local when = string.format('%.0f', now)
              for n = seq, seq + count - 1 do
                call('XADD', KEYS[2 + ARGV[at]], head .. n, 'd', ARGV[at + 1], 't', when)
                at = at + 2
              end
            else
              for n = seq, seq + count - 1 do
                call('XADD', KEYS[2 + ARGV[at]], head .. n, 'd', ARGV[at + 1])
                at = at + 2
              end
            end
            call('HSET', KEYS[1], 'lastms', string.format('%.0f', ms), 'lastseq', seq + count - 1)
            call('HINCRBY', KEYS[1], 'enqueued', count)
            call('XADD', KEYS[21], string.format('%.0f', real) .. '-*', 'a', string.format('%.0f', now), 'p', head .. seq, 'm', ARGV[5])
            call('SPUBLISH', ARGV[2], 'w')
            return { head .. seq, string.format('%.0f', now) }
            """#)

        /// Takes jobs of any kind into a queue.
        ///
        /// Arguments: clock, channel, how many may wait (-1: any number), 1 for all or none, how many jobs; then of each its
        /// level, its body, its mark, and what is special about it as MessagePack (nothing for a plain one): `i` the caller's
        /// id, `wd`/`wt` due after or at, `xd`/`xt` expiry after or at, `k` the unique key, `ku` until when, `kt` how long.
        /// Answers the clock and of each `+` and its id, `=` and the id that it is a duplicate of, or `F`: the queue is full.
        /// Answers `F` alone when all or none was asked for and not all fit.
        static let enqueue = RedisScript(
            library + #"""
                local maximum, count = tonumber(ARGV[3]), tonumber(ARGV[5])
                local isBounded = maximum >= 0
                local room = 0
                if isBounded then
                  -- The cheap bound first: all entries, held or not.
                  local most = 0
                  for level = 0, 4 do most = most + call('XLEN', KEYS[2 + level]) end
                  most = most + call('ZCARD', DUE)
                  room = maximum - (most + count > maximum and waiting() or most)
                end
                if ARGV[4] == '1' then
                  local wanted, seen = 0, {}
                  for n = 0, count - 1 do
                    local rest = ARGV[9 + n * 4]
                    local special = rest == '' and {} or cmsgpack.unpack(rest)
                    local id, key = special.i and 'i' .. special.i, special.k and 'k' .. special.k
                    local isDuplicate = (id and (seen[id] or call('HEXISTS', REC, special.i) == 1))
                      or (key and (seen[key] or holderOf(special.k)))
                    if id then seen[id] = true end
                    if key then seen[key] = true end
                    if not isDuplicate then wanted = wanted + 1 end
                  end
                  if isBounded and wanted > room then return 'F' end
                end
                readPosition()
                local answers, created, taken = {}, {}, 0
                local at = 6
                for n = 1, count do
                  local level, body, mark, rest = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
                  at = at + 4
                  local answer
                  if rest ~= '' then
                    local a, b, c = mark:byte(1, 3)
                    answer = takeIn(level, body, a * 65536 + b * 256 + c, cmsgpack.unpack(rest), isBounded, room)
                  elseif isBounded and room <= 0 then
                    answer = 'F'
                  else
                    local a, b, c = mark:byte(1, 3)
                    local entry = mint()
                    if skew then
                      call('XADD', KEYS[2 + level], entry, 'd', body, 't', text(now))
                    else
                      call('XADD', KEYS[2 + level], entry, 'd', body)
                    end
                    answer = '+' .. storeID(level, a * 65536 + b * 256 + c)
                    wakes = true
                  end
                  answers[n] = answer
                  if answer:byte(1) == 43 then
                    room, taken = room - 1, taken + 1
                    created[taken] = answer:sub(2) .. '\0\0\0\0' .. mark:sub(4)
                  end
                end
                if taken > 0 then
                  call('HINCRBY', META, 'enqueued', taken)
                  batches[CREATES] = created
                end
                finishWrite(ARGV[2])
                return { text(now), answers }
                """#)
    }
#endif
