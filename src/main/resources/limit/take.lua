-- Takes one token from a bucket: the rule of Bucket.java, by the clock of this server.
-- KEYS[1] the bucket: "used at", or absent while it is full
-- ARGV    limit and window of the rate in lowest terms (tokens, microseconds), burst
-- All numbers are whole and below 2^53, so they are exact although Lua counts in doubles.
local limit, window, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most = burst * window

local used, at = 0, now
local kept = redis.call('GET', KEYS[1])
if kept then
  local u, a = string.match(kept, '^(%d+) (%d+)$')
  if u then
    used, at = math.min(tonumber(u), most), tonumber(a)
  end
end

local elapsed = now - at
if elapsed > 0 then
  -- A product that is no longer exact is far more than was used.
  used = math.max(0, used - elapsed * limit)
end

local granted = 0
if used + window <= most then
  granted = 1
  used = used + window
end
-- A clock that was set back must not keep the bucket from filling until it has caught up.
if granted == 1 or elapsed < 0 then
  local untilFull = math.max(1, math.ceil(used / limit / 1000))
  redis.call('SET', KEYS[1], string.format('%.0f %.0f', used, now), 'PX', string.format('%.0f', untilFull))
end
return {granted, used}
