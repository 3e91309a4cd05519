-- Says until when a budget is used up; the later of two holds.
-- KEYS: how long it is used up. ARGV: until, in ms since 1970.
local until_ms = tonumber(redis.call('GET', KEYS[1]) or 0)
if tonumber(ARGV[1]) > until_ms then
  redis.call('SET', KEYS[1], ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], ARGV[1])
end
