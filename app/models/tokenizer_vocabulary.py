"""A tokenizer's vocabulary, read from its files in milliseconds: making the tokenizer takes a second of imports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.models.files import read_json
from app.models.tokenizer_files import check_tokenizer_files


class Vocabulary:
    """The part of a transformers tokenizer that says what a checkpoint is.

    It may know less than the tokenizer: files have other places for special tokens than those that are read here.
    Raises CheckpointError.
    """

    def __init__(self, directory: Path) -> None:
        check_tokenizer_files(directory)
        content = read_json(directory / "tokenizer.json", optional=True)
        self._ids = _ids(content)
        named = read_json(directory / "special_tokens_map.json", optional=True)
        named |= read_json(directory / "tokenizer_config.json", optional=True)
        self.mask_token_id = self._id_of(named.get("mask_token"))
        self.eos_token_id = self._id_of(named.get("eos_token"))

    def get_vocab(self) -> Mapping[str, int]:
        return self._ids

    def _id_of(self, token: Any) -> int | None:
        name = token.get("content") if isinstance(token, dict) else token
        return self._ids.get(name) if isinstance(name, str) else None


def _ids(content: Mapping[str, Any]) -> dict[str, int]:
    """The ids of tokenizer.json; none in layouts that are not known."""
    model, added = content.get("model"), content.get("added_tokens")
    vocabulary = model.get("vocab") if isinstance(model, dict) else None
    ids = (
        {token: number for token, number in vocabulary.items() if _is_id(number)}
        if isinstance(vocabulary, dict)
        else {}
    )
    for token in added if isinstance(added, list) else ():
        if isinstance(token, dict) and isinstance(token.get("content"), str) and _is_id(token.get("id")):
            ids[token["content"]] = token["id"]
    return ids


def _is_id(value: Any) -> bool:
    return type(value) is int
