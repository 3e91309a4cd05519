-- Says that a worker lives, and sets right what it holds and what the dead do.
--
-- KEYS: the names of the worker's lanes.
-- ARGV[1]: the worker. ARGV[2]: the seconds of silence that mean death.
-- ARGV[3..]: `lane/id` of what the worker holds, lanes counted from 0.

if redis.replicate_commands then
    redis.replicate_commands()
end
local now = tonumber(redis.call('TIME')[1])
local held = {}
for i = 3, #ARGV do
    held[ARGV[i]] = true
end

for place, lane in ipairs(KEYS) do
    -- Something removed before lets the other pass on a server that is full.
    redis.call('ZREM', lane .. ':workers', ARGV[1])
    redis.call('ZADD', lane .. ':workers', now, ARGV[1])
    local kept = {}
    for _, id in ipairs(redis.call('SMEMBERS', lane .. ':inflight:' .. ARGV[1])) do
        kept[id] = held[(place - 1) .. '/' .. id]
    end
    hand_out(lane, ARGV[1], kept)
    bury(lane, now - ARGV[2])
end
