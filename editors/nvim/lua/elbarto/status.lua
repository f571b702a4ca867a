--- The state of the language server, and a status line that shows it.

local M = {}

local current = { state = 'stopped', message = '' } ---@type table
local settings = { name = 'El Barto', figures = true }

--- The words of the status line; ready and off have none here.
local WORDS = { starting = 'starting', loading = 'loading', busy = '…', error = 'error' }

---@param value any
local function known(value)
  return value ~= nil and value ~= vim.NIL and value or nil
end

--- Redraw status lines, and run the autocommand `User ElBartoStatus`.
function M.changed()
  vim.schedule(function()
    vim.api.nvim_exec_autocmds('User', { pattern = 'ElBartoStatus', modeline = false, data = M.get() })
    vim.cmd.redrawstatus({ bang = true, mods = { emsg_silent = true } })
  end)
end

---@param status table as in docs/reference/lsp.md, elbarto/status
function M.received(status)
  current = status
  M.changed()
end

--- `state` is the language server's, or `stopped`; `automatic`: whether this buffer has suggestions while typing.
---@return table
function M.get()
  local found = {}
  for key, value in pairs(current) do
    found[key] = known(value)
  end
  found.automatic = require('elbarto.ghost').is_on()
  return found
end

--- A short text for 'statusline': empty in buffers that the language server does not serve.
---@return string
function M.line()
  local server = require('elbarto.server')
  local bufnr = vim.api.nvim_win_get_buf(vim.g.statusline_winid or 0)
  if not server.client(bufnr) then
    return ''
  end
  local status = M.get()
  local words = { settings.name }
  if WORDS[status.state] then
    table.insert(words, WORDS[status.state])
  elseif not require('elbarto.ghost').is_automatic(bufnr) then
    table.insert(words, 'off')
  end
  if settings.figures and status.ms and (status.state == 'ready' or status.state == 'busy') then
    table.insert(words, ('%.0f ms'):format(status.ms))
    if status.tpf then
      table.insert(words, ('%.1f TPF'):format(status.tpf))
    end
  end
  return (table.concat(words, ' '):gsub('%%', '%%%%'))
end

--- Show the full status in the message area.
---@param answer table the result of elbarto.ls.status
function M.report(answer)
  local function figure(format, value)
    return known(value) and format:format(value) or '–'
  end
  local lines = {
    { 'state', answer.state .. (known(answer.message) and answer.message ~= '' and ': ' .. answer.message or '') },
    { 'server', known(answer.server) or '–' },
    { 'model', known(answer.model) or '–' },
    { 'last answer', figure('%.0f ms', answer.ms) .. ', ' .. figure('%.2f tokens per forward', answer.tpf) },
    { 'running', figure('%d', answer.running) },
  }
  local cache = known(answer.cache)
  if cache then
    table.insert(lines, { 'cache', ('%d entries, %d hits, %d misses'):format(cache.entries, cache.hits, cache.misses) })
  end
  for name, count in vim.spairs(known(answer.statistics) or {}) do
    table.insert(lines, { name, tostring(count) })
  end
  table.insert(lines, { 'automatic', M.get().automatic and 'on' or 'off' })
  local chunks = {} ---@type [string, string?][]
  for _, line in ipairs(lines) do
    table.insert(chunks, { ('%-12s '):format(line[1]), 'Title' })
    table.insert(chunks, { line[2] .. '\n' })
  end
  vim.api.nvim_echo(chunks, true, {})
end

---@param given { name: string, figures: boolean }
function M.setup(given)
  settings = given
end

return M
