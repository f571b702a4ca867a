"""The biases of a request, of tokens and of texts, as the engine takes them."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import RequestError
from app.messages.params import BANNED
from app.text.tokenizer import Tokenizer

Biases = Sequence[tuple[int | str, float]]


def token_biases(biases: Biases, tokenizer: Tokenizer, vocab_size: int) -> tuple[tuple[int, float], ...]:
    """Each token once, with the sum of its biases; a text is all of its tokens. Raises RequestError."""
    total: dict[int, float] = {}
    for token, bias in biases:
        for token_id in tokenizer.encode_plain(token) if isinstance(token, str) else [token]:
            if not 0 <= token_id < vocab_size:
                raise RequestError(
                    f"logit_bias must be for token ids from 0 to {vocab_size - 1}, got {token_id}.", "logit_bias"
                )
            total[token_id] = max(BANNED, total.get(token_id, 0.0) + bias)
    return tuple(total.items())
