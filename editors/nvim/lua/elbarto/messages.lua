--- Messages to the user.

local M = {}

--- Whether messages go to the message area, where a long one causes a hit-enter prompt. Neovim's own `vim.notify` has no
--- source, or its runtime as source; a plugin's replacement comes from another file.
local function is_builtin()
  local source = debug.getinfo(vim.notify, 'S').source
  return source == '?' or source:find('vim/_', 1, true) ~= nil
end

---@param message string
---@param level integer
local function show(message, level)
  local line = message:gsub('%s+', ' ')
  if not is_builtin() or (line == message and vim.api.nvim_strwidth(line) < vim.v.echospace) then
    vim.notify(message, level, { title = 'El Barto' })
    return
  end
  local group = level == vim.log.levels.ERROR and 'ErrorMsg' or level == vim.log.levels.WARN and 'WarningMsg' or nil
  -- The whole message for `:messages`, without a prompt, and then as much as fits on the screen.
  local before = vim.o.messagesopt
  vim.o.messagesopt = (before:gsub('hit%-enter', 'wait:0'))
  vim.notify(message, level)
  vim.cmd.redraw()
  vim.o.messagesopt = before
  local room = vim.v.echospace - #' (:messages)'
  vim.api.nvim_echo({ { vim.fn.strcharpart(line, 0, room - 1) .. '… (:messages)', group } }, false, {})
end

--- Show a message now, or as soon as possible.
---@param message string
---@param level? integer
function M.say(message, level)
  message = vim.startswith(message, 'El Barto') and message or 'El Barto: ' .. message
  vim.schedule(function()
    show(message, level or vim.log.levels.INFO)
  end)
end

local LEVELS = { vim.log.levels.ERROR, vim.log.levels.WARN, vim.log.levels.INFO, vim.log.levels.DEBUG }

--- The handler of window/showMessage.
---@param params { type: integer, message: string }
function M.received(params)
  M.say(params.message, LEVELS[params.type])
end

return M
