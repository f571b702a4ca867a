--- Converts between LSP positions and buffer positions.

local M = {}

---@param bufnr integer
---@param row integer
---@return string
local function line_at(bufnr, row)
  return vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ''
end

--- Row and byte column, from 0, of a position.
---@param bufnr integer
---@param position lsp.Position
---@param encoding string
---@return integer row
---@return integer column
function M.from_lsp(bufnr, position, encoding)
  local line = line_at(bufnr, position.line)
  return position.line, vim.str_byteindex(line, encoding, position.character, false)
end

---@param bufnr integer
---@param row integer
---@param column integer
---@param encoding string
---@return lsp.Position
function M.to_lsp(bufnr, row, column, encoding)
  local line = line_at(bufnr, row)
  return { line = row, character = vim.str_utfindex(line, encoding, math.min(column, #line), false) }
end

--- Row and byte column, from 0, of the cursor in the window that shows the buffer.
---@param bufnr integer
---@return integer row
---@return integer column
function M.cursor(bufnr)
  local window = vim.api.nvim_get_current_win()
  if vim.api.nvim_win_get_buf(window) ~= bufnr then
    window = vim.fn.bufwinid(bufnr)
  end
  local row, column = unpack(vim.api.nvim_win_get_cursor(window))
  return row - 1, column
end

--- Whole lines, from 1, as a range.
---@param bufnr integer
---@param first integer
---@param last integer
---@param encoding string
---@return lsp.Range
function M.lines(bufnr, first, last, encoding)
  local stop = line_at(bufnr, last - 1)
  return {
    start = { line = first - 1, character = 0 },
    ['end'] = M.to_lsp(bufnr, last - 1, #stop, encoding),
  }
end

--- The current or last selection as a range; whole lines for a linewise one.
---@param bufnr integer
---@param encoding string
---@return lsp.Range
function M.selection(bufnr, encoding)
  local mode = vim.fn.mode()
  local is_selecting = mode:match('^[vV\22]') ~= nil
  local first = vim.fn.getpos(is_selecting and 'v' or "'<")
  local last = vim.fn.getpos(is_selecting and '.' or "'>")
  if first[2] > last[2] or (first[2] == last[2] and first[3] > last[3]) then
    first, last = last, first
  end
  local kind = is_selecting and mode or vim.fn.visualmode()
  if kind ~= 'v' then
    return M.lines(bufnr, first[2], last[2], encoding)
  end
  local stop = line_at(bufnr, last[2] - 1)
  local column = math.min(last[3], #stop)
  -- The selection includes its last character, which may have more than one byte.
  if vim.o.selection ~= 'exclusive' and column > 0 then
    column = column + vim.str_utf_end(stop, column)
  end
  return {
    start = M.to_lsp(bufnr, first[2] - 1, first[3] - 1, encoding),
    ['end'] = M.to_lsp(bufnr, last[2] - 1, column, encoding),
  }
end

return M
