-- Removes what nobody will ever take or finish. Not apalis' vacuum: that takes
-- payloads away from entries which wait.
--
-- KEYS[1]: the name of the lane. ARGV[1]: the seconds of silence that mean death.

if redis.replicate_commands then
    redis.replicate_commands()
end
local lane = KEYS[1]
local now = tonumber(redis.call('TIME')[1])
local data, active, scheduled = lane .. ':data', lane .. ':active', lane .. ':scheduled'
bury(lane, now - ARGV[1])
redis.call('DEL', lane .. ':done', lane .. ':dead')

-- Where a worker of apalis-redis puts what it gives back.
for _, id in ipairs(redis.call('LRANGE', active, 0, -1)) do
    redis.call('ZADD', scheduled, 0, id)
end
redis.call('DEL', active)

local function forget(id)
    redis.call('HDEL', data, id)
    redis.call('DEL', lane .. ':meta:' .. id)
end

-- Of the entries of a job that are due, with whatever turns, the first keeps its
-- place.
local seen = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', scheduled, 0, now)) do
    local job = string.match(id, '^(.*)%-%d+$') or id
    if seen[job] then
        redis.call('ZREM', scheduled, id)
        forget(id)
    end
    seen[job] = true
end

-- What was evicted from where it waited, or was held by a worker that nobody
-- knows. While its payload is there it counts as waiting, and could not be pushed
-- again. To count is enough as long as all is well.
local workers = redis.call('ZRANGE', lane .. ':workers', 0, -1)
local there = redis.call('ZCARD', scheduled)
for _, worker in ipairs(workers) do
    there = there + redis.call('SCARD', lane .. ':inflight:' .. worker)
end
if redis.call('HLEN', data) == there then
    return
end
local held = {}
for _, worker in ipairs(workers) do
    for _, id in ipairs(redis.call('SMEMBERS', lane .. ':inflight:' .. worker)) do
        held[id] = true
    end
end
for _, id in ipairs(redis.call('HKEYS', data)) do
    if not held[id] and not redis.call('ZSCORE', scheduled, id) then
        forget(id)
    end
end
