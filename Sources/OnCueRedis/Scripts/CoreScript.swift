#if Redis
    import RedisWire

    extension Scripts {
        /// The clock and the log of events: what also the fast path needs.
        static let core = #"""
            local call = redis.call
            local function text(number) return string.format('%.0f', number) end

            local clock = call('TIME')
            local real = clock[1] * 1000000 + clock[2]
            local now = ARGV[1] == '' and real or tonumber(ARGV[1])

            -- Adds an entry of so many events, which have been counted, to the log, at the server's own time. Where that was set
            -- back: behind the newest there ever was.
            local function logCounted(fields, count)
              fields[#fields + 1] = 'c'
              fields[#fields + 1] = count
              local added = redis.pcall('XADD', EVENTS, text(real) .. '-*', unpack(fields))
              if type(added) == 'table' and added.err then
                local log = call('XINFO', 'STREAM', EVENTS)
                for n = 1, #log, 2 do
                  if log[n] == 'last-generated-id' then
                    call('XADD', EVENTS, text(log[n + 1]:match('^(%d+)') + 1) .. '-0', unpack(fields))
                  end
                end
              end
            end
            local function logEvents(fields, count)
              call('HINCRBY', META, 'events', count)
              logCounted(fields, count)
            end

            """#
    }
#endif
