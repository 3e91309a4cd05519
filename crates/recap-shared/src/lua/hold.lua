-- Holds a slot for another lease. Also one that is not in the set: its holder
-- works all the same, and whoever comes next is to know.
-- KEYS: the sorted set. ARGV: token, lease in ms.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- First, so that a server without memory left lets the rest pass.
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[2])
return 1
