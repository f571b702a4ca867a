--- Suggestions while you type: requesting, cycling and accepting them.
---
--- The plugin draws them itself: Neovim 0.11 cannot, and 0.12 requests only after a fixed pause, cannot request manually,
--- and inserts a suggestion again after its start was typed. Here, typing the start of a suggestion keeps it, without
--- another request.

local parts = require('elbarto.parts')
local positions = require('elbarto.positions')
local server = require('elbarto.server')
local suggestions = require('elbarto.suggestions')

local M = {}

local INVOKED, AUTOMATIC = 1, 2
local METHOD = 'textDocument/inlineCompletion'

---@class elbarto.Pending
---@field client vim.lsp.Client
---@field id? integer
---@field place string

local pending = {} ---@type table<integer, elbarto.Pending?>
local is_on_everywhere = true

M.is_visible = suggestions.is_visible

---@param bufnr integer
local function is_inserting(bufnr)
  return vim.api.nvim_get_current_buf() == bufnr and vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
end

---@param bufnr integer
local function cancel(bufnr)
  local request = pending[bufnr]
  pending[bufnr] = nil
  if request and request.id and not request.client:is_stopped() then
    request.client:cancel_request(request.id)
  end
end

--- Show the language server's answer, if it still fits.
---@param client vim.lsp.Client
---@param bufnr integer
---@param found lsp.InlineCompletionItem[]
---@param is_invoked boolean
local function show(client, bufnr, found, is_invoked)
  suggestions.clear(bufnr)
  if #found > 0 and is_inserting(bufnr) then
    suggestions.open(client, bufnr, found, is_invoked)
  end
end

--- Request suggestions at the cursor.
---@param bufnr integer
---@param kind integer
---@param on_items fun(client: vim.lsp.Client, bufnr: integer, found: lsp.InlineCompletionItem[], is_invoked: boolean)
local function ask(bufnr, kind, on_items)
  local client = server.client(bufnr)
  if not client or not client.server_capabilities.inlineCompletionProvider then
    return
  end
  local row, column = positions.cursor(bufnr)
  local place = ('%d %d %d %d'):format(kind, vim.api.nvim_buf_get_changedtick(bufnr), row, column)
  if pending[bufnr] and pending[bufnr].place == place then
    return
  end
  cancel(bufnr)
  local request = { client = client, place = place } ---@type elbarto.Pending
  pending[bufnr] = request
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    position = positions.to_lsp(bufnr, row, column, client.offset_encoding),
    context = { triggerKind = kind },
  }
  local is_current = true
  request.id = server.request(client, METHOD, params, bufnr, function(result)
    -- null: a newer request decides, or the text has changed; keep the shown suggestion.
    if is_current and result and result ~= vim.NIL then
      on_items(client, bufnr, result.items or result, kind == INVOKED)
    end
  end, function()
    is_current = pending[bufnr] == request
    if is_current then
      pending[bufnr] = nil
    end
  end)
end

---@param bufnr integer
---@return boolean
function M.is_automatic(bufnr)
  return is_on_everywhere and vim.b[bufnr].elbarto_automatic ~= false
end

--- After a key: keep the shown suggestion if it still fits, otherwise request a new one.
---@param bufnr integer
local function changed(bufnr)
  if not is_inserting(bufnr) then
    return
  end
  if suggestions.get(bufnr) and suggestions.settle(bufnr) then
    return
  end
  if M.is_automatic(bufnr) and vim.fn.reg_executing() == '' then
    ask(bufnr, AUTOMATIC, show)
  end
end

--- Hide the suggestion, and request nothing until the next key.
---@param bufnr? integer
---@return boolean whether there was anything
function M.dismiss(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  local was_visible = suggestions.is_visible(bufnr)
  cancel(bufnr)
  suggestions.clear(bufnr)
  return was_visible
end

--- Request suggestions now, in Insert mode.
function M.suggest()
  local bufnr = vim.api.nvim_get_current_buf()
  if is_inserting(bufnr) then
    ask(bufnr, INVOKED, show)
  end
end

--- Request other suggestions than before; what was typed of the last one stays.
function M.regenerate()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = server.client(bufnr)
  if not client or not is_inserting(bufnr) then
    return
  end
  cancel(bufnr)
  local row, column = positions.cursor(bufnr)
  local argument = {
    uri = vim.uri_from_bufnr(bufnr),
    position = positions.to_lsp(bufnr, row, column, client.offset_encoding),
  }
  local request = { client = client, place = 'regenerate' } ---@type elbarto.Pending
  pending[bufnr] = request
  request.id = server.execute(client, 'regenerate', argument, bufnr, function(result)
    if request.is_current and result and result ~= vim.NIL then
      show(client, bufnr, result.items or {}, true)
    end
  end, function()
    request.is_current = pending[bufnr] == request
    if request.is_current then
      pending[bufnr] = nil
    end
  end)
end

--- Show the next candidate, or with a negative count an earlier one; the first call requests more of them.
---@param count integer
---@return boolean
function M.cycle(count)
  local bufnr = vim.api.nvim_get_current_buf()
  local ghost = suggestions.get(bufnr)
  if not ghost or not suggestions.is_visible(bufnr) then
    return false
  end
  local function select()
    if suggestions.get(bufnr) == ghost then
      ghost.is_cycled = true
      ghost.index = (ghost.index - 1 + count) % #ghost.items + 1
      suggestions.settle(bufnr)
      suggestions.notify(bufnr, 'elbarto/didShow')
    end
  end
  local had_several = #ghost.items > 1
  if not ghost.is_invoked then
    ask(bufnr, INVOKED, function(client, _, found)
      if not suggestions.get(bufnr) then
        return show(client, bufnr, found, true)
      end
      suggestions.add(bufnr, found)
      if not had_several then
        select()
      end
    end)
  end
  if had_several or ghost.is_invoked then
    select()
  end
  return true
end

---@param bufnr integer
---@param text string
local function insert(bufnr, text)
  local row, column = positions.cursor(bufnr)
  local lines = vim.split(text, '\n', { plain = true })
  vim.api.nvim_buf_set_text(bufnr, row, column, row, column, lines)
  vim.api.nvim_win_set_cursor(0, { row + #lines, (#lines == 1 and column or 0) + #lines[#lines] })
end

--- Start a new undo step here.
local function break_undo()
  vim.go.undolevels = vim.go.undolevels
end

--- Insert the suggestion, or the next `word` or `line` of it. Returns whether there was one.
---@param what? 'all'|'word'|'line'
---@return boolean
function M.accept(what)
  local bufnr = vim.api.nvim_get_current_buf()
  local ghost = suggestions.get(bufnr)
  if not ghost or not suggestions.is_visible(bufnr) then
    return false
  end
  local typed = assert(suggestions.typed(bufnr))
  local item = ghost.items[ghost.index]
  local rest = assert(suggestions.rest(item, typed))
  local part = parts.all[what or 'all'](rest)
  cancel(bufnr)
  break_undo()
  if part ~= rest then
    insert(bufnr, part)
    -- The other candidates no longer fit the text.
    ghost.items = vim.tbl_filter(function(one)
      return vim.startswith(one.text, typed .. part)
    end, ghost.items)
    ghost.index = assert(vim.iter(ipairs(ghost.items)):find(function(_, one)
      return one == item
    end))
    suggestions.settle(bufnr)
    suggestions.notify(bufnr, 'elbarto/didPartiallyAccept', { acceptedLength = vim.fn.strchars(typed .. part) })
  else
    suggestions.clear(bufnr)
    if item.snippet and typed == '' then
      local indent = vim.api.nvim_get_current_line():match('^%s*')
      vim.snippet.expand(parts.dedented(item.snippet, indent))
    else
      insert(bufnr, part)
    end
    local client = vim.lsp.get_client_by_id(ghost.client_id)
    if client and item.command then
      local params = { command = item.command.command, arguments = item.command.arguments }
      server.request(client, 'workspace/executeCommand', params, bufnr)
    end
  end
  break_undo()
  return true
end

--- Switch automatic suggestions, everywhere or in one buffer. Returns whether they are on now.
---@param is_on? boolean nil: the other way
---@param bufnr? integer
---@return boolean
function M.toggle(is_on, bufnr)
  if is_on == nil then
    is_on = not (bufnr and M.is_automatic(bufnr) or not bufnr and is_on_everywhere)
  end
  if bufnr then
    vim.b[bufnr].elbarto_automatic = is_on
  else
    is_on_everywhere = is_on
  end
  if not is_on and bufnr then
    suggestions.clear(bufnr)
  elseif not is_on then
    suggestions.clear_all()
  end
  require('elbarto.status').changed()
  return is_on
end

---@return boolean
function M.is_on()
  return M.is_automatic(vim.api.nvim_get_current_buf())
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  local group = vim.api.nvim_create_augroup('elbarto.ghost.' .. bufnr, {})
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = bufnr, callback = callback })
  end
  on({ 'InsertEnter', 'TextChangedI', 'TextChangedP', 'CursorMovedI' }, function()
    -- On InsertEnter the mode has not changed yet; of the events of one key only the last one counts.
    vim.schedule(function()
      if vim.api.nvim_buf_is_valid(bufnr) then
        changed(bufnr)
      end
    end)
  end)
  on({ 'InsertLeave', 'BufLeave' }, function()
    M.dismiss(bufnr)
  end)
  on('LspDetach', function(event)
    if event.data.client_id == client.id then
      vim.api.nvim_clear_autocmds({ group = group })
      M.dismiss(bufnr)
    end
  end)
end

--- Called when its language server has exited.
---@param client_id integer
function M.ended(client_id)
  suggestions.clear_all(client_id)
  for bufnr, request in pairs(pending) do
    if request.client.id == client_id then
      pending[bufnr] = nil
    end
  end
end

---@param given { automatic: boolean, count: boolean }
function M.setup(given)
  is_on_everywhere = given.automatic
  suggestions.has_count = given.count
end

return M
