"""The message for a value that a field does not accept."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import ValidationError


def refusal(allowed: str, value: Any) -> ValidationError:
    """ "must be ALLOWED, got VALUE", with a long value shortened."""
    shown = json.dumps(value, default=str)
    return ValidationError(f"must be {allowed}, got {shown if len(shown) <= 60 else shown[:57] + '...'}")
