"""Test doubles: what replaces models, tokenizers and engines in tests that need none."""
