#if Redis
    import RedisWire

    extension Scripts {
        /// Who holds an entry, and since when.
        static let holders = #"""
            -- Milliseconds of the clock that the pending lists go by.
            local function milliseconds()
              local time = call('TIME')
              return time[1] * 1000 + math.floor(time[2] / 1000)
            end
            -- Of the entries between two: entry, consumer, when it was handed out, how often. The lists say how long ago it was,
            -- by a clock that may go on while they are read: then one entry alone tells the others' times.
            local function heldBetween(level, first, last, most, ...)
              local before = milliseconds()
              local held = redis.pcall('XPENDING', LEVEL[level], 'w', first, last, most, ...)
              if held.err or #held == 0 then return {} end
              local at = milliseconds()
              if at ~= before then
                local entry, alone = held[1][1], nil
                repeat
                  before = milliseconds()
                  alone = call('XPENDING', LEVEL[level], 'w', entry, entry, 1)[1]
                  at = milliseconds()
                until at == before
                at = at - alone[3] + held[1][3]
              end
              for _, one in ipairs(held) do one[3] = (at - one[3]) * 1000 end
              return held
            end
            local function isReserved(consumer) return consumer:byte(1) == 126 end

            """#

        /// Looks jobs up.
        ///
        /// Arguments: clock, channel; then of each its id, and its level and entry where the id says them. Answers of each
        /// nothing, `r` with its record and output, or `p` with its body, the moment of its enqueue where its position does not
        /// say it, who holds it, its count, and since when.
        static let look = QueueScript(
            flags: onlyReads,
            core + library + holders + bundles + #"""
                local answers = {}
                for at = 3, #ARGV, 3 do
                  local id, level, entry = ARGV[at], ARGV[at + 1], ARGV[at + 2]
                  local record = call('HGET', REC, id)
                  if record then
                    answers[#answers + 1] = { 'r', record, call('HGET', OUT, id) }
                  elseif entry ~= '' then
                    level = tonumber(level)
                    local found = call('XRANGE', LEVEL[level], entry, entry)[1]
                    if found and found[2][1] == 'd' and plainID(level, entry, found[2][2]) == id then
                      local one = heldBetween(level, entry, entry, 1)[1] or {}
                      answers[#answers + 1] = { 'p', found[2][2], found[2][4] or '', one[2] or '', one[4] or 0, text(one[3] or 0) }
                    else
                      local facts, body = bundledRecord(id)
                      answers[#answers + 1] = facts and { 'r', cmsgpack.pack(facts) .. body, false } or false
                    end
                  else
                    answers[#answers + 1] = false
                  end
                end
                return answers
                """#)

        /// Which of some jobs have a record here.
        ///
        /// Arguments: clock, channel, the ids. Answers a letter for each: `1` or `0`.
        static let locate = QueueScript(
            flags: onlyReads,
            #"""
            local answers = {}
            for at = 3, #ARGV do answers[#answers + 1] = redis.call('HEXISTS', REC, ARGV[at]) end
            return table.concat(answers)
            """#)

        /// Put in front of what may run where nothing can be written.
        static let onlyReads = "#!lua flags=no-writes\n"
    }
#endif
