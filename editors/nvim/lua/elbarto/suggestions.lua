--- The suggestion of each buffer: how much of it has been typed, and how the rest is drawn.

local parts = require('elbarto.parts')
local positions = require('elbarto.positions')

local M = {}

local drawn = vim.api.nvim_create_namespace('elbarto.ghost')
local anchors = vim.api.nvim_create_namespace('elbarto.anchor')

---@class elbarto.Item
---@field text string
---@field snippet? string
---@field command? lsp.Command

--- The suggestion of a buffer, at `anchor`; the text from there to the cursor was typed since.
---@class elbarto.Ghost
---@field client_id integer
---@field items elbarto.Item[]
---@field index integer
---@field anchor integer an extmark
---@field right string the text after it on its line
---@field is_invoked boolean
---@field is_cycled boolean

local ghosts = {} ---@type table<integer, elbarto.Ghost?>
M.has_count = true -- whether "(2/3)" is drawn

---@param bufnr integer
---@return elbarto.Ghost?
function M.get(bufnr)
  return ghosts[bufnr]
end

---@param bufnr integer
---@return integer? row
---@return integer? column
local function anchor_of(bufnr)
  local ghost = ghosts[bufnr]
  local mark = ghost and vim.api.nvim_buf_get_extmark_by_id(bufnr, anchors, ghost.anchor, {})
  if mark and mark[1] then
    return mark[1], mark[2]
  end
end

--- The text typed since the suggestion was shown; nil if the buffer was changed elsewhere.
---@param bufnr integer
---@return string?
function M.typed(bufnr)
  local row, column = anchor_of(bufnr)
  if not row then
    return nil
  end
  local cursor_row, cursor_column = positions.cursor(bufnr)
  if cursor_row < row or (cursor_row == row and cursor_column < column) then
    return nil
  end
  local line = vim.api.nvim_buf_get_lines(bufnr, cursor_row, cursor_row + 1, false)[1]
  if line:sub(cursor_column + 1) ~= ghosts[bufnr].right then
    return nil
  end
  return table.concat(vim.api.nvim_buf_get_text(bufnr, row, column, cursor_row, cursor_column, {}), '\n')
end

--- The rest of a suggestion; nil if something else was typed, or all of it.
---@param item elbarto.Item
---@param typed string
---@return string?
function M.rest(item, typed)
  if vim.startswith(item.text, typed) and #item.text > #typed then
    return item.text:sub(#typed + 1)
  end
end

---@param bufnr integer
local function draw(bufnr)
  vim.api.nvim_buf_clear_namespace(bufnr, drawn, 0, -1)
  local ghost, typed = ghosts[bufnr], M.typed(bufnr)
  local rest = ghost and typed and M.rest(ghost.items[ghost.index], typed)
  if not rest then
    return
  end
  local row, column = positions.cursor(bufnr)
  local tabstop = vim.bo[bufnr].tabstop
  local lines = {} ---@type [string, string][][]
  for number, line in ipairs(vim.split(rest, '\n', { plain = true })) do
    local from = number == 1 and vim.fn.virtcol('.') - 1 or 0
    table.insert(lines, { { parts.drawn(line, from, tabstop), 'ElBartoGhost' } })
  end
  if ghost.is_cycled and M.has_count then
    table.insert(lines[#lines], { (' (%d/%d)'):format(ghost.index, #ghost.items), 'ElBartoGhostCount' })
  end
  local first = table.remove(lines, 1)
  vim.api.nvim_buf_set_extmark(bufnr, drawn, row, column, {
    virt_text = first,
    virt_text_pos = 'inline',
    virt_lines = #lines > 0 and lines or nil,
    hl_mode = 'combine',
    undo_restore = false,
    strict = false,
  })
end

---@param bufnr integer
function M.clear(bufnr)
  if vim.api.nvim_buf_is_valid(bufnr) then
    vim.api.nvim_buf_clear_namespace(bufnr, drawn, 0, -1)
    vim.api.nvim_buf_clear_namespace(bufnr, anchors, 0, -1)
  end
  ghosts[bufnr] = nil
end

--- Hide all suggestions, or those of one language server.
---@param client_id? integer
function M.clear_all(client_id)
  for bufnr, ghost in pairs(ghosts) do
    if client_id == nil or ghost.client_id == client_id then
      M.clear(bufnr)
    end
  end
end

---@param found lsp.InlineCompletionItem[]
---@return elbarto.Item[]
local function items_of(found)
  return vim
    .iter(found)
    :map(function(item)
      local text, snippet = item.insertText, nil
      if type(text) == 'table' then
        snippet = parts.normalized(text.value)
        text = parts.snippet_text(snippet)
      end
      return { text = parts.normalized(text), snippet = snippet, command = item.command }
    end)
    :totable()
end

--- Send a notification about the suggestion; the language server counts it if statistics are on.
---@param bufnr integer
---@param method string
---@param more? table
function M.notify(bufnr, method, more)
  local ghost = ghosts[bufnr]
  local client = ghost and vim.lsp.get_client_by_id(ghost.client_id)
  local command = ghost and ghost.items[ghost.index].command
  local argument = command and command.arguments and command.arguments[1]
  if client and argument then
    client:notify(method, vim.tbl_extend('force', { id = argument.id, index = argument.index }, more or {}))
  end
end

--- Draw the rest of the suggestion, or of another candidate that fits what was typed. Returns whether there is one.
---@param bufnr integer
---@return boolean
function M.settle(bufnr)
  local ghost, typed = ghosts[bufnr], M.typed(bufnr)
  if not ghost or not typed then
    M.clear(bufnr)
    return false
  end
  if not M.rest(ghost.items[ghost.index], typed) then
    local shown = ghost.items[ghost.index]
    ghost.items = vim.tbl_filter(function(item)
      return M.rest(item, typed) ~= nil
    end, ghost.items)
    ghost.index = 1
    if #ghost.items == 0 or shown.text == typed then
      M.clear(bufnr)
      return false
    end
  end
  draw(bufnr)
  return true
end

--- Show the language server's answer.
---@param client vim.lsp.Client
---@param bufnr integer
---@param found lsp.InlineCompletionItem[]
---@param is_invoked boolean
function M.open(client, bufnr, found, is_invoked)
  local cursor_row, cursor_column = positions.cursor(bufnr)
  local row, column = cursor_row, cursor_column
  if found[1].range then
    row, column = positions.from_lsp(bufnr, found[1].range.start, client.offset_encoding)
  end
  local line = vim.api.nvim_buf_get_lines(bufnr, cursor_row, cursor_row + 1, false)[1]
  ghosts[bufnr] = {
    client_id = client.id,
    items = items_of(found),
    index = 1,
    anchor = vim.api.nvim_buf_set_extmark(bufnr, anchors, row, column, { right_gravity = false, undo_restore = false }),
    right = line:sub(cursor_column + 1),
    is_invoked = is_invoked,
    is_cycled = false,
  }
  if M.settle(bufnr) then
    M.notify(bufnr, 'elbarto/didShow')
  end
end

--- Add candidates to the shown ones, which keep their positions.
---@param bufnr integer
---@param found lsp.InlineCompletionItem[]
function M.add(bufnr, found)
  local ghost = assert(ghosts[bufnr])
  ghost.is_invoked = true
  local typed, known = M.typed(bufnr) or '', {} ---@type string, table<string, true>
  for _, item in ipairs(ghost.items) do
    known[item.text] = true
  end
  for _, item in ipairs(items_of(found)) do
    item.text = typed .. item.text
    if not known[item.text] then
      item.snippet = typed == '' and item.snippet or nil
      known[item.text] = true
      table.insert(ghost.items, item)
    end
  end
  draw(bufnr)
end

---@param bufnr? integer
---@return boolean
function M.is_visible(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  return ghosts[bufnr] ~= nil and #vim.api.nvim_buf_get_extmarks(bufnr, drawn, 0, -1, { limit = 1 }) > 0
end

return M
