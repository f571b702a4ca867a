"""The language server: an HTTP client of El Barto Serve that any editor with LSP can use (docs/reference/lsp.md)."""

__version__ = "0.1.0"
