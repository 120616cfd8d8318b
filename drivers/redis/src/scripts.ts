import { hash } from 'node:crypto';

/** Redis runs it whole before anything else. It does not roll back: a script checks everything first and only then writes. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

function script(source: string): Script {
  return { source, sha: hash('sha1', source) };
}

/** Owners must be able to read and to stay owners when the memory is full: what these write is small. */
const ALLOW_OOM = '#!lua flags=allow-oom\n';

const ENTRY_ID = `
local function id(n) return string.format('%.0f-0', n) end`;

/** Never reads more than a page may hold, because no record is larger than the largest. */
const PAGE = `${ENTRY_ID}
local function page(key, from, to, count, bytes, largest, backward)
  local found, size = {}, 0
  local step, range = 1, 'XRANGE'
  if backward then step, range = -1, 'XREVRANGE' end
  while #found < count and (to - from) * step >= 0 do
    local fit = math.max(1, math.floor((bytes - size) / math.max(1, largest)))
    local entries = redis.call(range, key, id(from), id(to), 'COUNT', math.min(fit, count - #found))
    if #entries == 0 then return found end
    for _, entry in ipairs(entries) do
      size = size + #entry[2][2]
      if size > bytes and #found > 0 then return found end
      found[#found + 1] = entry
    end
    from = from + #entries * step
  end
  return found
end`;

/** What an append and its resolution are judged by. KEYS head, events. ARGV expected, token. */
const STANDING = `${ENTRY_ID}
local function standing()
  local stream, expected = redis.call('HMGET', KEYS[1], 'head', 'epoch'), tonumber(ARGV[1])
  if tonumber(stream[1] or 0) > expected then
    local first = redis.call('XRANGE', KEYS[2], id(expected + 1), id(expected + 1))[1]
    if first and first[2][4] == ARGV[2] then stream[3] = first[2][6] end
  end
  return stream
end`;

/**
 * KEYS head, events, feed, streams. ARGV expected, token, epoch, last, largest, member, feed length or '', bytes, records …
 * Returns nothing when it was written.
 */
export const APPEND = script(`${STANDING}
local stream = redis.call('HMGET', KEYS[1], 'head', 'epoch', 'largest')
local head, expected = tonumber(stream[1] or 0), tonumber(ARGV[1])
if head ~= expected or tonumber(stream[2] or 0) > tonumber(ARGV[3]) then return standing() end
local first = redis.pcall('XADD', KEYS[2], id(expected + 1), 'r', ARGV[9], 'token', ARGV[2], 'last', ARGV[4])
if type(first) == 'table' and first.err then
  if string.find(first.err, 'equal or smaller') then return standing() end
  return first
end
for i = 10, #ARGV do redis.call('XADD', KEYS[2], id(expected + i - 8), 'r', ARGV[i]) end
redis.call('HSET', KEYS[1], 'head', ARGV[4], 'epoch', ARGV[3])
if tonumber(stream[3] or 0) < tonumber(ARGV[5]) then redis.call('HSET', KEYS[1], 'largest', ARGV[5]) end
if head == 0 then redis.call('ZADD', KEYS[4], 0, ARGV[6]) end
local entry = {'*', 'stream', ARGV[6], 'first', string.format('%.0f', expected + 1), 'last', ARGV[4], 'bytes', ARGV[8]}
if ARGV[7] == '' then redis.call('XADD', KEYS[3], unpack(entry))
else redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[7], unpack(entry)) end`);

/** KEYS head, events. ARGV expected, token. */
export const RESOLVE = script(`${STANDING}
return standing()`);

/** KEYS head, events, snapshots. ARGV epoch, whether a snapshot is wanted, after, events, bytes. */
export const RECOVER = script(`${ALLOW_OOM}${PAGE}
local stream = redis.call('HMGET', KEYS[1], 'head', 'deleted', 'epoch', 'largest')
local epoch = tonumber(stream[3] or 0)
if epoch > tonumber(ARGV[1]) then return {stream} end
if epoch < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'epoch', ARGV[1]) end
local snapshot = {}
if ARGV[2] == '1' then snapshot = redis.call('ZREVRANGE', KEYS[3], 0, 0, 'WITHSCORES') end
local from = 1 + math.max(tonumber(snapshot[2] or 0), tonumber(stream[2] or 0), tonumber(ARGV[3]))
local entries = page(KEYS[2], from, tonumber(stream[1] or 0), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(stream[4] or 0))
return {stream, snapshot[1] or false, entries}`);

/** KEYS head, events. ARGV from, to, backward, events, bytes. */
export const READ = script(`${PAGE}
local largest = tonumber(redis.call('HGET', KEYS[1], 'largest') or 0)
return page(KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[5]), largest, ARGV[3] == '1')`);

/** KEYS head, events. ARGV epoch, sequence number. Returns the epoch that was there: with a higher one nothing is done. */
export const DELETE_TO = script(`${ENTRY_ID}
local stream = redis.call('HMGET', KEYS[1], 'head', 'deleted', 'epoch')
if tonumber(stream[3] or 0) > tonumber(ARGV[1]) then return stream[3] end
local to = math.min(tonumber(ARGV[2]), tonumber(stream[1] or 0))
if to > tonumber(stream[2] or 0) then
  -- First: it is accepted also when the memory is full, and then so is the rest.
  redis.call('XTRIM', KEYS[2], 'MINID', id(to + 1))
  redis.call('HSET', KEYS[1], 'deleted', string.format('%.0f', to))
end
return stream[3]`);

/** KEYS head, snapshots. ARGV epoch, sequence number, how many to keep or 0, record. Returns the epoch as DELETE_TO. */
export const SAVE_SNAPSHOT = script(`
local current = redis.call('HGET', KEYS[1], 'epoch') or '0'
if tonumber(current) > tonumber(ARGV[1]) then return current end
local same = redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[2], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[4])
for _, record in ipairs(same) do
  if record ~= ARGV[4] then redis.call('ZREM', KEYS[2], record) end
end
if ARGV[3] ~= '0' then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[3])) end
if tonumber(current) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'epoch', ARGV[1]) end
return current`);

/** KEYS slot, entry, index. ARGV epoch, token, condition, revision, time-to-live or '', key, record when it is a put. */
export const PUT = script(`
local slot = redis.call('HMGET', KEYS[1], 'epoch', 'rev', 'token')
local existed = redis.call('EXISTS', KEYS[2])
if slot[3] == ARGV[2] then return {'duplicate', slot[2], existed} end
local rev = existed == 1 and slot[2] or ''
if tonumber(slot[1] or 0) > tonumber(ARGV[1]) or (ARGV[3] == 'absent' and existed == 1)
  or (ARGV[3] == 'exists' and existed == 0) or (ARGV[3] == 'rev' and rev ~= ARGV[4]) then
  return {'refused', rev, existed, slot[1]}
end
local following = string.format('%.0f', tonumber(slot[2] or 0) + 1)
if ARGV[7] then
  local value = following .. '\\n' .. ARGV[7]
  if ARGV[5] == '' then redis.call('SET', KEYS[2], value) else redis.call('SET', KEYS[2], value, 'PX', ARGV[5]) end
  redis.call('ZADD', KEYS[3], 0, ARGV[6])
else
  -- First: as in DELETE_TO.
  redis.call('DEL', KEYS[2])
  redis.call('ZREM', KEYS[3], ARGV[6])
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'rev', following, 'token', ARGV[2])
return {'written', following, existed}`);

/** KEYS slot, entry. ARGV epoch. Returns the epoch as DELETE_TO, and the value. */
export const RECOVER_VALUE = script(`${ALLOW_OOM}
local current = redis.call('HGET', KEYS[1], 'epoch') or '0'
if tonumber(current) > tonumber(ARGV[1]) then return {current} end
if tonumber(current) < tonumber(ARGV[1]) then redis.call('HSET', KEYS[1], 'epoch', ARGV[1]) end
return {current, redis.call('GET', KEYS[2])}`);

/**
 * KEYS fences, lease. ARGV scope, owner, milliseconds of a lease or ''. Returns the epoch, or in its place the lease of another owner.
 * Epochs are times when they can be: the one that a lost server had given out last is not given out again by the server that takes
 * over without knowing it.
 */
export const CLAIM = script(`${ALLOW_OOM}
local holder = redis.call('GET', KEYS[2])
if ARGV[3] ~= '' and holder and holder ~= ARGV[2] then return {false, holder, redis.call('PTTL', KEYS[2])} end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local epoch = string.format('%.0f', math.max(now, tonumber(redis.call('HGET', KEYS[1], 'last') or 0) + 1))
redis.call('HSET', KEYS[1], 'last', epoch, 'scope:' .. ARGV[1], epoch .. ' ' .. ARGV[2])
if ARGV[3] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
return {epoch}`);

/** KEYS fences, lease. ARGV scope, epoch, milliseconds to renew it, '' to release it. Returns the scope's epoch. */
export const HOLD = script(`${ALLOW_OOM}
local epoch, owner = string.match(redis.call('HGET', KEYS[1], 'scope:' .. ARGV[1]) or '0 ', '^(%d+) (.*)$')
if epoch == ARGV[2] then
  if ARGV[3] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], owner, 'PX', ARGV[3]) end
end
return epoch`);
