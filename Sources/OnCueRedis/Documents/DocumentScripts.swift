#if Redis
    import RedisWire

    /// The scripts of documents and of the audit log. Their keys are the registry's and, behind them, two of their own.
    enum DocumentScripts {
        private static let prelude =
            RegistryKeys.prelude + #"""
                -- What is kept of a document: version and moment, 8 bytes each, then the value.
                local DOCUMENTS, NAMES = KEYS[6], KEYS[7]
                local function versionOf(key)
                  local kept = call('HGET', DOCUMENTS, key)
                  return kept and struct.unpack('>I8', kept)
                end
                -- `expected`: `*` anything, `-` nothing, or a version.
                local function allows(expected, version)
                  if expected == '*' then return true end
                  if expected == '-' then return not version end
                  return version == tonumber(expected)
                end

                """#

        /// Arguments: clock, channel, key, value, what is expected, how many documents there may be. Answers the version, 0 for
        /// a conflict, -1 for too many.
        static let put = RedisScript(
            prelude + #"""
                local key = ARGV[3]
                local version = versionOf(key)
                if not allows(ARGV[5], version) then return 0 end
                if not version and call('HLEN', DOCUMENTS) >= tonumber(ARGV[6]) then return -1 end
                version = call('HINCRBY', META, 'documents', 1)
                call('HSET', DOCUMENTS, key, struct.pack('>I8I8', version, now) .. ARGV[4])
                call('ZADD', NAMES, 0, key)
                return version
                """#)

        /// Arguments: clock, channel, key, what is expected. Answers 1, 0 for none, -1 for a conflict.
        static let remove = RedisScript(
            prelude + #"""
                local version = versionOf(ARGV[3])
                if not version then return 0 end
                if not allows(ARGV[4], version) then return -1 end
                call('HDEL', DOCUMENTS, ARGV[3])
                call('ZREM', NAMES, ARGV[3])
                return 1
                """#)

        /// Arguments: clock, channel, where to begin as `ZRANGEBYLEX` takes it, how many. Answers keys and what is kept, in turn.
        static let list = RedisScript(
            prelude + #"""
                local found = {}
                for _, key in ipairs(call('ZRANGEBYLEX', NAMES, ARGV[3], '+', 'LIMIT', 0, ARGV[4])) do
                  found[#found + 1] = key
                  found[#found + 1] = call('HGET', DOCUMENTS, key)
                end
                return found
                """#)

        /// Puts actions into the audit log. Arguments: clock, channel, how many are kept, then the actions.
        static let appendAudit = RedisScript(
            RegistryKeys.prelude + #"""
                local AUDIT = KEYS[6]
                for n = 4, #ARGV do call('RPUSH', AUDIT, struct.pack('>I8', now) .. ARGV[n]) end
                call('HINCRBY', META, 'audited', #ARGV - 3)
                call('LTRIM', AUDIT, -tonumber(ARGV[3]), -1)
                """#)

        /// Arguments: clock, channel, before which number (nothing: from the newest on), how many. Answers the number of the
        /// first, then the entries, oldest first.
        static let audit = RedisScript(
            RegistryKeys.prelude + #"""
                local AUDIT = KEYS[6]
                local newest = tonumber(call('HGET', META, 'audited') or 0)
                local oldest = newest - call('LLEN', AUDIT) + 1
                local last = math.min(newest, ARGV[3] == '' and newest or tonumber(ARGV[3]) - 1)
                local first = math.max(oldest, last - tonumber(ARGV[4]) + 1)
                if first > last then return { 0, {} } end
                return { first, call('LRANGE', AUDIT, first - oldest, last - oldest) }
                """#)
    }
#endif
