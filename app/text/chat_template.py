"""Tries a chat template, which is code from the checkpoint, before the server depends on it.

The sandbox of jinja keeps a template from the machine, but it does not end a loop. So a template is first rendered in a
process of its own, with limits of time and memory (app/text/template_trial.py).
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from app.errors import CheckpointError

TRIAL = Path(__file__).with_name("template_trial.py")
SECONDS = 10  # a real one takes milliseconds, most of the trial is Python's start
MEMORY_BYTES = 2**30
MAX_TEXT = 2**20  # characters, for conversations of a few words

logger = logging.getLogger(__name__)


def check_chat_template(template: Any) -> None:
    """Raises CheckpointError for a template, or one of several by name, that does not end or needs too much memory.

    One that refuses the trial's messages passes: it may want others.
    """
    for text in template.values() if isinstance(template, dict) else [template]:
        if isinstance(text, str) and (problem := _try(text)):
            raise CheckpointError(f"The checkpoint's chat template {problem}.")


@cache
def _try(template: str) -> str | None:
    """What is wrong with it."""
    limits = {"seconds": SECONDS, "memory_bytes": MEMORY_BYTES, "max_text": MAX_TEXT}
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(TRIAL)],
            input=json.dumps({"template": template, **limits}),
            capture_output=True,
            text=True,
            timeout=2 * SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"does not end within {SECONDS} seconds"
    except OSError as error:
        logger.warning("the chat template is used untried: no process could be started for it (%s)", error)
        return None
    if done.returncode == 0:
        problem: str | None = json.loads(done.stdout)["problem"]
        return problem
    if done.returncode < 0:  # ended by a signal: the limit of processor time
        return f"does not end within {SECONDS} seconds"
    return f"cannot be tried: {(done.stderr.strip() or 'no reason given').splitlines()[-1]}"
