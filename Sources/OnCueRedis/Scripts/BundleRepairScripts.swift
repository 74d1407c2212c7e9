#if Redis
    extension Scripts {
        /// Whether bundles are whole. It only defines.
        static let wholeBundles = #"""
            -- The bundle, when all that it says fits together.
            local function openSafely(number)
              local isRead, bundle = pcall(openBundle, number)
              if not isRead or not bundle then return nil end
              local common, size, bodies = bundle.common, bundle.size, bodiesOf(bundle)
              if type(common) ~= 'table' or type(common.b) ~= 'table' or type(common.k) ~= 'table' or #common.k == 0 then return nil end
              for _, field in ipairs({ 'v', 'a', 'd', 'f', 'n' }) do
                if type(common[field]) ~= 'number' then return nil end
              end
              if size < 1 or size % 1 ~= 0 or not bodies or #bodies < size * 4 then return nil end
              local stop = 0
              for n = 1, size do
                local from = stop
                stop = struct.unpack('>I4', bodies, n * 4 - 3)
                if stop < from or size * 4 + stop > #bodies then return nil end
                if stop > from and not isBody(bodyIn(bundle, n)) then return nil end
              end
              return size * 4 + stop == #bodies and bundle or nil
            end

            """#

        /// Looks at a page of the bundles: each is whole, is found by its jobs' ids, and counts them right.
        ///
        /// Arguments: clock, channel, 1 to mend, the cursor. Answers kinds and counts in turn, the next cursor, and of each bundle
        /// what its list is to have.
        static let repairBundles = QueueScript(
            core + library + bundles + repair + wholeBundles + #"""
                local page, members = call('HSCAN', BUNDLES, ARGV[4], 'COUNT', 60), {}
                for n = 1, #page[2], 2 do
                  local number, part = page[2][n]:sub(1, -2), page[2][n]:sub(-1)
                  local bundle = openSafely(number)
                  if not bundle then
                    if wrong('damaged records') then
                      call('HDEL', BUNDLES, number .. 's', number .. 'i', number .. 'b')
                      opened[number] = false
                    end
                  elseif part == 's' then
                    local left, buckets = 0, {}
                    for at = 1, bundle.size do
                      if bodyIn(bundle, at) then
                        left = left + 1
                        buckets[bucketOf(idIn(bundle, at))] = true
                      end
                    end
                    if left ~= bundle.common.n and wrong('wrong counters') then
                      bundle.common.n, bundle.isChanged = left, true
                    end
                    for bucket in pairs(buckets) do
                      if not call('ZSCORE', BUNDLEX, placeOf(bundle, bucket)) and wrong('finished jobs that nobody would find') then
                        call('ZADD', BUNDLEX, text(bucket), placeOf(bundle, bucket))
                      end
                    end
                    members[#members + 1] = memberOf(bundle)
                  end
                end
                closeBundles()
                return { flat(), page[1], members }
                """#)

        /// Looks at a page of the places of bundles: each has its bundle. Arguments and answer as of ``repairPlaces``, without a
        /// kind.
        static let repairBundlePlaces = QueueScript(
            core + library + repair + #"""
                local page = call('ZSCAN', BUNDLEX, ARGV[4], 'COUNT', 200)
                for n = 1, #page[2], 2 do
                  local place = page[2][n]
                  if call('HEXISTS', BUNDLES, place:sub(1, 8) .. 's') == 0 and wrong('places of jobs that are not there') then call('ZREM', BUNDLEX, place) end
                end
                return { flat(), page[1] }
                """#)
    }
#endif
