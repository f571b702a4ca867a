--- The language server as an LSP client of Neovim: finds, starts, restarts and calls it.

local messages = require('elbarto.messages')

local M = {}

M.NAME = 'elbarto'
local ROOT_MARKERS = { '.git', 'pyproject.toml', 'setup.py', 'package.json', 'go.mod', 'Cargo.toml' }
local RESTART_WINDOW_S = 120
-- Errors that need no message: request cancelled by us, cancelled by the server, text changed.
local QUIET = { [-32800] = true, [-32802] = true, [-32801] = true }

local options = require('elbarto.options').defaults
local is_set_up = false
local restarts = {} ---@type number[] times of automatic restarts
local last_problem ---@type string? the problem that was last shown to the user

--- The repository that contains this plugin, or nil.
---@return string?
function M.repository()
  local file = debug.getinfo(1, 'S').source:sub(2)
  local folder = vim.fs.normalize(vim.uv.fs_realpath(file) or file)
  for _ = 1, 5 do -- editors/nvim/lua/elbarto/server.lua
    folder = vim.fs.dirname(folder)
  end
  return vim.uv.fs_stat(folder .. '/lsp/__main__.py') and folder or nil
end

--- The command that starts the language server, and its folder: the configured one, or `python -m lsp` in the repository.
---@return string[]? cmd
---@return string? folder
function M.command()
  if options.cmd then
    return options.cmd
  end
  local repository = M.repository()
  if not repository then
    return nil
  end
  for _, python in ipairs({ '/.venv/bin/python', '/.venv/Scripts/python.exe' }) do
    if vim.fn.executable(repository .. python) == 1 then
      return { repository .. python, '-m', 'lsp' }, repository
    end
  end
  for _, python in ipairs({ 'python3', 'python' }) do
    if vim.fn.executable(python) == 1 then
      return { python, '-m', 'lsp' }, repository
    end
  end
  return nil
end

--- Why the language server cannot be started, or nil.
---@return string?
function M.problem()
  local cmd = M.command()
  if not cmd then
    return 'there is no language server: set the option cmd, or use the plugin from within its repository'
  elseif vim.fn.executable(cmd[1]) ~= 1 then
    return ('%s cannot be run: set the option cmd'):format(cmd[1])
  end
end

---@return string[]
local function features()
  local found = { 'status' }
  if options.draft then
    table.insert(found, 'draft')
  end
  if options.unsure then
    table.insert(found, 'confidence')
  end
  -- Neovim's built-in inline completion indents the lines of a snippet twice.
  if is_set_up and options.ghost.enabled then
    table.insert(found, 'inlineSnippets')
  end
  return found
end

--- The client configuration, for |vim.lsp.start()| and |vim.lsp.enable()|.
---@return vim.lsp.Config
function M.config()
  local cmd, folder = M.command()
  local settings = next(options.settings) and options.settings or vim.empty_dict()
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.textDocument.inlineCompletion = { dynamicRegistration = false }
  return {
    name = M.NAME,
    cmd = cmd or { 'elbarto-language-server-not-found' },
    cmd_cwd = folder,
    cmd_env = options.cmd_env,
    capabilities = capabilities,
    root_markers = ROOT_MARKERS,
    workspace_required = false,
    reuse_client = function(client)
      return client.name == M.NAME and not client:is_stopped()
    end,
    init_options = { settings = settings, clientFeatures = features() },
    settings = { elbarto = settings },
    handlers = {
      ['window/showMessage'] = function(_, params)
        messages.received(params)
      end,
      ['elbarto/status'] = function(_, params)
        require('elbarto.status').received(params)
      end,
      ['elbarto/draft'] = function(_, params, context)
        require('elbarto.draft').received(params, context)
      end,
      ['elbarto/confidence'] = function(_, params, context)
        require('elbarto.confidence').received(params, context)
      end,
    },
    on_init = function(client)
      require('elbarto.status').received({ state = 'starting', message = '' })
      -- If the plugin draws suggestions, keep Neovim from drawing them as well.
      if is_set_up and options.ghost.enabled and vim.lsp.inline_completion then
        vim.lsp.inline_completion.enable(false, { client_id = client.id })
      end
    end,
    on_attach = function(client, bufnr)
      if is_set_up and options.ghost.enabled then
        require('elbarto.ghost').attach(client, bufnr)
      end
    end,
    on_exit = function(code, signal, client_id)
      vim.schedule(function()
        M.exited(code, signal, client_id)
      end)
    end,
  }
end

--- Whether the language server serves this buffer.
---@param bufnr integer
---@return boolean
function M.is_wanted(bufnr)
  if not vim.api.nvim_buf_is_loaded(bufnr) or vim.bo[bufnr].buftype ~= '' then
    return false
  end
  local name, filetype = vim.api.nvim_buf_get_name(bufnr), vim.bo[bufnr].filetype
  if name == '' or name:match('^%a[%w+.-]+://') or vim.b[bufnr].elbarto_disabled then
    return false
  end
  if options.filetypes and not vim.list_contains(options.filetypes, filetype) then
    return false
  end
  local last = vim.api.nvim_buf_line_count(bufnr)
  return not vim.list_contains(options.exclude_filetypes, filetype)
    and vim.api.nvim_buf_get_offset(bufnr, last) <= options.max_file_bytes
end

--- Start the language server for a buffer, or attach the running one.
---@param bufnr integer
function M.attach(bufnr)
  if not M.is_wanted(bufnr) or M.is_stopped then
    return
  end
  local problem = M.problem()
  if problem then
    if problem ~= last_problem then
      last_problem = problem
      messages.say(problem .. '; see :checkhealth elbarto', vim.log.levels.ERROR)
    end
    return
  end
  local config = M.config()
  config.root_dir = vim.fs.root(bufnr, ROOT_MARKERS) or vim.fs.dirname(vim.api.nvim_buf_get_name(bufnr))
  vim.lsp.start(config, { bufnr = bufnr, reuse_client = config.reuse_client })
end

--- Start it for all buffers that it serves.
function M.start()
  M.is_stopped = false
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    M.attach(bufnr)
  end
end

--- Stop it; opening buffers does not start it again until `start()`.
function M.stop()
  M.is_stopped = true
  for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME })) do
    client:stop()
  end
end

function M.restart()
  restarts = {}
  M.stop()
  local function is_gone()
    return #vim.lsp.get_clients({ name = M.NAME, _uninitialized = true }) == 0
  end
  if not vim.wait(2000, is_gone, 20) then
    for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME })) do
      client:stop(true)
    end
    vim.wait(1000, is_gone, 20)
  end
  M.start()
end

--- Clean up after a language server that has exited, and restart it if the exit was unexpected.
---@param code integer
---@param signal integer
---@param client_id integer
function M.exited(code, signal, client_id)
  require('elbarto.status').received({ state = 'stopped', message = '' })
  for _, part in ipairs({ 'ghost', 'draft', 'confidence' }) do
    require('elbarto.' .. part).ended(client_id)
  end
  if M.is_stopped or not is_set_up or vim.v.exiting ~= vim.NIL or (code == 0 and signal == 0) then
    return
  end
  local now = vim.uv.hrtime() / 1e9
  restarts = vim.tbl_filter(function(at)
    return now - at < RESTART_WINDOW_S
  end, restarts)
  if #restarts >= options.restarts then
    M.is_stopped = true
    local message = 'the language server ended (exit code %d, signal %d) and is not restarted; '
    messages.say((message .. 'see :checkhealth elbarto, or try :ElBarto restart'):format(code, signal), vim.log.levels.ERROR)
    return
  end
  table.insert(restarts, now)
  vim.defer_fn(M.start, 250 * 2 ^ (#restarts - 1))
end

--- The client of a buffer.
---@param bufnr? integer
---@return vim.lsp.Client?
function M.client(bufnr)
  return vim.lsp.get_clients({ name = M.NAME, bufnr = bufnr })[1]
end

--- Send a request after pending changes. `on_answer` is not called for errors; relevant ones are shown.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param bufnr integer
---@param on_answer? fun(result: any)
---@param on_end? fun()
---@return integer? id
function M.request(client, method, params, bufnr, on_answer, on_end)
  local is_sent, id = client:request(method, params, function(err, result)
    if on_end then
      on_end()
    end
    if err then
      if not QUIET[err.code] then
        messages.say(err.message or vim.inspect(err), vim.log.levels.ERROR)
      end
    elseif on_answer then
      on_answer(result)
    end
  end, bufnr)
  return is_sent and id or nil
end

--- Run a command from docs/reference/lsp.md, given without its prefix.
---@param client vim.lsp.Client
---@param name string
---@param argument table
---@param bufnr integer
---@param on_answer? fun(result: any)
---@param on_end? fun()
---@return integer? id
function M.execute(client, name, argument, bufnr, on_answer, on_end)
  local params = { command = 'elbarto.ls.' .. name, arguments = { argument } }
  return M.request(client, 'workspace/executeCommand', params, bufnr, on_answer, on_end)
end

--- Change the settings of the running language server.
---@param settings table<string, any>
function M.configure(settings)
  options.settings = vim.tbl_extend('force', options.settings, settings)
  for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME })) do
    client.settings = { elbarto = options.settings }
    client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  end
end

--- Apply the options, and attach to buffers as they are opened.
---@param given elbarto.Options
function M.setup(given)
  options, is_set_up = given, true
  local group = vim.api.nvim_create_augroup('elbarto.server', {})
  vim.api.nvim_create_autocmd({ 'FileType', 'BufReadPost', 'BufNewFile', 'BufFilePost' }, {
    group = group,
    callback = function(event)
      vim.schedule(function()
        if vim.api.nvim_buf_is_valid(event.buf) then
          M.attach(event.buf)
        end
      end)
    end,
  })
  if vim.v.vim_did_enter == 1 then
    M.start()
  else
    vim.api.nvim_create_autocmd('VimEnter', { group = group, once = true, callback = M.start })
  end
end

return M
