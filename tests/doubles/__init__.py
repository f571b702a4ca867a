"""Test doubles that replace models, tokenizers and engines."""
