"""Candidates of an infill as files: how many syntax errors each has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.serving.infill.requests import InfillRequest
from app.text.syntax import MAX_CHARACTERS, MAX_S, Syntax

# For each text, the number of syntax errors in the file that it is part of; None: it was not parsed.
CountErrors = Callable[[Sequence[str]], Sequence[int | None]]

NOT_PARSED = (
    f"parses is null: a file of more than {MAX_CHARACTERS} characters is not parsed, and all candidates together have "
    f"{MAX_S:g} s."
)


def error_counter(request: InfillRequest, syntax: Syntax) -> CountErrors | None:
    """None unless the request has `syntax`. Raises RequestError for a language that is not installed."""
    check = request.syntax
    if check is None:
        return None
    syntax.check(check.language, "syntax")
    language, before, after = check.language, check.before, check.after
    return lambda texts: syntax.count_errors(language, [before + text + after for text in texts])
