"""Ollama's API, translated into chats, completions and infills."""
