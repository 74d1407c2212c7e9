#if Redis
    import RedisWire

    extension Scripts {
        /// What most scripts share: positions, events, records, unique keys, places and ends. It only defines.
        static let library = #"""
            local BACK = 1048576
            local PENDING, RUNNING, DELAYED, RETRYING, COMPLETED, DEAD, CANCELLED = 2, 3, 1, 4, 5, 6, 7
            -- Kinds of events, in the order in which those of one write are listed: a failure stands before what came of it.
            local FAILS, STARTS, PROGRESSES, COMPLETES, RETRIES, RERUNS, BURIES, CANCELS, DELETES, RELEASES, CREATES =
              4, 1, 2, 3, 5, 6, 7, 8, 9, 10, 0
            local KINDS = { FAILS, STARTS, PROGRESSES, COMPLETES, RETRIES, RERUNS, BURIES, CANCELS, DELETES, RELEASES, CREATES }

            -- MARK: Positions

            local lastms, lastseq, number, skew
            local function readPosition()
              local meta = call('HMGET', META, 'lastms', 'lastseq', 'number')
              lastms, lastseq, number = tonumber(meta[1]) or 0, tonumber(meta[2]) or 0, tonumber(meta[3]) or 0
              local ms = math.floor(now / 1000)
              local seq = (now % 1000) * 4194304
              -- Never backwards: a clock that was set back stands still here, and the entry says when the job came.
              if ms > lastms or (ms == lastms and seq > lastseq) then
                lastms, lastseq = ms, seq - 1
              end
              skew = ms ~= lastms
            end
            local function mint()
              if not lastms then readPosition() end
              lastseq = lastseq + 1
              if lastseq >= 4294967296 then lastms, lastseq = lastms + 1, 0 end
              return text(lastms) .. '-' .. text(lastseq)
            end
            local function keepPosition()
              if lastms then call('HSET', META, 'lastms', text(lastms), 'lastseq', text(lastseq)) end
            end
            local function storeID(level, nonce)
              return struct.pack('>I6I2I4I4', lastms, 32768 + math.floor(lastseq / 1048576),
                2147483648 + (lastseq % 1048576) * 1024 + level * 128 + math.floor(number / 512),
                (number % 512) * 8388608 + nonce)
            end

            -- MARK: Events and wakes

            local batches, eventCount = {}, 0
            local function event(kind, id, attempt, name)
              eventCount = eventCount + 1
              local batch = batches[kind]
              if not batch then
                batch = {}
                batches[kind] = batch
              end
              batch[#batch + 1] = id .. struct.pack('>I4', attempt) .. string.char(#name) .. name
            end
            local function writeEvents()
              if next(batches) == nil then return false end
              local fields = { 'a', text(now) }
              for _, kind in ipairs(KINDS) do
                if batches[kind] then
                  fields[#fields + 1] = tostring(kind)
                  fields[#fields + 1] = table.concat(batches[kind])
                end
              end
              logEvents(fields, eventCount)
              return true
            end
            local wakes = false
            -- The end of every script that changed something. `w` says that there is something to claim and that something happened,
            -- `e` the latter alone.
            local function finishWrite(channel)
              keepPosition()
              local hasEvents = writeEvents()
              if wakes then
                call('SPUBLISH', channel, 'w')
              elseif hasEvents then
                call('SPUBLISH', channel, 'e')
              end
            end

            -- MARK: Records

            local function nameOf(body) return body:sub(6, 5 + body:byte(5)) end

            local function load(id)
              local record = call('HGET', REC, id)
              if not record then return nil end
              local offset, facts = cmsgpack.unpack_one(record)
              return facts, record:sub(offset < 0 and #record + 1 or offset + 1)
            end
            local function save(id, facts, body)
              call('HSET', REC, id, cmsgpack.pack(facts) .. body)
            end

            -- MARK: Unique keys

            local function holderOf(key)
              local held = call('HGET', UNIQ, key)
              if not held then return nil end
              local ends = struct.unpack('>I8', held, 17)
              if ends > 0 and ends <= now then return nil end
              return held:sub(1, 16)
            end
            local function takeKey(key, id, ends)
              call('HSET', UNIQ, key, id .. struct.pack('>I8', ends or 0))
              if ends then call('ZADD', UNIQX, text(ends), key) else call('ZREM', UNIQX, key) end
            end
            local function freeKey(facts, id)
              if facts.uk and holderOf(facts.uk) == id then
                call('HDEL', UNIQ, facts.uk)
                call('ZREM', UNIQX, facts.uk)
              end
            end

            -- MARK: Places

            -- An entry of a job with a record: also its name, so that who may not run it need not look at the record.
            local function addEntry(id, facts, body)
              call('XADD', LEVEL[facts.v], facts.e, 'r', id, 'n', nameOf(body))
            end
            -- Puts a job with a record at the end of its level.
            local function makePending(id, facts, body)
              facts.s, facts.e, facts.u = PENDING, mint(), now
              addEntry(id, facts, body)
              if facts.x then call('ZADD', EXP, text(facts.x), id) end
              wakes = true
            end
            -- Puts it aside until its time; rings when it becomes the earliest, for who waits waits for that.
            local function makeWait(id, facts, state, due)
              facts.s, facts.w, facts.u, facts.e = state, due, now, nil
              call('ZADD', DUE, text(due), id)
              if facts.x then call('ZADD', EXP, text(facts.x), id) end
              call('HINCRBY', META, state == DELAYED and 'delayed' or 'retrying', 1)
              if call('ZRANGE', DUE, 0, 0)[1] == id then wakes = true end
            end

            -- What a client says of a new job beside its body: level, nonce, name behind its length.
            local function readMark(mark)
              local level, a, b, c = mark:byte(1, 4)
              return level, a * 65536 + b * 256 + c, mark:sub(6)
            end

            -- Whether the queue has, or has had as a follow-up of another queue, a job with an id that is not the store's own.
            local function isKnown(id)
              return call('HEXISTS', REC, id) == 1 or call('ZSCORE', IN, id)
            end

            -- Takes in a plain job. Answers as the enqueue does.
            local function takePlain(level, nonce, body)
              local entry = mint()
              if skew then
                call('XADD', LEVEL[level], entry, 'd', body, 't', text(now))
              else
                call('XADD', LEVEL[level], entry, 'd', body)
              end
              wakes = true
              return '+' .. storeID(level, nonce)
            end

            -- Takes in one job with something special about it. Answers as the enqueue does.
            local function takeSpecial(level, nonce, body, special, isBounded, room)
              if special.i and isKnown(special.i) then return '=' .. special.i end
              if special.k then
                local holder = holderOf(special.k)
                if holder then return '=' .. holder end
              end
              if isBounded and room <= 0 then return 'F' end
              local entry = mint()
              local id = special.i or storeID(level, nonce)
              local due = special.wt or (special.wd and now + special.wd)
              local facts = { v = level, a = 0, d = 0, l = 0, c = now, u = now, uk = special.k, uu = special.ku }
              facts.x = special.xt or (special.xd and now + special.xd)
              if special.k then takeKey(special.k, id, special.ku == 't' and now + special.kt or nil) end
              call('ZADD', IDS, 0, id)
              if due and due > now then
                makeWait(id, facts, DELAYED, due)
              else
                facts.s, facts.e = PENDING, entry
                addEntry(id, facts, body)
                if facts.x then call('ZADD', EXP, text(facts.x), id) end
                wakes = true
              end
              save(id, facts, body)
              return '+' .. id
            end

            local function pendingOf(level)
              local groups = redis.pcall('XINFO', 'GROUPS', LEVEL[level])
              if groups.err or not groups[1] then return 0 end
              for n = 1, #groups[1], 2 do
                if groups[1][n] == 'pending' then return groups[1][n + 1] end
              end
            end
            local function waiting()
              local count = tonumber(call('HGET', META, 'delayed') or 0) + tonumber(call('HGET', META, 'retrying') or 0)
              for level = 0, 4 do count = count + call('XLEN', LEVEL[level]) - pendingOf(level) end
              for _, parked in ipairs(call('HVALS', PARKED)) do count = count + parked end
              return count
            end

            local function unpark(level, consumer)
              local field = level .. ':' .. consumer
              if call('HINCRBY', PARKED, field, -1) <= 0 then call('HDEL', PARKED, field) end
            end

            -- What a job saves while it runs: MEM has under its id the keys of all, each behind its length, and under the id with
            -- a key behind it what was saved. An effect's key has no control characters.
            local CHECKPOINT = '\0'
            local function savedKeys(id)
              local index = call('HGET', MEM, id)
              local keys, at = {}, 1
              while index and at < #index do
                local length = struct.unpack('>I2', index, at)
                keys[#keys + 1] = index:sub(at + 2, at + 1 + length)
                at = at + 2 + length
              end
              return keys
            end
            local function forgetSaved(id)
              local keys = savedKeys(id)
              if #keys == 0 then return end
              for n = 1, #keys do keys[n] = id .. keys[n] end
              call('HDEL', MEM, id, unpack(keys))
            end

            -- Forgets all that is kept of a job.
            local function erase(id)
              for _, key in ipairs({ REC, HIST, OUT }) do call('HDEL', key, id) end
              forgetSaved(id)
            end

            -- The end of a job with a record, wherever it was: its place, times and key go. What is kept of it: 'p' as the policy
            -- says, 'n' nothing (a minute, where someone waits for it), or so many microseconds.
            local ends = {
              [COMPLETED] = { DONE_C, 'completed', 'kc', 'ac' },
              [DEAD] = { DONE_D, 'dead', 'kd', 'ad' },
              [CANCELLED] = { DONE_X, 'cancelled', 'kx', 'ax' },
            }
            local function finish(id, facts, body, state, keep)
              if facts.s == DELAYED or facts.s == RETRYING then
                call('ZREM', DUE, id)
                call('HINCRBY', META, facts.s == DELAYED and 'delayed' or 'retrying', -1)
              end
              if facts.x then call('ZREM', EXP, id) end
              call('ZREM', IDS, id)
              if facts.uu ~= 't' then freeKey(facts, id) end
              facts.s, facts.f, facts.u, facts.e, facts.ses, facts.cq = state, now, now, nil, nil, nil
              call('HINCRBY', META, ends[state][2], 1)
              if keep == 'n' then
                local watched = call('ZSCORE', WATCH, id)
                if not watched or tonumber(watched) <= now then return erase(id) end
                keep = 60000000
              end
              if keep == 'p' then
                call('HINCRBY', META, ends[state][3], 1)
                call('RPUSH', ends[state][1], id .. struct.pack('>I8', now))
              else
                call('HINCRBY', META, ends[state][4], 1)
                facts.xk = now + tonumber(keep)
                call('ZADD', KEEP, text(facts.xk), id)
              end
              save(id, facts, body)
            end
            -- A final job goes, or is to run again: it no longer counts as kept. What stands of it in the list of the finished is
            -- passed over when it comes to the front.
            local function leaveFinished(id, facts)
              if facts.xk then
                call('ZREM', KEEP, id)
                call('HINCRBY', META, ends[facts.s][4], -1)
                facts.xk = nil
              else
                call('HINCRBY', META, ends[facts.s][3], -1)
              end
            end

            -- A job that was not started in time.
            local function expire(id, facts, body)
              facts.dr, facts.le = 'expired', 'expired before it was started'
              finish(id, facts, body, DEAD, 'p')
              event(BURIES, id, facts.a, nameOf(body))
            end

            -- Makes pending what is due, at most so many; what has expired meanwhile is buried instead. Answers how many became
            -- pending and how many were looked at.
            local function promote(most)
              local promoted = 0
              local due = call('ZRANGEBYSCORE', DUE, '-inf', text(now), 'LIMIT', 0, most)
              for _, id in ipairs(due) do
                local facts, body = load(id)
                if not facts then
                  call('ZREM', DUE, id)
                elseif facts.x and facts.x <= now then
                  expire(id, facts, body)
                else
                  call('ZREM', DUE, id)
                  call('HINCRBY', META, facts.s == DELAYED and 'delayed' or 'retrying', -1)
                  makePending(id, facts, body)
                  save(id, facts, body)
                  promoted = promoted + 1
                end
              end
              return promoted, #due
            end

            -- The record that a plain job would have: from its entry and from how often it was handed out.
            local function plainRecord(level, entry, fields, count)
              local created = tonumber(fields[4])
              if not created then
                local ms, seq = entry:match('^(%d+)-(%d+)$')
                created = ms * 1000 + math.floor(seq / 4194304)
              end
              local facts = { s = PENDING, v = level, a = count % BACK, d = count % BACK + math.floor(count / BACK), l = 0,
                c = created, u = created, e = entry }
              return facts, fields[2]
            end
            -- The record of the job that an entry stands for; nil when the entry is gone.
            local function recordOf(level, entry, count)
              local found = call('XRANGE', LEVEL[level], entry, entry)
              if not found[1] then return nil end
              local fields = found[1][2]
              if fields[1] == 'r' then return load(fields[2]) end
              return plainRecord(level, entry, fields, count)
            end

            -- Keeps a failed attempt: at most a hundred, each behind its length.
            local function remember(id, attempt)
              local kept = call('HGET', HIST, id) or '\0'
              local number = kept:byte(1)
              if number == 100 then
                kept = 'x' .. kept:sub(6 + struct.unpack('>I4', kept, 2))
                number = 99
              end
              call('HSET', HIST, id, string.char(number + 1) .. kept:sub(2) .. struct.pack('>I4', #attempt) .. attempt)
            end

            -- Takes the job out of its stream, as the one who holds it.
            local function leave(level, entry)
              call('XACK', LEVEL[level], 'w', entry)
              call('XDEL', LEVEL[level], entry)
            end

            -- Takes the entry of a waiting job out of its stream, whoever holds it.
            local function pullOut(level, entry)
              local held = redis.pcall('XPENDING', LEVEL[level], 'w', entry, entry, 1)
              local consumer = not held.err and held[1] and held[1][2]
              if consumer and consumer:byte(1) == 126 then unpark(level, consumer) end
              redis.pcall('XACK', LEVEL[level], 'w', entry)
              call('XDEL', LEVEL[level], entry)
            end

            -- Whether the first of two positions is the earlier one.
            local function isBefore(one, other)
              local ms, seq = one:match('^(%d+)-(%d+)$')
              local otherms, otherseq = other:match('^(%d+)-(%d+)$')
              ms, otherms = tonumber(ms), tonumber(otherms)
              return ms < otherms or (ms == otherms and tonumber(seq) < tonumber(otherseq))
            end

            -- Puts an entry that someone holds back to its place.
            local function handBack(level, entry, count, isSuspect)
              local consumer = isSuspect and '~lost' or '~back'
              call('XCLAIM', LEVEL[level], 'w', consumer, 0, entry, 'RETRYCOUNT', text(count), 'JUSTID')
              call('HINCRBY', PARKED, level .. ':' .. consumer, 1)
              wakes = true
            end

            -- The id of a plain job: what its entry's position, its level, the queue and its nonce make.
            local function plainID(level, entry, body)
              local ms, seq = entry:match('^(%d+)-(%d+)$')
              number = number or tonumber(call('HGET', META, 'number') or 0)
              seq = tonumber(seq)
              local length = body:byte(5)
              local a, b, c = body:byte(6 + length, 8 + length)
              return struct.pack('>I6I2I4I4', tonumber(ms), 32768 + math.floor(seq / 1048576),
                2147483648 + (seq % 1048576) * 1024 + level * 128 + math.floor(number / 512),
                (number % 512) * 8388608 + a * 65536 + b * 256 + c)
            end

            """#
    }
#endif
