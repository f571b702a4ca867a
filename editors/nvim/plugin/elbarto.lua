if vim.g.loaded_elbarto or vim.fn.has('nvim-0.11') == 0 then
  return
end
vim.g.loaded_elbarto = true

vim.api.nvim_create_user_command('ElBarto', function(given)
  require('elbarto.command').run(given)
end, {
  nargs = '*',
  range = true,
  desc = 'El Barto: suggestions, holes, rewriting',
  complete = function(...)
    return require('elbarto.command').complete(...)
  end,
})

require('elbarto.keys').define_plugs()
