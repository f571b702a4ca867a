--- Drafts: the holes that a command has filled so far, drawn over them until the edit arrives.

local positions = require('elbarto.positions')

local M = {}

local namespaces = {} ---@type table<string, { number: integer, bufnr: integer, client_id: integer }>

---@param id string
local function remove(id)
  local draft = namespaces[id]
  namespaces[id] = nil
  if draft and vim.api.nvim_buf_is_valid(draft.bufnr) then
    vim.api.nvim_buf_clear_namespace(draft.bufnr, draft.number, 0, -1)
  end
end

---@param bufnr integer
---@param namespace integer
---@param hole { range: lsp.Range, text: string }
---@param encoding string
local function draw(bufnr, namespace, hole, encoding)
  local row, column = positions.from_lsp(bufnr, hole.range.start, encoding)
  local end_row, end_column = positions.from_lsp(bufnr, hole.range['end'], encoding)
  local parts = require('elbarto.parts')
  local lines = {} ---@type [string, string][][]
  for _, line in ipairs(vim.split(parts.normalized(hole.text), '\n', { plain = true })) do
    table.insert(lines, { { parts.drawn(line, 0, vim.bo[bufnr].tabstop), 'ElBartoDraft' } })
  end
  local first = table.remove(lines, 1)
  vim.api.nvim_buf_set_extmark(bufnr, namespace, row, column, {
    end_row = end_row,
    end_col = end_column,
    hl_group = 'ElBartoHole',
    virt_text = first,
    virt_text_pos = 'inline',
    virt_lines = #lines > 0 and lines or nil,
    strict = false,
    undo_restore = false,
  })
end

---@param params table as in docs/reference/lsp.md, elbarto/draft
---@param context lsp.HandlerContext
function M.received(params, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  local bufnr = vim.uri_to_bufnr(params.uri)
  remove(params.id)
  if params.done or not client or not vim.api.nvim_buf_is_loaded(bufnr) then
    return
  end
  -- The ranges are for another version of the text; the final edit will be rebased.
  if params.version ~= vim.lsp.util.buf_versions[bufnr] then
    return
  end
  local number = vim.api.nvim_create_namespace('elbarto.draft.' .. params.id)
  namespaces[params.id] = { number = number, bufnr = bufnr, client_id = client.id }
  for _, hole in ipairs(params.holes) do
    draw(bufnr, number, hole, client.offset_encoding)
  end
end

---@param client_id integer
function M.ended(client_id)
  for id, draft in pairs(namespaces) do
    if draft.client_id == client_id then
      remove(id)
    end
  end
end

return M
