#if Redis
    import RedisWire

    extension Scripts {
        /// Writes what runs of one session have to say before their end.
        ///
        /// Arguments: clock, channel, session, worker, how many; then of each its level, entry, count and id (no entry: the job's
        /// record says it, and the delivery stands for the count), what it is, and two values: `p` for progress, from 0 to 1, and
        /// its message behind a `+` or nothing; `c` for a checkpoint; `e` for an effect, its result and its key. Answers a `1` for
        /// each that was taken and a `0` for the others.
        static let note = QueueScript(
            core + library + holders + #"""
                local session, worker, count = ARGV[3], ARGV[4], tonumber(ARGV[5])
                local isOpen = call('HGET', SESSION, 'st') == 'open'
                local jobs = {}

                -- The job, as far as this session runs it; a plain one gets its record when something is written.
                local function jobOf(level, entry, id)
                  local job = jobs[id]
                  if job then return job end
                  local facts, body = load(id)
                  local held = entry ~= '' and heldBetween(level, entry, entry, 1, session)[1]
                  if not facts and held then
                    facts, body = recordOf(level, entry, held[4])
                    facts.s, facts.ses, facts.wk, facts.n, facts.b = RUNNING, session, worker, held[4], held[3]
                    job = { isNew = true }
                  else
                    job = {}
                  end
                  job.facts, job.body, job.count = facts, body, held and held[4]
                  jobs[id] = job
                  return job
                end
                local function isHeld(job, entry, handed)
                  local facts = job.facts
                  if not facts or facts.s ~= RUNNING then return false end
                  if entry == '' then return facts.ses == session and facts.d == handed end
                  return facts.e == entry and job.count == handed
                end
                local function keep(job, id, key, value)
                  if not job.saved then
                    job.saved = {}
                    for _, known in ipairs(savedKeys(id)) do job.saved[known] = true end
                  end
                  if not job.saved[key] then
                    job.saved[key] = true
                    call('HSET', MEM, id .. key, value, id, (call('HGET', MEM, id) or '') .. struct.pack('>I2', #key) .. key)
                  elseif key == CHECKPOINT then
                    call('HSET', MEM, id .. key, value)
                  end
                end

                local answers = {}
                for n = 1, count do
                  local at = n * 7 - 1
                  local entry, handed, id, kind = ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3], ARGV[at + 4]
                  local job = isOpen and jobOf(tonumber(ARGV[at]), entry, id)
                  if not job or not isHeld(job, entry, handed) then
                    answers[n] = '0'
                  else
                    answers[n] = '1'
                    job.isWritten = true
                    if kind == 'p' then
                      job.facts.p = tonumber(ARGV[at + 5])
                      job.facts.pm = ARGV[at + 6] ~= '' and ARGV[at + 6]:sub(2) or nil
                      event(PROGRESSES, id, job.facts.a, nameOf(job.body))
                    elseif kind == 'c' then
                      keep(job, id, CHECKPOINT, ARGV[at + 5])
                    else
                      keep(job, id, ARGV[at + 6], ARGV[at + 5])
                    end
                  end
                end
                for id, job in pairs(jobs) do
                  if job.isWritten then
                    job.facts.u = now
                    if job.isNew then
                      call('ZADD', IDS, 0, id)
                      -- From now on this session's outcomes are looked at one by one.
                      call('HINCRBY', SESSION, 'marks', 1)
                    end
                    save(id, job.facts, job.body)
                  end
                end
                finishWrite(ARGV[2])
                return table.concat(answers)
                """#)

        /// Notes that someone waits for the end of a job, for so many microseconds. Arguments: clock, channel, id, for how long.
        static let watch = QueueScript(
            core + #"""
                call('ZADD', WATCH, 'GT', text(now + tonumber(ARGV[4])), ARGV[3])
                call('ZREMRANGEBYSCORE', WATCH, '-inf', text(now))
                """#)

        /// What a job has saved. Arguments: clock, channel, id, and its level and entry where the id says them. Answers keys and
        /// values in turn, nil when there is no such job here.
        static let memory = QueueScript(
            core + library + bundles + #"""
                local id, level, entry = ARGV[3], tonumber(ARGV[4]), ARGV[5]
                local answer = {}
                for _, key in ipairs(savedKeys(id)) do
                  answer[#answer + 1] = key
                  answer[#answer + 1] = call('HGET', MEM, id .. key)
                end
                if #answer > 0 or call('HEXISTS', REC, id) == 1 then return answer end
                local found = entry ~= '' and call('XRANGE', LEVEL[level], entry, entry)[1]
                if found and found[2][1] == 'd' and plainID(level, entry, found[2][2]) == id then return answer end
                if seekBundled(id) then return answer end
                return false
                """#)
    }
#endif
