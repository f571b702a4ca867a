"""The server under test: replies are short, since what is looked for is in what a request says."""

from __future__ import annotations

import dataclasses

from app.messages.options import Overrides
from bench.soak.target import SETTINGS as SOAKED

REQUEST_TIMEOUT_S = 5.0
SETTINGS = dataclasses.replace(
    SOAKED,
    max_model_len=192,
    defaults=Overrides({"gen_length": 4, "steps": 1}),
    infill_max_tokens=2,
    request_timeout_s=REQUEST_TIMEOUT_S,
)
