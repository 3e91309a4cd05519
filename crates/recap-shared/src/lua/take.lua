-- Takes one from a budget: limits/cell.rs, for all processes.
-- KEYS: the cell, how long it is used up. ARGV: step in µs, count, now in µs or ''.
-- Returns how long to wait in µs, 0 if one was taken.
local now
if ARGV[3] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
else
  now = tonumber(ARGV[3])
end
local exhausted = redis.call('PTTL', KEYS[2])
if exhausted > 0 then
  return exhausted * 1000
end
local step, count = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = tonumber(redis.call('GET', KEYS[1]) or 0)
if due > now + step * count then
  due = now
end
due = math.max(due, now)
local latest = now + step * (count - 1)
if due > latest then
  return due - latest
end
due = due + step
-- Not by tostring: Lua would round it to 14 digits.
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return 0
