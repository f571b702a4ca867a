"""`python -m app ...` and `python -m gunicorn ...` for tests/starter.py: what is slow to import is imported already."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from gunicorn.app import wsgiapp
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from app import cli

IMPORTED = (AutoTokenizer, PreTrainedTokenizerFast)  # naming them imports what they need


def main(arguments: Sequence[str]) -> int:
    """`arguments` are those of Python: -m, the module and the module's own."""
    _, module, *rest = arguments
    sys.argv = [module, *rest]
    if module == "gunicorn":
        wsgiapp.run()
        return 0
    os.execvpe = _exec  # type: ignore[assignment]
    return cli.main(rest)


def _exec(file: str, arguments: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """`python -m app serve` becomes gunicorn; a real exec would import everything again."""
    os.environ.clear()
    os.environ.update(environ)
    sys.exit(main(arguments[1:]))
