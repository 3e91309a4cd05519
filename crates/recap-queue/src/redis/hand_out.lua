-- Goes before the others that need it.

-- Lets others take what `worker` holds in `lane`, before all that waits. Not what
-- is `kept`, a set.
local function hand_out(lane, worker, kept)
    local held = lane .. ':inflight:' .. worker
    for _, id in ipairs(redis.call('SMEMBERS', held)) do
        if not kept[id] then
            redis.call('SREM', held, id)
            redis.call('ZADD', lane .. ':scheduled', 0, id)
        end
    end
end

-- What workers hold that were silent since `before`; and forgets them.
local function bury(lane, before)
    for _, dead in ipairs(redis.call('ZRANGEBYSCORE', lane .. ':workers', 0, before)) do
        hand_out(lane, dead, {})
        redis.call('ZREM', lane .. ':workers', dead)
        redis.call('DEL', lane .. ':workers:metadata:' .. dead)
    end
end
