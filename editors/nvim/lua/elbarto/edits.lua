--- The commands that change the text. This module sends them; the language server applies the edits.

local positions = require('elbarto.positions')
local messages = require('elbarto.messages')
local server = require('elbarto.server')

local M = {}

local running = {} ---@type table<vim.lsp.Client, table<integer, true>> request ids

--- A place in the current buffer: lines from 1, the selection, or neither for the cursor.
---@class elbarto.Place
---@field lines? [integer, integer]
---@field is_selection? boolean

---@param name string
---@param place? elbarto.Place
---@param argument? table more arguments of the command
---@param where 'position'|'range' how to send the cursor
local function run(name, place, argument, where)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = server.client(bufnr)
  if not client then
    messages.say('the language server does not serve this buffer; see :checkhealth elbarto', vim.log.levels.WARN)
    return
  end
  place = place or {}
  local encoding = client.offset_encoding
  local row, column = positions.cursor(bufnr)
  local context = { uri = vim.uri_from_bufnr(bufnr), version = vim.lsp.util.buf_versions[bufnr] }
  if place.is_selection then
    context.range = positions.selection(bufnr, encoding)
  elseif place.lines then
    context.range = positions.lines(bufnr, place.lines[1], place.lines[2], encoding)
  elseif where == 'range' then
    context.range = positions.lines(bufnr, row + 1, row + 1, encoding)
  elseif where == 'position' then
    context.position = positions.to_lsp(bufnr, row, column, encoding)
  end
  if vim.fn.mode():match('^[vV\22]') then
    vim.api.nvim_feedkeys(vim.keycode('<Esc>'), 'nx', false)
  end
  require('elbarto.ghost').dismiss(bufnr)
  running[client] = running[client] or {}
  local id ---@type integer?
  local is_over = false
  id = server.execute(client, name, vim.tbl_extend('force', context, argument or {}), bufnr, nil, function()
    is_over = true
    if id then
      running[client][id] = nil
    end
  end)
  if id and not is_over then
    running[client][id] = true
  end
end

---@param text? string
---@return string?
local function hint(text)
  return text ~= '' and text or nil
end

--- Fill the hole at the cursor, or the only one on its line.
---@param options? { hint?: string, pinned?: table }
function M.fill(options)
  options = options or {}
  run('fillHole', nil, { hint = hint(options.hint), pinned = options.pinned }, 'position')
end

--- Fill all holes: of the place, or of `scope` around the cursor.
---@param options? { place?: elbarto.Place, scope?: 'function'|'file' }
function M.fill_all(options)
  options = options or {}
  run('fillAllHoles', options.place, { scope = options.scope }, 'position')
end

--- Mask the lines of the place, or the cursor's, and denoise them again.
---@param options? { place?: elbarto.Place, hint?: string, pinned?: table }
function M.rewrite(options)
  options = options or {}
  run('rewriteSelection', options.place, { hint = hint(options.hint), pinned = options.pinned }, 'range')
end

--- Denoise the unsure tokens of the place again, or of the last completion.
---@param options? { place?: elbarto.Place }
function M.redenoise(options)
  run('redenoise', options and options.place, nil, nil)
end

--- Generate code from the comment here, and write it below.
---@param options? { place?: elbarto.Place }
function M.generate(options)
  run('generateFromComment', options and options.place, nil, 'position')
end

--- List the holes of the buffer in the location list.
function M.holes()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = server.client(bufnr)
  if not client then
    return
  end
  server.execute(client, 'listHoles', { uri = vim.uri_from_bufnr(bufnr) }, bufnr, function(result)
    local items = vim
      .iter(result.holes)
      :map(function(hole)
        local row, column = positions.from_lsp(bufnr, hole.range.start, client.offset_encoding)
        return { bufnr = bufnr, lnum = row + 1, col = column + 1, text = ('%s: %s'):format(hole.kind, hole.text) }
      end)
      :totable()
    vim.fn.setloclist(0, {}, ' ', { title = 'El Barto: holes', items = items })
    if #items == 0 then
      messages.say('there are no holes in this buffer')
    else
      vim.cmd.lopen()
    end
  end)
end

--- Cancel everything that is running for this buffer.
function M.cancel()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = server.client(bufnr)
  require('elbarto.ghost').dismiss(bufnr)
  if not client then
    return
  end
  for id in pairs(running[client] or {}) do
    client:cancel_request(id)
  end
  running[client] = nil
  server.execute(client, 'cancel', { uri = vim.uri_from_bufnr(bufnr) }, bufnr)
end

return M
