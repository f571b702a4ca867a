--- Suggestions, drawn where they would go, while you type.
---
--- The plugin draws them itself: Neovim 0.11 cannot, and 0.12 asks only after a pause of its own, has no request by hand,
--- and inserts a suggestion a second time after the start of it was typed. What is typed of a suggestion here stays a
--- part of it, and nothing is asked for meanwhile.

local parts = require('elbarto.parts')
local places = require('elbarto.places')
local server = require('elbarto.server')

local M = {}

local INVOKED, AUTOMATIC = 1, 2
local METHOD = 'textDocument/inlineCompletion'
local drawn = vim.api.nvim_create_namespace('elbarto.ghost')
local anchors = vim.api.nvim_create_namespace('elbarto.anchor')

---@class elbarto.Item
---@field text string
---@field snippet? string
---@field command? lsp.Command

--- What is suggested in a buffer: from `anchor` on, and the text between it and the cursor was typed since.
---@class elbarto.Ghost
---@field client_id integer
---@field items elbarto.Item[]
---@field index integer
---@field anchor integer an extmark
---@field right string what stands to the right of it on its line
---@field is_invoked boolean
---@field is_cycled boolean

---@class elbarto.Pending
---@field client vim.lsp.Client
---@field id? integer
---@field place string

local ghosts = {} ---@type table<integer, elbarto.Ghost?>
local pending = {} ---@type table<integer, elbarto.Pending?>
local settings = { automatic = true, count = true }

---@param bufnr integer
local function is_inserting(bufnr)
  return vim.api.nvim_get_current_buf() == bufnr and vim.api.nvim_get_mode().mode:sub(1, 1) == 'i'
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

--- What was typed since the suggestion was made; nil if the text has changed in another way.
---@param bufnr integer
---@return string?
local function typed_in(bufnr)
  local row, column = anchor_of(bufnr)
  if not row then
    return nil
  end
  local cursor_row, cursor_column = places.cursor(bufnr)
  if cursor_row < row or (cursor_row == row and cursor_column < column) then
    return nil
  end
  local line = vim.api.nvim_buf_get_lines(bufnr, cursor_row, cursor_row + 1, false)[1]
  if line:sub(cursor_column + 1) ~= ghosts[bufnr].right then
    return nil
  end
  return table.concat(vim.api.nvim_buf_get_text(bufnr, row, column, cursor_row, cursor_column, {}), '\n')
end

--- What is left of a suggestion; nil where something else was typed, or all of it.
---@param item elbarto.Item
---@param typed string
---@return string?
local function rest_of(item, typed)
  if vim.startswith(item.text, typed) and #item.text > #typed then
    return item.text:sub(#typed + 1)
  end
end

---@param bufnr integer
local function draw(bufnr)
  vim.api.nvim_buf_clear_namespace(bufnr, drawn, 0, -1)
  local ghost, typed = ghosts[bufnr], typed_in(bufnr)
  local rest = ghost and typed and rest_of(ghost.items[ghost.index], typed)
  if not rest then
    return
  end
  local row, column = places.cursor(bufnr)
  local tabstop = vim.bo[bufnr].tabstop
  local lines = {} ---@type [string, string][][]
  for number, line in ipairs(vim.split(rest, '\n', { plain = true })) do
    local from = number == 1 and vim.fn.virtcol('.') - 1 or 0
    table.insert(lines, { { parts.drawn(line, from, tabstop), 'ElBartoGhost' } })
  end
  if ghost.is_cycled and settings.count then
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
local function clear(bufnr)
  if vim.api.nvim_buf_is_valid(bufnr) then
    vim.api.nvim_buf_clear_namespace(bufnr, drawn, 0, -1)
    vim.api.nvim_buf_clear_namespace(bufnr, anchors, 0, -1)
  end
  ghosts[bufnr] = nil
end

---@param bufnr integer
local function cancel(bufnr)
  local request = pending[bufnr]
  pending[bufnr] = nil
  if request and request.id and not request.client:is_stopped() then
    request.client:cancel_request(request.id)
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

--- Tell the language server, which counts it where it is asked to.
---@param bufnr integer
---@param method string
---@param more? table
local function tell(bufnr, method, more)
  local ghost = ghosts[bufnr]
  local client = ghost and vim.lsp.get_client_by_id(ghost.client_id)
  local command = ghost and ghost.items[ghost.index].command
  local argument = command and command.arguments and command.arguments[1]
  if client and argument then
    client:notify(method, vim.tbl_extend('force', { id = argument.id, index = argument.index }, more or {}))
  end
end

--- Show what the language server answered, if it still fits.
---@param client vim.lsp.Client
---@param bufnr integer
---@param found lsp.InlineCompletionItem[]
---@param is_invoked boolean
local function show(client, bufnr, found, is_invoked)
  clear(bufnr)
  if #found == 0 or not is_inserting(bufnr) then
    return
  end
  local cursor_row, cursor_column = places.cursor(bufnr)
  local row, column = cursor_row, cursor_column
  if found[1].range then
    row, column = places.from_lsp(bufnr, found[1].range.start, client.offset_encoding)
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
    tell(bufnr, 'elbarto/didShow')
  end
end

--- More candidates for what is shown: the shown ones stay where they are.
---@param client vim.lsp.Client
---@param bufnr integer
---@param found lsp.InlineCompletionItem[]
local function add(client, bufnr, found)
  local ghost = ghosts[bufnr]
  if not ghost then
    return show(client, bufnr, found, true)
  end
  ghost.is_invoked = true
  local typed, known = typed_in(bufnr) or '', {} ---@type string, table<string, true>
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

--- Draw what is left of the suggestion after what was typed, or of another one that fits; whether there is any.
---@param bufnr integer
---@return boolean
function M.settle(bufnr)
  local ghost, typed = ghosts[bufnr], typed_in(bufnr)
  if not ghost or not typed then
    clear(bufnr)
    return false
  end
  if not rest_of(ghost.items[ghost.index], typed) then
    local shown = ghost.items[ghost.index]
    ghost.items = vim.tbl_filter(function(item)
      return rest_of(item, typed) ~= nil
    end, ghost.items)
    ghost.index = 1
    if #ghost.items == 0 or shown.text == typed then
      clear(bufnr)
      return false
    end
  end
  draw(bufnr)
  return true
end

--- Ask for suggestions at the cursor.
---@param bufnr integer
---@param kind integer
---@param on_items fun(client: vim.lsp.Client, bufnr: integer, found: lsp.InlineCompletionItem[], is_invoked: boolean)
local function ask(bufnr, kind, on_items)
  local client = server.client(bufnr)
  if not client or not client.server_capabilities.inlineCompletionProvider then
    return
  end
  local row, column = places.cursor(bufnr)
  local place = ('%d %d %d %d'):format(kind, vim.api.nvim_buf_get_changedtick(bufnr), row, column)
  if pending[bufnr] and pending[bufnr].place == place then
    return
  end
  cancel(bufnr)
  local request = { client = client, place = place } ---@type elbarto.Pending
  pending[bufnr] = request
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(bufnr) },
    position = places.to_lsp(bufnr, row, column, client.offset_encoding),
    context = { triggerKind = kind },
  }
  local is_current = true
  request.id = server.request(client, METHOD, params, bufnr, function(result)
    -- null: a newer request decides, or the text has changed; what is shown stays.
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
  return settings.automatic and vim.b[bufnr].elbarto_automatic ~= false
end

--- After a key: go on with what is shown, or ask for something new.
---@param bufnr integer
local function changed(bufnr)
  if not is_inserting(bufnr) then
    return
  end
  if ghosts[bufnr] and M.settle(bufnr) then
    return
  end
  if M.is_automatic(bufnr) and vim.fn.reg_executing() == '' then
    ask(bufnr, AUTOMATIC, show)
  end
end

---@param bufnr? integer
---@return boolean
function M.is_visible(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  return ghosts[bufnr] ~= nil and #vim.api.nvim_buf_get_extmarks(bufnr, drawn, 0, -1, { limit = 1 }) > 0
end

--- Take down what is shown, and ask for nothing until the next key.
---@param bufnr? integer
---@return boolean whether there was anything
function M.dismiss(bufnr)
  bufnr = bufnr or vim.api.nvim_get_current_buf()
  local was_visible = M.is_visible(bufnr)
  cancel(bufnr)
  clear(bufnr)
  return was_visible
end

--- Ask for suggestions now, in insert mode.
function M.suggest()
  local bufnr = vim.api.nvim_get_current_buf()
  if is_inserting(bufnr) then
    ask(bufnr, INVOKED, show)
  end
end

--- Ask for other suggestions than before; what was typed of the last one stays as it is.
function M.regenerate()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = server.client(bufnr)
  if not client or not is_inserting(bufnr) then
    return
  end
  cancel(bufnr)
  local row, column = places.cursor(bufnr)
  local argument = {
    uri = vim.uri_from_bufnr(bufnr),
    position = places.to_lsp(bufnr, row, column, client.offset_encoding),
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

--- Show the next candidate, or with a negative count an earlier one; more are asked for the first time.
---@param count integer
---@return boolean
function M.cycle(count)
  local bufnr = vim.api.nvim_get_current_buf()
  local ghost = ghosts[bufnr]
  if not ghost or not M.is_visible(bufnr) then
    return false
  end
  local function select()
    if ghosts[bufnr] == ghost then
      ghost.is_cycled = true
      ghost.index = (ghost.index - 1 + count) % #ghost.items + 1
      M.settle(bufnr)
      tell(bufnr, 'elbarto/didShow')
    end
  end
  local had_several = #ghost.items > 1
  if not ghost.is_invoked then
    ask(bufnr, INVOKED, function(client, _, found)
      add(client, bufnr, found)
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
  local row, column = places.cursor(bufnr)
  local lines = vim.split(text, '\n', { plain = true })
  vim.api.nvim_buf_set_text(bufnr, row, column, row, column, lines)
  vim.api.nvim_win_set_cursor(0, { row + #lines, (#lines == 1 and column or 0) + #lines[#lines] })
end

--- Undo takes back from here.
local function break_undo()
  vim.go.undolevels = vim.go.undolevels
end

--- Insert the suggestion, or the next `word` or `line` of it. Returns whether there was one.
---@param what? 'all'|'word'|'line'
---@return boolean
function M.accept(what)
  local bufnr = vim.api.nvim_get_current_buf()
  local ghost = ghosts[bufnr]
  if not ghost or not M.is_visible(bufnr) then
    return false
  end
  local typed = assert(typed_in(bufnr))
  local item = ghost.items[ghost.index]
  local rest = assert(rest_of(item, typed))
  local part = parts.all[what or 'all'](rest)
  cancel(bufnr)
  break_undo()
  if part ~= rest then
    insert(bufnr, part)
    -- The other candidates are others from here on.
    ghost.items = vim.tbl_filter(function(one)
      return vim.startswith(one.text, typed .. part)
    end, ghost.items)
    ghost.index = assert(vim.iter(ipairs(ghost.items)):find(function(_, one)
      return one == item
    end))
    M.settle(bufnr)
    tell(bufnr, 'elbarto/didPartiallyAccept', { acceptedLength = vim.fn.strchars(typed .. part) })
  else
    clear(bufnr)
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
    is_on = not (bufnr and M.is_automatic(bufnr) or not bufnr and settings.automatic)
  end
  if bufnr then
    vim.b[bufnr].elbarto_automatic = is_on
  else
    settings.automatic = is_on
  end
  if not is_on then
    for number in pairs(ghosts) do
      clear(number)
    end
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
    -- On InsertEnter the mode is not yet the new one; of one key's events the last one counts.
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

--- Its language server has ended.
---@param client_id integer
function M.ended(client_id)
  for bufnr, ghost in pairs(ghosts) do
    if ghost.client_id == client_id then
      clear(bufnr)
    end
  end
  for bufnr, request in pairs(pending) do
    if request.client.id == client_id then
      pending[bufnr] = nil
    end
  end
end

---@param given { automatic: boolean, count: boolean }
function M.setup(given)
  settings = { automatic = given.automatic, count = given.count }
end

return M
