--- For `vim.lsp.enable('elbarto')` without the rest of the plugin; see |elbarto-builtin|.
return require('elbarto.server').config()
