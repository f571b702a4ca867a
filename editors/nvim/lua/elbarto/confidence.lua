--- Highlights the text that the model was unsure of.

local positions = require('elbarto.positions')

local M = {}

local namespace = vim.api.nvim_create_namespace('elbarto.unsure')
local owners = {} ---@type table<integer, integer> buffer to client

---@param params table as in docs/reference/lsp.md, elbarto/confidence
---@param context lsp.HandlerContext
function M.received(params, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  local bufnr = vim.uri_to_bufnr(params.uri)
  if not client or not vim.api.nvim_buf_is_loaded(bufnr) then
    return
  end
  -- Spans of an older text: the extmarks have moved with it, and newer spans will follow.
  if params.version ~= vim.lsp.util.buf_versions[bufnr] and #params.spans > 0 then
    return
  end
  vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  owners[bufnr] = client.id
  for _, span in ipairs(params.spans) do
    local row, column = positions.from_lsp(bufnr, span.range.start, client.offset_encoding)
    local end_row, end_column = positions.from_lsp(bufnr, span.range['end'], client.offset_encoding)
    vim.api.nvim_buf_set_extmark(bufnr, namespace, row, column, {
      end_row = end_row,
      end_col = end_column,
      hl_group = 'ElBartoUnsure',
      strict = false,
      undo_restore = false,
    })
  end
end

---@param client_id integer
function M.ended(client_id)
  for bufnr, owner in pairs(owners) do
    if owner == client_id then
      owners[bufnr] = nil
      if vim.api.nvim_buf_is_valid(bufnr) then
        vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
      end
    end
  end
end

return M
