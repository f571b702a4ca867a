"""Completions at the cursor: cached, debounced, requested and turned into candidates."""
