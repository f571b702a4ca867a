--- `:ElBarto`, its sub-commands and their completion.

local messages = require('elbarto.messages')
local server = require('elbarto.server')

local M = {}

---@class elbarto.Call
---@field rest string the text after the sub-command
---@field words string[]
---@field place? elbarto.Place

---@param call elbarto.Call
---@param allowed string[]
---@return string?
local function choice(call, allowed)
  local word = call.words[1]
  if word == nil or vim.list_contains(allowed, word) then
    return word
  end
  error(('"%s" must be one of %s'):format(word, table.concat(allowed, ', ')), 0)
end

local ghost, edits = require('elbarto.ghost'), require('elbarto.edits')

---@param is_on? boolean
local function toggle(is_on)
  return function(call)
    local bufnr = choice(call, { 'buffer' }) and vim.api.nvim_get_current_buf() or nil
    local is_now = ghost.toggle(is_on, bufnr)
    messages.say(('automatic suggestions are %s%s'):format(is_now and 'on' or 'off', bufnr and ' in this buffer' or ''))
  end
end

--- Run a language server command that takes no arguments.
---@param name string
---@param on_answer? fun(result: any)
local function ask(name, on_answer)
  return function()
    local client = server.client()
    if not client then
      messages.say('the language server is not running; see :checkhealth elbarto', vim.log.levels.WARN)
      return
    end
    server.execute(client, name, vim.empty_dict(), vim.api.nvim_get_current_buf(), on_answer)
  end
end

--- Each sub-command's action, whether it takes a range, and its possible arguments.
---@type table<string, { run: fun(call: elbarto.Call), range?: boolean, words?: string[] }>
M.all = {
  fill = {
    run = function(call)
      edits.fill({ hint = call.rest })
    end,
  },
  fill_all = {
    range = true,
    words = { 'function', 'file' },
    run = function(call)
      edits.fill_all({ place = call.place, scope = choice(call, { 'function', 'file' }) })
    end,
  },
  rewrite = {
    range = true,
    run = function(call)
      edits.rewrite({ place = call.place, hint = call.rest })
    end,
  },
  redenoise = {
    range = true,
    run = function(call)
      edits.redenoise({ place = call.place })
    end,
  },
  generate = {
    range = true,
    run = function(call)
      edits.generate({ place = call.place })
    end,
  },
  holes = { run = edits.holes },
  cancel = { run = edits.cancel },
  suggest = { run = ghost.suggest },
  regenerate = { run = ghost.regenerate },
  next = {
    run = function()
      ghost.cycle(1)
    end,
  },
  previous = {
    run = function()
      ghost.cycle(-1)
    end,
  },
  accept = {
    words = { 'all', 'word', 'line' },
    run = function(call)
      ghost.accept(choice(call, { 'all', 'word', 'line' }) or 'all')
    end,
  },
  dismiss = {
    run = function()
      ghost.dismiss()
    end,
  },
  toggle = { words = { 'buffer' }, run = toggle(nil) },
  enable = { words = { 'buffer' }, run = toggle(true) },
  disable = { words = { 'buffer' }, run = toggle(false) },
  status = { run = ask('status', require('elbarto.status').report) },
  reconnect = { run = ask('reconnect') },
  start = { run = server.start },
  stop = { run = server.stop },
  restart = { run = server.restart },
}

---@return string[]
local function names()
  local found = vim.tbl_keys(M.all)
  table.sort(found)
  return found
end

--- The command's lines; for `'<,'>` the selection, including its columns.
---@param given vim.api.keyset.create_user_command.command_args
---@return elbarto.Place?
local function place_of(given)
  if given.range == 0 then
    return nil
  end
  local is_selection = given.range == 2 and given.line1 == vim.fn.line("'<") and given.line2 == vim.fn.line("'>")
  return { lines = { given.line1, given.line2 }, is_selection = is_selection or nil }
end

---@param given vim.api.keyset.create_user_command.command_args
function M.run(given)
  require('elbarto').ensure()
  local name = given.fargs[1] or 'status'
  local found = M.all[name]
  if not found then
    messages.say(('"%s" is not a command; the commands are: %s'):format(name, table.concat(names(), ', ')), vim.log.levels.ERROR)
    return
  end
  if given.range > 0 and not found.range then
    messages.say(('"%s" does not take a range'):format(name), vim.log.levels.ERROR)
    return
  end
  local rest = vim.trim(given.args:sub(#name + 1))
  local call = { rest = rest, words = vim.list_slice(given.fargs, 2), place = place_of(given) }
  local is_fine, problem = pcall(found.run, call)
  if not is_fine then
    messages.say(('%s: %s'):format(name, problem), vim.log.levels.ERROR)
  end
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local _, _, name = line:find('ElBarto%s+(%S+)%s')
  local words = name and (M.all[name] and M.all[name].words or {}) or names()
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

return M
