#include "redis/directory_scripts.h"

namespace wskit {
namespace {

// User and channels of a record, and how a session leaves everything it is in.
const std::string kCommon = R"(
local base = ARGV[1]
local function parse(record)
  local user, channels = string.match(record, '^([^\n]*)\n[^\n]*\n[^\n]*\n([^\n]*)$')
  return user or '', channels or ''
end
local function drop(of, name, record)
  local user, channels = parse(record)
  redis.call('HDEL', of, name)
  redis.call('ZREM', base .. ':all', name)
  if user ~= '' then redis.call('ZREM', base .. ':user:' .. user, name) end
  for channel in string.gmatch(channels, '%S+') do
    local index = base .. ':channel:' .. channel
    redis.call('ZREM', index, name)
    if redis.call('EXISTS', index) == 0 then redis.call('ZREM', base .. ':channels', channel) end
  end
end
)";

}  // namespace

const std::string kDirectoryWrite = kCommon + R"(
local node = ARGV[2]
local of = base .. ':of:' .. node
for i = 3, #ARGV, 2 do
  local name, record = ARGV[i], ARGV[i + 1]
  local old = redis.call('HGET', of, name)
  if old then drop(of, name, old) end
  if record ~= '' then
    local user, channels = parse(record)
    redis.call('HSET', of, name, record)
    redis.call('ZADD', base .. ':all', 0, name)
    if user ~= '' then redis.call('ZADD', base .. ':user:' .. user, 0, name) end
    for channel in string.gmatch(channels, '%S+') do
      redis.call('ZADD', base .. ':channel:' .. channel, 0, name)
      redis.call('ZADD', base .. ':channels', 0, channel)
    end
  end
end
return redis.call('SADD', base .. ':nodes', node)
)";

const std::string kDirectoryReap = kCommon + R"(
local node = ARGV[2]
local of = base .. ':of:' .. node
if redis.call('EXISTS', base .. ':node:' .. node) == 1 then return {} end
local cursor, found = '0', {}
repeat
  cursor, found = unpack(redis.call('HSCAN', of, cursor, 'COUNT', ARGV[3]))
until #found > 0 or cursor == '0'
for i = 1, #found, 2 do drop(of, found[i], found[i + 1]) end
if redis.call('EXISTS', of) == 0 then redis.call('SREM', base .. ':nodes', node) end
return found
)";

const std::string kDirectorySessions = R"(
local base, index = ARGV[1], ARGV[1] .. ARGV[2]
local first = ARGV[3] == '' and '-' or '(' .. ARGV[3]
local answer = {redis.call('ZCARD', index)}
for _, name in ipairs(redis.call('ZRANGEBYLEX', index, first, '+', 'LIMIT', 0, ARGV[4])) do
  local node = string.match(name, '^(.*)%-%x+$') or ''
  table.insert(answer, name)
  table.insert(answer, redis.call('HGET', base .. ':of:' .. node, name) or '')
end
return answer
)";

const std::string kDirectoryChannels = R"(
local base = ARGV[1]
local first = ARGV[2] == '' and '-' or '(' .. ARGV[2]
local answer = {}
for _, name in ipairs(redis.call('ZRANGEBYLEX', base .. ':channels', first, '+', 'LIMIT', 0, ARGV[3])) do
  table.insert(answer, name)
  table.insert(answer, redis.call('ZCARD', base .. ':channel:' .. name))
end
return answer
)";

const std::string kDirectoryNodes = R"(
local base = ARGV[1]
local answer = {}
for _, name in ipairs(redis.call('SMEMBERS', base .. ':nodes')) do
  table.insert(answer, name)
  table.insert(answer, redis.call('GET', base .. ':node:' .. name) or '')
  table.insert(answer, redis.call('HLEN', base .. ':of:' .. name))
end
return answer
)";

}  // namespace wskit
