"""Tool calls: how models are told of tools, write calls of them, and how these are found in their text."""
