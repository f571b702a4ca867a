--- `:checkhealth elbarto`.

local M = {}

local function check_command()
  local health, server = vim.health, require('elbarto.server')
  local problem = server.problem()
  if problem then
    health.error(problem, 'setup({ cmd = { "/path/to/python", "-m", "lsp" } }), see :help elbarto-options')
    return
  end
  local cmd, folder = server.command()
  health.info('command: ' .. table.concat(cmd, ' ') .. (folder and ' (in ' .. folder .. ')' or ''))
  local asked = vim.list_extend(vim.deepcopy(cmd), { '--version' })
  local is_run, answer = pcall(function()
    return vim.system(asked, { cwd = folder, env = server.config().cmd_env, text = true, timeout = 15000 }):wait()
  end)
  if not is_run then
    health.error(tostring(answer))
  elseif answer.code == 0 then
    health.ok(vim.trim(answer.stdout))
  else
    health.error(('it exited with code %d'):format(answer.code), vim.trim(answer.stderr))
  end
end

local function check_client()
  local health, server = vim.health, require('elbarto.server')
  local client = server.client()
  if not client then
    health.warn('no buffer has started the language server; open a file, or call require("elbarto").setup()')
    return
  end
  health.ok(('client %d is running, attached to %d buffers'):format(client.id, vim.tbl_count(client.attached_buffers)))
  local status = require('elbarto').status()
  local report = status.state == 'error' and health.warn or health.info
  local server_words = (status.model or 'no model') .. ' at ' .. (status.server or 'no server')
  report(('state: %s, %s %s'):format(status.state, server_words, status.message or ''))
end

function M.check()
  vim.health.start('El Barto')
  if vim.fn.has('nvim-0.11') == 1 then
    vim.health.ok('Neovim ' .. tostring(vim.version()))
  else
    vim.health.error('Neovim 0.11 or newer is needed')
    return
  end
  check_command()
  check_client()
end

return M
