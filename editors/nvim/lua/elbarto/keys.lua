--- Key maps: `<Plug>(elbarto-...)` for each action, and those of the option `keymaps`. Without a suggestion, a key keeps
--- its earlier meaning.

local M = {}

local ghost, edits = require('elbarto.ghost'), require('elbarto.edits')

---@return { place?: elbarto.Place }
local function selected()
  local is_selecting = vim.fn.mode():match('^[vV\22]') ~= nil
  return is_selecting and { place = { is_selection = true } } or {}
end

--- The actions. They return false if there was nothing to do; the key then keeps its earlier meaning.
---@type table<string, fun(): boolean?>
M.actions = {
  accept = function()
    return ghost.accept('all')
  end,
  accept_word = function()
    return ghost.accept('word')
  end,
  accept_line = function()
    return ghost.accept('line')
  end,
  next = function()
    return ghost.cycle(1)
  end,
  previous = function()
    return ghost.cycle(-1)
  end,
  dismiss = function()
    return ghost.dismiss()
  end,
  suggest = ghost.suggest,
  regenerate = ghost.regenerate,
  fill = function()
    edits.fill()
  end,
  fill_all = function()
    edits.fill_all(selected())
  end,
  rewrite = function()
    edits.rewrite(selected())
  end,
  redenoise = function()
    edits.redenoise(selected())
  end,
  generate = function()
    edits.generate(selected())
  end,
  cancel = edits.cancel,
  toggle = function()
    ghost.toggle()
  end,
}

--- Run a key's earlier map, or its built-in action.
---@param key string
---@param before table<string, any> as of maparg()
local function fall_back(key, before)
  local function feed(keys, is_remapped)
    -- Insert ahead of typeahead that is already waiting.
    vim.api.nvim_feedkeys(keys, is_remapped and 'mi' or 'ni', false)
  end
  if before.callback and before.expr ~= 1 then
    before.callback()
  elseif before.callback then
    local result = before.callback()
    if type(result) == 'string' then
      feed(before.replace_keycodes == 1 and vim.keycode(result) or result, before.noremap == 0)
    end
  elseif before.rhs and before.expr == 1 then
    local result = vim.api.nvim_eval(before.rhs)
    feed(before.replace_keycodes == 1 and vim.keycode(result) or tostring(result), before.noremap == 0)
  elseif before.rhs then
    feed(vim.keycode(before.rhs), before.noremap == 0)
  else
    feed(vim.keycode(key), false)
  end
end

---@param mode string
---@param key string
---@param action string
---@param description string
local function map(mode, key, action, description)
  local before = vim.fn.maparg(key, mode, false, true)
  if before.desc == description then
    before = {} -- ours, from an earlier setup()
  end
  vim.keymap.set(mode, key, function()
    if M.actions[action]() == false then
      fall_back(key, before)
    end
  end, { desc = description })
end

--- `<Plug>(elbarto-accept-word)` and so on.
function M.define_plugs()
  for action, about in pairs(require('elbarto.options').actions) do
    local key = ('<Plug>(elbarto-%s)'):format((action:gsub('_', '-')))
    vim.keymap.set(about[1], key, function()
      require('elbarto').ensure()
      M.actions[action]()
    end, { desc = 'El Barto: ' .. about[2] })
  end
end

---@param keymaps table<string, string|false>
function M.setup(keymaps)
  for action, key in pairs(keymaps) do
    if key then
      local about = require('elbarto.options').actions[action]
      local modes = type(about[1]) == 'table' and about[1] or { about[1] }
      for _, mode in ipairs(modes) do
        map(mode, key, action, 'El Barto: ' .. about[2])
      end
    end
  end
end

return M
