"""`python -m app ...` and `python -m gunicorn ...` for tests/starter.py, with slow imports already done."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import transformers
from gunicorn.app import wsgiapp

from app import cli

for name in ("AutoTokenizer", "PreTrainedTokenizerFast"):
    getattr(transformers, name)  # transformers imports a name's module on first use


def main(arguments: Sequence[str]) -> int:
    """`arguments` are Python's: -m, the module, and the module's arguments."""
    _, module, *rest = arguments
    sys.argv = [module, *rest]
    if module == "gunicorn":
        wsgiapp.run()
        return 0
    return cli.main(rest)
