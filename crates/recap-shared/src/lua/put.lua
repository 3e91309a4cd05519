-- Keeps a value, unless another process has just forgotten what it is about.
-- KEYS: the value, its guard. ARGV: process, value, time to live in ms.
-- Returns 0 if it was not kept, 1 if it is new, 2 if there was another.
local guard = redis.call('GET', KEYS[2])
if guard and guard ~= ARGV[1] then
  return 0
end
local before = redis.call('EXISTS', KEYS[1])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1 + before
