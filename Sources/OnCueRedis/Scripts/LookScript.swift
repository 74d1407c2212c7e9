#if Redis
    import RedisWire

    extension Scripts {
        /// Looks jobs up.
        ///
        /// Arguments: clock, channel; then of each its id, and its level and entry where the id says them. Answers of each
        /// nothing, `r` with its record and output, or `p` with its body, the moment of its enqueue where its position does not
        /// say it, who holds it, its count, and for how many milliseconds.
        static let look = RedisScript(
            QueueKeys.prelude + core + library + #"""
                local answers = {}
                for at = 3, #ARGV, 3 do
                  local id, level, entry = ARGV[at], ARGV[at + 1], ARGV[at + 2]
                  local record = call('HGET', REC, id)
                  if record then
                    answers[#answers + 1] = { 'r', record, call('HGET', OUT, id) }
                  elseif entry ~= '' then
                    local found = call('XRANGE', LEVEL[level], entry, entry)
                    if found[1] and found[1][2][1] == 'd' then
                      local held = redis.pcall('XPENDING', LEVEL[level], 'w', entry, entry, 1)
                      local one = not held.err and held[1] or {}
                      answers[#answers + 1] = { 'p', found[1][2][2], found[1][2][4] or '', one[2] or '', one[4] or 0, one[3] or 0 }
                    else
                      answers[#answers + 1] = false
                    end
                  else
                    answers[#answers + 1] = false
                  end
                end
                return answers
                """#)
    }
#endif
