-- Takes the first entry that is due in the first lane that has one.
--
-- KEYS: the names of the lanes, in the order in which they are looked at.
-- ARGV[1]: the worker.
-- Returns {place of the lane, id, payload}, or nothing.

-- This one is all that a look at empty lanes costs.
local lines = {}
for place, lane in ipairs(KEYS) do
    lines[place] = lane .. ':scheduled'
end
if redis.call('EXISTS', unpack(lines)) == 0 then
    return false
end

if redis.replicate_commands then
    -- Without it, a Redis before version 7 writes nothing after TIME.
    redis.replicate_commands()
end
local now = redis.call('TIME')[1]

for place, lane in ipairs(KEYS) do
    for _ = 1, 100 do
        -- One by one: apalis moves all that are due to another key at once, and
        -- of 8,000 of them every worker dies.
        local id = redis.call('ZRANGEBYSCORE', lines[place], 0, now, 'LIMIT', 0, 1)[1]
        if not id then
            break
        end
        redis.call('ZREM', lines[place], id)
        local payload = redis.call('HGET', lane .. ':data', id)
        if payload then
            -- What is held is found through the worker, so it must be known. That
            -- something was removed before lets both pass on a server that is full.
            redis.call('SADD', lane .. ':inflight:' .. ARGV[1], id)
            redis.call('ZADD', lane .. ':workers', now, ARGV[1])
            return {place, id, payload}
        end
        -- The server evicted its payload.
        redis.call('DEL', lane .. ':meta:' .. id)
    end
end
return false
