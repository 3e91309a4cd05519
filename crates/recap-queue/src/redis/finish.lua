-- Forgets entries. apalis would keep them for ever, and call the end of one that
-- was given to another worker an error.
--
-- KEYS: for each entry, the name of its lane.
-- ARGV[1]: the worker. ARGV[2..]: the ids.

for i, lane in ipairs(KEYS) do
    local id = ARGV[i + 1]
    if redis.call('SREM', lane .. ':inflight:' .. ARGV[1], id) == 1 then
        redis.call('HDEL', lane .. ':data', id)
        redis.call('DEL', lane .. ':meta:' .. id)
    end
end
