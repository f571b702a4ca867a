--- The part of a suggestion to accept, and how a suggestion is drawn: pure functions on text.

local M = {}

--- The text with `\n` as the only line end, as in a buffer of any 'fileformat'.
---@param text string
---@return string
function M.normalized(text)
  return (text:gsub('\r\n?', '\n'))
end

M.all = {}

---@param text string
---@return string
function M.all.all(text)
  return text
end

--- Leading whitespace and the word after it: keyword characters, or others up to the next space.
---@param text string
---@return string
function M.all.word(text)
  local word = vim.fn.matchstr(text, [[^\_s*\%(\k\+\|\%(\k\@!\S\)\+\)]])
  return word ~= '' and word or text
end

--- The first line; if the suggestion begins with a line end, that and the line after it.
---@param text string
---@return string
function M.all.line(text)
  local _, blank = text:find('^%s*\n')
  local stop = text:find('\n', (blank or 0) + 1, true)
  return stop and text:sub(1, stop - 1) or text
end

--- The text of a snippet in the language server's form: `${1:text}`, `$0`, and `\` before `$`, `}` and `\`.
---@param snippet string
---@return string
function M.snippet_text(snippet)
  local found, at = {}, 1
  while at <= #snippet do
    local here = snippet:sub(at)
    local escaped, opened = here:match('^\\([$}\\])'), here:match('^%${%d+:?')
    local stop = here:match('^%$%d+')
    if escaped then
      table.insert(found, escaped)
      at = at + 2
    elseif opened or stop then
      at = at + #(opened or stop)
    elseif here:sub(1, 1) == '}' then
      at = at + 1
    else
      table.insert(found, here:sub(1, 1))
      at = at + 1
    end
  end
  return table.concat(found)
end

--- `vim.snippet` adds the current line's indent to all further lines, which already have it here.
---@param snippet string
---@param indent string
---@return string
function M.dedented(snippet, indent)
  local lines = vim.split(snippet, '\n', { plain = true })
  for number = 2, #lines do
    if vim.startswith(lines[number], indent) then
      lines[number] = lines[number]:sub(#indent + 1)
    end
  end
  return table.concat(lines, '\n')
end

--- A line as virtual text that begins in screen column `column` (from 0), with tabs expanded to spaces.
---@param line string
---@param column integer
---@param tabstop integer
---@return string
function M.drawn(line, column, tabstop)
  if not line:find('\t', 1, true) then
    return line
  end
  local result = ''
  for piece, tab in line:gmatch('([^\t]*)(\t?)') do
    result = result .. piece
    if tab ~= '' then
      local width = column + vim.api.nvim_strwidth(result)
      result = result .. (' '):rep(tabstop - width % tabstop)
    end
  end
  return result
end

return M
