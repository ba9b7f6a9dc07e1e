/**
 * Runs before every script on the in-memory engine. There a script's arguments reach its commands unchanged, and replies are
 * JavaScript lists. Redis turns numbers into text first (17 significant digits, no `.0`). It gives lists as Lua tables that
 * count from 1 and hold `false` for nil. Lists are filled from their end: only then does ioredis-mock recognise a table as a
 * list.
 */
const LUA_PRELUDE = `
do
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
  local mock = redis.call
  redis.call = function(...)
    local args, n = {...}, select("#", ...)
    for i = 1, n do
      if type(args[i]) == "number" then args[i] = string.format("%.17g", args[i]) end
    end
    return table_of(mock(table.unpack(args, 1, n)), 1)
  end
  function reply_of(value)
    if type(value) ~= "table" then return value end
    local reply = {}
    for i = #value, 1, -1 do reply[i] = reply_of(value[i]) end
    return reply
  end
end
`;

/** The script in the form that ioredis-mock runs. */
export function preparedScript(text: string): string {
  return `${LUA_PRELUDE}\nreturn reply_of((function(...)\n${text}\nend)())`;
}
