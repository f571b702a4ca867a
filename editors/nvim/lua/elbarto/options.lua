--- The options of `setup()`: defaults and validation. Help: |elbarto-options|.

local M = {}

---@class elbarto.Options
M.defaults = {
  cmd = nil, ---@type string[]? how the language server is started; nil: found (see server.lua)
  cmd_env = nil, ---@type table<string, string>? more environment for it
  settings = {}, ---@type table<string, any> options of the language server
  filetypes = nil, ---@type string[]? nil: all
  exclude_filetypes = { 'netrw', 'qf', 'help', 'man', 'checkhealth' },
  max_file_bytes = 1048576,
  restarts = 3,
  ghost = { enabled = true, automatic = true, count = true },
  draft = true,
  unsure = false,
  keymaps = {}, ---@type table<string, string|false>
  statusline = { name = 'El Barto', figures = true },
}

--- The keys of `keymaps`: modes, and the description of the map.
M.actions = {
  accept = { 'i', 'Accept the suggestion' },
  accept_word = { 'i', 'Accept a word of the suggestion' },
  accept_line = { 'i', 'Accept a line of the suggestion' },
  next = { 'i', 'Next suggestion' },
  previous = { 'i', 'Previous suggestion' },
  suggest = { 'i', 'Suggest now' },
  regenerate = { 'i', 'Other suggestions' },
  dismiss = { 'i', 'Dismiss the suggestion' },
  fill = { 'n', 'Fill the hole here' },
  fill_all = { { 'n', 'x' }, 'Fill all holes' },
  rewrite = { { 'n', 'x' }, 'Rewrite the line or selection' },
  redenoise = { { 'n', 'x' }, 'Re-denoise unsure tokens' },
  generate = { { 'n', 'x' }, 'Generate from the comment' },
  cancel = { 'n', 'Cancel what is running' },
  toggle = { 'n', 'Switch automatic suggestions' },
}

---@alias elbarto.Check fun(value: any): boolean

---@param type_name string
local function is(type_name)
  return function(value)
    return type(value) == type_name
  end
end

---@param least integer
---@return elbarto.Check
local function at_least(least)
  return function(value)
    return type(value) == 'number' and value % 1 == 0 and value >= least
  end
end

---@param item elbarto.Check
---@param least integer
---@return elbarto.Check
local function list(item, least)
  return function(value)
    return vim.islist(value) and #value >= least and vim.iter(value):all(item)
  end
end

---@param item elbarto.Check
---@return elbarto.Check
local function map(item)
  return function(value)
    return type(value) == 'table'
      and vim.iter(value):all(function(key, one)
        return type(key) == 'string' and item(one)
      end)
  end
end

local text, boolean = is('string'), is('boolean')

--- A check and a description of what it allows; a table without integer keys is a group of options.
M.allowed = {
  cmd = { list(text, 1), 'a list of strings, the program first' },
  cmd_env = { map(text), 'a table from names to strings' },
  settings = {
    function(value)
      return type(value) == 'table' and (next(value) == nil or not vim.islist(value))
    end,
    'a table of options of the language server, such as { serverUrl = "http://127.0.0.1:8000" }',
  },
  filetypes = { list(text, 0), 'a list of file types' },
  exclude_filetypes = { list(text, 0), 'a list of file types' },
  max_file_bytes = { at_least(1), 'an integer from 1' },
  restarts = { at_least(0), 'an integer from 0' },
  ghost = {
    enabled = { boolean, 'true or false' },
    automatic = { boolean, 'true or false' },
    count = { boolean, 'true or false' },
  },
  draft = { boolean, 'true or false' },
  unsure = { boolean, 'true or false' },
  statusline = {
    name = { text, 'a string' },
    figures = { boolean, 'true or false' },
  },
  keymaps = {},
}
for action in pairs(M.actions) do
  M.allowed.keymaps[action] = {
    function(value)
      return value == false or (type(value) == 'string' and value ~= '')
    end,
    'a key such as "<Tab>", or false',
  }
end

---@param value any
local function shown(value)
  return (vim.inspect(value):gsub('%s+', ' '))
end

--- The names of a table, sorted, for messages.
---@param names table<string, any>
local function names_of(names)
  local found = vim.tbl_keys(names)
  table.sort(found)
  return table.concat(found, ', ')
end

--- Copy the valid options of `given` into `result`, and report the others in `problems`.
---@param given table
---@param rules table
---@param result table
---@param path string
---@param problems string[]
local function take(given, rules, result, path, problems)
  local keys = vim.tbl_keys(given)
  table.sort(keys, function(a, b)
    return tostring(a) < tostring(b)
  end)
  for _, key in ipairs(keys) do
    local value, rule, name = given[key], rules[key], path .. tostring(key)
    if rule == nil then
      local group = path == '' and 'the options' or path:sub(1, -2)
      table.insert(problems, ('%s is unknown (%s: %s)'):format(name, group, names_of(rules)))
    elseif rule[1] == nil then
      if type(value) == 'table' then
        take(value, rule, result[key], name .. '.', problems)
      else
        table.insert(problems, ('%s must be a table, got %s'):format(name, shown(value)))
      end
    elseif rule[1](value) then
      result[key] = vim.deepcopy(value)
    else
      table.insert(problems, ('%s must be %s, got %s'):format(name, rule[2], shown(value)))
    end
  end
end

--- The options including defaults, and the problems of invalid ones, which get their default.
---@param given any
---@return elbarto.Options
---@return string[] problems
function M.parse(given)
  local result = vim.deepcopy(M.defaults)
  local problems = {} ---@type string[]
  if given == nil then
    return result, problems
  elseif type(given) ~= 'table' then
    return result, { ('the options must be a table, got %s'):format(shown(given)) }
  end
  take(given, M.allowed, result, '', problems)
  return result, problems
end

return M
