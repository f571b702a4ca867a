"""Describes a checkpoint from its headers, and says whether and how it can be served here."""
