"""A tokenizer whose tokens are bytes, for app.text.tokenizer.Tokenizer; needs no files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from jinja2.exceptions import TemplateError
from tokenizers import AddedToken

SPECIALS = {0: "<bos>", 1: "<pad>", 2: "<eos>", 5: "<mask>"}
EOS, MASK = 2, 5
FIRST_BYTE = 8
VOCAB_SIZE = FIRST_BYTE + 256

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<bos>' + message['role'] + '\n' + message['content'] + '<eos>' }}{% endfor %}"
    "{% if add_generation_prompt %}<bos>assistant\n{% endif %}"
)
TOOLS_TEMPLATE = "{% if tools %}{{ tools | length }} tools\n{% endif %}" + CHAT_TEMPLATE


def byte_ids(text: str | bytes) -> list[int]:
    """The token ids of a text without special tokens."""
    return [FIRST_BYTE + byte for byte in (text.encode() if isinstance(text, str) else text)]


class ByteTokenizer:
    """The part of a transformers tokenizer that app.text.tokenizer.Tokenizer uses. Tokens are bytes and SPECIALS.

    `extra` are additional tokens of several bytes, numbered from VOCAB_SIZE; they are decoded but never encoded.
    """

    def __init__(self, chat_template: str | None = CHAT_TEMPLATE, extra: Sequence[bytes] = ()) -> None:
        self.chat_template = chat_template
        self._extra = extra

    def get_added_vocab(self) -> dict[str, int]:
        return {token: token_id for token_id, token in SPECIALS.items()}

    def get_vocab(self) -> dict[str, int]:
        return {**self.get_added_vocab(), **{chr(byte): FIRST_BYTE + byte for byte in range(128)}}

    @property
    def added_tokens_decoder(self) -> dict[int, AddedToken]:
        return {token_id: AddedToken(token, special=True) for token_id, token in SPECIALS.items()}

    @property
    def special_tokens_map(self) -> dict[str, str]:
        return {"bos_token": SPECIALS[0], "pad_token": SPECIALS[1], "eos_token": SPECIALS[EOS]}

    @property
    def all_special_ids(self) -> list[int]:
        return list(SPECIALS)

    def encode(self, text: str, add_special_tokens: bool = False, split_special_tokens: bool = False) -> list[int]:
        if split_special_tokens:
            return byte_ids(text)
        ids = [0] if add_special_tokens else []
        while text:
            special = next((token_id for token_id, token in SPECIALS.items() if text.startswith(token)), None)
            ids += byte_ids(text[0]) if special is None else [special]
            text = text[1 if special is None else len(SPECIALS[special]) :]
        return ids

    def decode(self, token_ids: list[int], skip_special_tokens: bool, clean_up_tokenization_spaces: bool) -> str:
        return b"".join(self._bytes(token_id, skip_special_tokens) for token_id in token_ids).decode(errors="replace")

    def apply_chat_template(
        self, messages: list[dict[str, Any]], tokenize: bool, add_generation_prompt: bool, **extra: Any
    ) -> str:
        environment = Environment(keep_trailing_newline=True)
        environment.globals["raise_exception"] = _raise_exception
        return environment.from_string(str(self.chat_template)).render(
            messages=messages, add_generation_prompt=add_generation_prompt, **extra
        )

    def _bytes(self, token_id: int, skip_special_tokens: bool) -> bytes:
        if token_id >= VOCAB_SIZE:
            return self._extra[token_id - VOCAB_SIZE]
        if token_id >= FIRST_BYTE:
            return bytes([token_id - FIRST_BYTE])
        return b"" if skip_special_tokens else SPECIALS.get(token_id, "").encode()


class FimTokenizer(ByteTokenizer):
    """A ByteTokenizer with Seed-Coder's sentinels, whose prompts have the suffix first: see `fim_ids`."""

    PREFIX, SUFFIX, MIDDLE, END = 3, 4, 6, 7

    def get_added_vocab(self) -> dict[str, int]:
        sentinels = {"prefix": self.PREFIX, "suffix": self.SUFFIX, "middle": self.MIDDLE, "end": self.END}
        return {**super().get_added_vocab(), **{f"<[fim-{name}]>": number for name, number in sentinels.items()}}


def fim_ids(prefix: str, suffix: str) -> tuple[int, ...]:
    """The prompt that a model with the FimTokenizer gets for the text between `prefix` and `suffix`."""
    return (
        FimTokenizer.SUFFIX,
        *byte_ids(suffix),
        FimTokenizer.PREFIX,
        *byte_ids(prefix),
        FimTokenizer.MIDDLE,
    )


def _raise_exception(message: str) -> None:
    raise TemplateError(message)
