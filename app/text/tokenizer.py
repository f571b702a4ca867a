"""Text to token ids and back, with the checkpoint's own tokenizer and chat template (through transformers)."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2.exceptions import TemplateError

from app.errors import RequestError


class Tokenizer:
    """Wraps a transformers tokenizer. Thread-safe: it is only read."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        # transformers would warn of "indexing errors" for a prompt that the service refuses cleanly.
        tokenizer.model_max_length = sys.maxsize

    def encode(self, text: str, add_special_tokens: bool = False) -> list[int]:
        """Special tokens written out in `text` become their ids."""
        return list(self._tokenizer.encode(text, add_special_tokens=add_special_tokens))

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        """Bytes that are no UTF-8 become U+FFFD."""
        text = self._tokenizer.decode(
            list(token_ids), skip_special_tokens=skip_special_tokens, clean_up_tokenization_spaces=False
        )
        return str(text)

    def encode_chat(self, messages: Sequence[Mapping[str, Any]], extra: Mapping[str, Any]) -> list[int]:
        """Render the chat template, with `extra` as further template variables, and encode what it gives."""
        if not self._tokenizer.chat_template:
            raise RequestError(
                "This checkpoint has no chat template, so it cannot answer messages; send prompt_token_ids.", "messages"
            )
        # The template is the checkpoint's own code, and may trip over what a caller sends in many ways.
        refusals = (TemplateError, TypeError, ValueError, LookupError, AttributeError, RecursionError)
        try:
            text = self._tokenizer.apply_chat_template(
                [dict(message) for message in messages], tokenize=False, add_generation_prompt=True, **extra
            )
        except refusals as error:
            raise RequestError(f"The checkpoint's chat template refuses these messages: {error}", "messages") from error
        return self.encode(text)

    def template_uses(self, name: str) -> bool:
        """Whether the chat template mentions a variable."""
        return re.search(rf"\b{re.escape(name)}\b", str(self._tokenizer.chat_template or "")) is not None
