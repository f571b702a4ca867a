"""What clients ask for in a form: a model for a schema or a tool. Scripts that run in .venv-clients import it, too."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

QUESTION = "What is the weather in Paris?"
LIMIT = 120  # tokens


class Weather(BaseModel):
    """The weather in a city."""

    # Without it the embedded model adds members until the reply is full.
    model_config = ConfigDict(extra="forbid")
    city: str = Field(max_length=12)
    unit: Literal["celsius", "fahrenheit"]
    days: int = Field(ge=1, le=7)


def is_weather(value: Any) -> bool:
    return isinstance(value, Weather)
