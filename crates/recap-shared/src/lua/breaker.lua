-- A circuit breaker: breakers/state.rs, for all processes.
-- KEYS: a hash. ARGV: allow | success | failure | rest, failures that open it, open µs,
-- half-open µs, now in µs or '', µs of a rest.
-- Returns how long to wait in µs, 0 if a call may be made.
local DAY_MS = 24 * 60 * 60 * 1000
local now
if ARGV[5] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
else
  now = tonumber(ARGV[5])
end
local told, limit, open, half = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local kept = redis.call('HMGET', KEYS[1], 'phase', 'failures', 'next', 'wait')
local phase, failures, next_at = kept[1] or 'closed', tonumber(kept[2] or 0), tonumber(kept[3] or 0)

local function become(phase, failures, wait)
  -- Not by tostring: Lua would round it to 14 digits.
  local at, wait_us = string.format('%.0f', now + wait), string.format('%.0f', wait)
  redis.call('HSET', KEYS[1], 'phase', phase, 'failures', failures, 'next', at, 'wait', wait_us)
  redis.call('PEXPIRE', KEYS[1], DAY_MS + math.ceil((wait + half) / 1000))
  return 0
end

if told == 'success' then
  redis.call('DEL', KEYS[1])
  return 0
elseif told == 'failure' then
  if phase == 'half_open' or (phase == 'closed' and failures + 1 >= limit) then
    return become('open', 0, open)
  elseif phase == 'closed' then
    return become('closed', failures + 1, 0)
  end
  return 0
end
-- It is never later than that, unless the clock was set back: then one may try.
local left = next_at - now
if left > tonumber(kept[4] or open) then
  left = 0
end
if told == 'rest' then
  local rest = tonumber(ARGV[6])
  if phase == 'open' and left > rest then
    return 0
  end
  return become('open', 0, rest)
end
if phase == 'closed' then
  return 0
end
if left > 0 then
  return left
end
return become('half_open', 0, half)
