"""Infilling: text around holes in, text in the holes out."""
