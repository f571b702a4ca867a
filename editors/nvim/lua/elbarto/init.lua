--- El Barto in Neovim: suggestions while you type, hole filling and rewriting. Help: |elbarto|.

local M = {}

local is_set_up = false

--- Highlight groups, unless the colour scheme has them.
local function define_highlights()
  local function define(name, value)
    vim.api.nvim_set_hl(0, name, vim.tbl_extend('force', { default = true }, value))
  end
  define('ElBartoGhost', { link = vim.fn.hlexists('ComplHint') == 1 and 'ComplHint' or 'NonText' })
  define('ElBartoGhostCount', { link = vim.fn.hlexists('ComplHintMore') == 1 and 'ComplHintMore' or 'MoreMsg' })
  define('ElBartoDraft', { link = 'DiffAdd' })
  define('ElBartoHole', { link = 'Conceal' })
  define('ElBartoUnsure', { link = 'DiagnosticUnderlineHint' })
end

--- Start with these options; see |elbarto-options|. Invalid ones are reported and replaced by their default.
---@param given? table
function M.setup(given)
  local options, problems = require('elbarto.options').parse(given)
  local server, messages = require('elbarto.server'), require('elbarto.messages')
  is_set_up = true
  if vim.fn.has('nvim-0.11') == 0 then
    messages.say('Neovim 0.11 or newer is needed', vim.log.levels.ERROR)
    return
  end
  if #problems > 0 then
    messages.say('setup(): ' .. table.concat(problems, '; '), vim.log.levels.ERROR)
  end
  define_highlights()
  local group = vim.api.nvim_create_augroup('elbarto.highlights', {})
  vim.api.nvim_create_autocmd('ColorScheme', { group = group, callback = define_highlights })
  require('elbarto.ghost').setup(options.ghost)
  require('elbarto.status').setup(options.statusline)
  require('elbarto.keys').setup(options.keymaps)
  server.setup(options)
end

--- Call setup() with the defaults, unless it was called before.
function M.ensure()
  if not is_set_up then
    M.setup()
  end
end

--- For 'statusline': `%{%v:lua.require'elbarto'.statusline()%}`.
---@return string
function M.statusline()
  return require('elbarto.status').line()
end

--- The last state of the language server; see |elbarto-status|.
---@return table
function M.status()
  return require('elbarto.status').get()
end

--- Change options of the language server while it runs: `configure({ deadlineMs = 300 })`.
---@param settings table<string, any>
function M.configure(settings)
  require('elbarto.server').configure(settings)
end

---@param module string
---@param name string
local function forward(module, name)
  return function(...)
    return require('elbarto.' .. module)[name](...)
  end
end

M.accept = forward('ghost', 'accept')
M.is_visible = forward('ghost', 'is_visible')
M.dismiss = forward('ghost', 'dismiss')
M.suggest = forward('ghost', 'suggest')
M.regenerate = forward('ghost', 'regenerate')
M.cycle = forward('ghost', 'cycle')
M.toggle = forward('ghost', 'toggle')
M.fill = forward('edits', 'fill')
M.fill_all = forward('edits', 'fill_all')
M.rewrite = forward('edits', 'rewrite')
M.redenoise = forward('edits', 'redenoise')
M.generate = forward('edits', 'generate')
M.holes = forward('edits', 'holes')
M.cancel = forward('edits', 'cancel')

return M
