"""Requests about given code: explain it, fix it, rename it, annotate it, test it, write it in another way."""
