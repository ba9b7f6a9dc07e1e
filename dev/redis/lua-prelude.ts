/**
 * Runs before every script on the in-memory engine, because ioredis-mock hands a script's arguments to its commands as
 * they are and its replies back as JavaScript lists. Redis turns numbers into text first (17 significant digits, no
 * `.0`), does not mind the case of options, answers OK, not 1, to a SET with an expiry, and gives lists as Lua tables
 * that count from 1 and hold `false` for nil. Lists are filled from their end, because ioredis-mock takes a table for a
 * list only when it was filled that way.
 */
const LUA_PRELUDE = `
do
  local options = {EX=1, PX=1, EXAT=1, PXAT=1, KEEPTTL=1, NX=1, XX=1, GT=1, LT=1, CH=1, INCR=1, GET=1}
  local function table_of(value, first)
    if type(value) ~= "userdata" then return value end
    local is_list, length = pcall(function() return #value end)
    if not is_list or length == nil then return false end
    local result = {}
    for i = length, 1, -1 do
      result[i] = table_of(value[first + i - 1], 0) or false
    end
    return result
  end
  local function faithful(call)
    return function(...)
      local args, n = {...}, select("#", ...)
      for i = 1, n do
        if type(args[i]) == "number" then args[i] = string.format("%.17g", args[i]) end
      end
      local name = string.upper(args[1] or "")
      if name == "SET" then
        for i = 4, n do
          if options[string.upper(args[i])] then args[i] = string.upper(args[i]) end
        end
      end
      local result = call(table.unpack(args, 1, n))
      if name == "SET" and result == 1 then return "OK" end
      return table_of(result, 1)
    end
  end
  redis.call = faithful(redis.call)
  redis.pcall = faithful(redis.pcall)
  redis.error_reply = function(message) return {err = message} end
  redis.status_reply = function(message) return {ok = message} end
  function reply_of(value)
    if type(value) ~= "table" then return value end
    if value.err then error(value.err, 0) end
    if value.ok then return value.ok end
    local reply = {}
    for i = #value, 1, -1 do reply[i] = reply_of(value[i]) end
    return reply
  end
end
`;

/** The script as ioredis-mock shall run it. */
export function preparedScript(text: string): string {
  return `${LUA_PRELUDE}\nreturn reply_of((function(...)\n${text}\nend)())`;
}
