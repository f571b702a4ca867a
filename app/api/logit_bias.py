"""The field `logit_bias`, in OpenAI's and in llama.cpp's form."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields

from app.api.refusals import refusal
from app.messages.params import BANNED
from app.messages.rules import NumberRange
from app.serving.logit_bias import Biases

STRENGTHS = NumberRange(low=-100, high=100)
ANY_STRENGTH = NumberRange(low=BANNED, high=-BANNED)
OPENAI = "an object of token ids (as strings) with numbers from -100 to 100"
LLAMA_CPP = "a list of [token id or text, number or false], or an object of these"
TOKEN_ID = re.compile(r"\d{1,18}", re.ASCII)


class LogitBias(fields.Field[Biases]):
    """OpenAI's: {"50256": -100}."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Biases:
        if not isinstance(value, dict):
            raise refusal(OPENAI, value)
        wrong = next((key for key in value if not TOKEN_ID.fullmatch(key) or not STRENGTHS.accepts(value[key])), None)
        if wrong is not None:
            raise refusal(OPENAI, {wrong: value[wrong]})
        return [(int(key), float(bias)) for key, bias in value.items()]


class LlamaCppLogitBias(fields.Field[Biases]):
    """llama.cpp's: [[15043, 1.0], ["Hello", -0.5], [2, false]]; false bans a token. Objects have the same as pairs."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Biases:
        if isinstance(value, dict):
            value = [[int(key) if TOKEN_ID.fullmatch(key) else key, bias] for key, bias in value.items()]
        if not isinstance(value, list):
            raise refusal(LLAMA_CPP, value)
        return [self._pair(index, item) for index, item in enumerate(value)]

    @staticmethod
    def _pair(index: int, item: Any) -> tuple[int | str, float]:
        token, bias = item if isinstance(item, list) and len(item) == 2 else (None, None)
        strength: Any = BANNED if bias is False else bias
        if not isinstance(token, int | str) or isinstance(token, bool) or not ANY_STRENGTH.accepts(strength):
            raise ValidationError({index: refusal("[token id or text, number or false]", item).messages})
        return token, float(strength)
