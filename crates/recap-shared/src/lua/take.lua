-- Takes one from each of several budgets, or none from any: limits/cell.rs, for
-- all processes.
-- KEYS: for each budget the cell, and what is there as long as it is used up.
-- ARGV: take | look, now in µs or '', then for each budget step in µs and count.
-- Returns 1 if each has one, now, and for each budget when its next one is due
-- (after the take) and how long it is used up, in µs.
local now
if ARGV[2] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
else
  now = tonumber(ARGV[2])
end
local answer = {1, now}
for place = 1, #KEYS, 2 do
  local step, count = tonumber(ARGV[place + 2]), tonumber(ARGV[place + 3])
  local due = tonumber(redis.call('GET', KEYS[place]) or 0)
  if due > now + step * count then
    due = now
  end
  due = math.max(due, now)
  local shut = math.max(redis.call('PTTL', KEYS[place + 1]), 0) * 1000
  if shut > 0 or due > now + step * (count - 1) then
    answer[1] = 0
  end
  answer[place + 2], answer[place + 3] = due, shut
end
if ARGV[1] == 'look' or answer[1] == 0 then
  return answer
end
for place = 1, #KEYS, 2 do
  local due = answer[place + 2] + tonumber(ARGV[place + 2])
  -- Not by tostring: Lua would round it to 14 digits.
  local kept = string.format('%.0f', due)
  redis.call('SET', KEYS[place], kept, 'PX', math.ceil((due - now) / 1000))
  answer[place + 2] = due
end
return answer
