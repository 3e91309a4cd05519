-- Takes a slot if one is free.
-- KEYS: a sorted set of holders, by when their lease is over in ms.
-- ARGV: token, slots, lease in ms.
-- Returns 0 if it was taken, else how long until the next lease is over, in ms.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
-- Whose lease is longer than a lease got it before the clock was set back.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (now + 2 * lease), '+inf')
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], now + lease, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], 2 * lease)
  return 0
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return math.max(1, tonumber(first[2]) - now)
