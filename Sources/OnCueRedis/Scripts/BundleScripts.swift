#if Redis
    extension Scripts {
        /// How finished jobs are kept that were plain: together with those that were completed with them. It only defines.
        ///
        /// One `HSET` for a hundred jobs instead of one for each makes a settle a third cheaper, and what is kept is dropped bundle by
        /// bundle. A bundle has jobs of one level and one count, in the order of their ids.
        static let bundles = #"""
            -- Under the bundle's number (8 bytes) BUNDLES has what its jobs have in common (`s`), their ids (`i`), and their bodies behind
            -- where each ends (`b`). BUNDLEX finds it by each 16 milliseconds in which one of its jobs was enqueued. In common: `v` level,
            -- `a` attempt, `d` delivery, `f` end, `wk` worker, `b` from which job on since when (in turns), `k` the 16 milliseconds, `n` how
            -- many are left.
            local opened = {}
            local function openBundle(number)
              local bundle = opened[number]
              if bundle == nil then
                local parts = call('HMGET', BUNDLES, number .. 's', number .. 'i')
                bundle = parts[1] and parts[2]
                  and { number = number, common = cmsgpack.unpack(parts[1]), ids = parts[2], size = #parts[2] / 16, gone = {} } or false
                opened[number] = bundle
              end
              return bundle
            end
            local function bodiesOf(bundle)
              if not bundle.bodies then bundle.bodies = call('HGET', BUNDLES, bundle.number .. 'b') end
              return bundle.bodies
            end
            local function bodyIn(bundle, n)
              if bundle.gone[n] then return nil end
              local bodies = bodiesOf(bundle)
              local from = n == 1 and 0 or struct.unpack('>I4', bodies, n * 4 - 7)
              local to = struct.unpack('>I4', bodies, n * 4 - 3)
              if from == to then return nil end
              return bodies:sub(bundle.size * 4 + from + 1, bundle.size * 4 + to)
            end
            local function idIn(bundle, n) return bundle.ids:sub(n * 16 - 15, n * 16) end
            -- As a list of the finished has it: the ids, the number and the end.
            local function memberOf(bundle)
              return bundle.ids .. bundle.number .. struct.pack('>I8', bundle.common.f)
            end
            local function bucketOf(id) return math.floor(struct.unpack('>I6', id) / 16) end
            local function placeOf(bundle, bucket) return bundle.number .. text(bucket) end

            -- The bundle that has a job, and which of it the job is.
            local function seekBundled(id)
              local bucket = text(bucketOf(id))
              for _, place in ipairs(call('ZRANGEBYSCORE', BUNDLEX, bucket, bucket)) do
                local bundle = openBundle(place:sub(1, 8))
                local at = bundle and bundle.ids:find(id, 1, true)
                while at and at % 16 ~= 1 do at = bundle.ids:find(id, at + 1, true) end
                local n = at and (at + 15) / 16
                if n and bodyIn(bundle, n) then return bundle, n end
              end
            end
            -- The record that a job of a bundle would have.
            local function bundledRecord(id)
              local bundle, n = seekBundled(id)
              if not bundle then return nil end
              local common = bundle.common
              local begun
              for k = 1, #common.b, 2 do
                if common.b[k] <= n then begun = common.b[k + 1] end
              end
              local ms, micros = struct.unpack('>I6I2', id)
              local facts = { s = COMPLETED, v = common.v, a = common.a, d = common.d, l = 0, u = common.f, f = common.f, b = begun,
                wk = common.wk, c = ms * 1000 + math.floor((micros - 32768) / 4) }
              return facts, bodyIn(bundle, n)
            end

            -- Takes a job out; closeBundles() writes it.
            local function takeOutOf(bundle, n)
              bundle.gone[n], bundle.isChanged = true, true
              bundle.common.n = bundle.common.n - 1
            end
            -- Forgets a bundle, which still stands in its list.
            local function dropBundle(bundle)
              local number, places = bundle.number, {}
              for n, bucket in ipairs(bundle.common.k) do places[n] = placeOf(bundle, bucket) end
              call('HDEL', BUNDLES, number .. 's', number .. 'i', number .. 'b')
              call('ZREM', BUNDLEX, unpack(places))
              opened[number] = false
            end
            -- Takes one of the finished out of its list. It is mostly among the oldest or the newest.
            local function unlist(list, one, finished)
              local first, last = call('LINDEX', list, 0), call('LINDEX', list, -1)
              if not first then return end
              local isOld = finished - struct.unpack('>I8', first, #first - 7) <= struct.unpack('>I8', last, #last - 7) - finished
              call('LREM', list, isOld and 1 or -1, one)
            end
            -- Writes the bundles of which something was taken out; an empty one goes.
            local function closeBundles()
              for number, bundle in pairs(opened) do
                if bundle and bundle.isChanged then
                  if bundle.common.n <= 0 then
                    dropBundle(bundle)
                    unlist(DONE_C, memberOf(bundle), bundle.common.f)
                  else
                    local stops, bodies, stop = {}, {}, 0
                    for n = 1, bundle.size do
                      local body = bodyIn(bundle, n)
                      if body then
                        bodies[#bodies + 1] = body
                        stop = stop + #body
                      end
                      stops[n] = struct.pack('>I4', stop)
                    end
                    call('HSET', BUNDLES, number .. 's', cmsgpack.pack(bundle.common),
                      number .. 'b', table.concat(stops) .. table.concat(bodies))
                  end
                end
              end
            end

            """#
    }
#endif
