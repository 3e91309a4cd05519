-- Lets others take what a worker holds, and forgets the worker.
--
-- KEYS: the names of its lanes. ARGV[1]: the worker.

for _, lane in ipairs(KEYS) do
    hand_out(lane, ARGV[1], {})
    redis.call('ZREM', lane .. ':workers', ARGV[1])
end
