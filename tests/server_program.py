"""`python -m app ...` and `python -m gunicorn ...` for tests/starter.py: what is slow to import is imported already."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import transformers
from gunicorn.app import wsgiapp

from app import cli

for name in ("AutoTokenizer", "PreTrainedTokenizerFast"):
    getattr(transformers, name)  # transformers imports what a name needs when it is first used


def main(arguments: Sequence[str]) -> int:
    """`arguments` are those of Python: -m, the module and the module's own."""
    _, module, *rest = arguments
    sys.argv = [module, *rest]
    if module == "gunicorn":
        wsgiapp.run()
        return 0
    return cli.main(rest)
