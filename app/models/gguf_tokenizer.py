"""The tokenizer that a GGUF file describes, where the description is enough to rebuild it exactly.

A file has the vocabulary and the merges of a byte-level BPE tokenizer, and of everything else only a name,
`tokenizer.ggml.pre`. llama.cpp's converter chooses that name by a hash of what the original tokenizer made of a long
text, so a name stands for one tokenizer with its vocabulary. PRE_TOKENIZERS has those that are known for certain. For
any other, ELBARTO_TOKENIZER must name the original: a similar tokenizer would silently give other ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import CheckpointError

PREFIX = "tokenizer.ggml."
NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5  # of tokenizer.ggml.token_type


@dataclass(frozen=True)
class PreTokenizer:
    """What a name stands for. `pattern` None: GPT-2's own, which is built into the byte-level step."""

    pattern: str | None = None
    normalizer: str | None = None
    ignore_merges: bool = False  # whole words of the vocabulary are found without merges
    adds_start: bool = False  # by default; the file can say otherwise


_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PRE_TOKENIZERS: Mapping[str, PreTokenizer] = {
    "gpt-2": PreTokenizer(),
    "qwen2": PreTokenizer(_WORDS + r"\p{N}" + _REST, normalizer="NFC"),
    "llama-bpe": PreTokenizer(_WORDS + r"\p{N}{1,3}" + _REST, ignore_merges=True, adds_start=True),
}
# A file names one end token, where generation_config.json had a list. llama.cpp too adds those with such names.
END_TOKENS = ("<|im_end|>", "<|endoftext|>", "<|eot_id|>")
ROLES = {"bos": "bos", "eos": "eos", "padding": "pad", "mask": "mask", "unknown": "unk"}  # the file's, and ours


def can_rebuild(metadata: Mapping[str, Any]) -> bool:
    return metadata.get(f"{PREFIX}model") == "gpt2" and metadata.get(f"{PREFIX}pre") in PRE_TOKENIZERS


def rebuild_tokenizer(where: object, metadata: Mapping[str, Any]) -> Any:
    """A transformers tokenizer with the file's chat template. Raises CheckpointError."""
    if not can_rebuild(metadata):
        model, pre = metadata.get(f"{PREFIX}model"), metadata.get(f"{PREFIX}pre")
        raise CheckpointError(
            f"{where} does not describe its tokenizer (model {model!r}, pre-tokenizer {pre!r}) well enough to rebuild "
            "it exactly; set ELBARTO_TOKENIZER to the original one: a folder or a Hugging Face id, usually that of the "
            "model that was converted."
        )
    import tokenizers
    from transformers import PreTrainedTokenizerFast

    tokens = file_tokens(where, metadata)
    state = _state(where, tokens, metadata)
    try:
        backend = tokenizers.Tokenizer.from_str(json.dumps(state))
    except Exception as error:  # The library raises plain Exceptions, each for bad contents.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"{where}: its tokenizer cannot be built: {reason}") from error
    for token_id, token in tokens.items():
        if backend.token_to_id(token) != token_id:
            raise CheckpointError(
                f"{where}: its tokenizer cannot be rebuilt: token {token!r} would not get id {token_id}."
            )
    ids = special_ids(where, metadata)
    special = {f"{ours}_token": tokens[ids[role]] for role, ours in ROLES.items() if ids[role] in tokens}
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        chat_template=chat_template(metadata),
        clean_up_tokenization_spaces=False,
        **special,
    )


def special_ids(where: object, metadata: Mapping[str, Any]) -> dict[str, int]:
    """The ids of the tokens with a role, -1 for a role that no token has. Raises CheckpointError."""
    ids = {role: metadata.get(f"{PREFIX}{role}_token_id", -1) for role in (*ROLES, "eot")}
    for role, token_id in ids.items():
        if isinstance(token_id, bool) or not isinstance(token_id, int):
            raise CheckpointError(f"{where}: {PREFIX}{role}_token_id must be an integer, got {token_id!r}.")
    return ids


def end_ids(where: object, metadata: Mapping[str, Any]) -> list[int]:
    """The ids of all tokens that end a reply; the named one is the first."""
    ids, types = special_ids(where, metadata), _types(metadata)
    tokens = file_tokens(where, metadata) if f"{PREFIX}tokens" in metadata else {}
    known = [token_id for token_id, token in tokens.items() if token in END_TOKENS and types[token_id] == CONTROL]
    return list(dict.fromkeys(token_id for token_id in (ids["eos"], ids["eot"], *known) if token_id >= 0))


def chat_template(metadata: Mapping[str, Any]) -> str | None:
    template = metadata.get("tokenizer.chat_template")
    return template if isinstance(template, str) and template else None


def check_same_tokens(where: object, metadata: Mapping[str, Any], name: str, tokenizer: Any) -> None:
    """Raises CheckpointError if the tokenizer called `name` has other tokens than the file."""
    for token_id, token in file_tokens(where, metadata).items():
        if _types(metadata)[token_id] == NORMAL and tokenizer.convert_ids_to_tokens(token_id) != token:
            found = tokenizer.convert_ids_to_tokens(token_id)
            raise CheckpointError(
                f"ELBARTO_TOKENIZER is {name!r}, whose token {token_id} is {found!r}; in {where} it is {token!r}, so "
                "that is not this model's tokenizer."
            )


def file_tokens(where: object, metadata: Mapping[str, Any]) -> dict[int, str]:
    """The vocabulary by id, without the names that a converter gives to ids without a token. Raises CheckpointError."""
    tokens, types = metadata.get(f"{PREFIX}tokens"), _types(metadata)
    if not isinstance(tokens, list) or not tokens or not all(isinstance(token, str) for token in tokens):
        raise CheckpointError(f"{where} has no list of tokens ({PREFIX}tokens).")
    if len(types) != len(tokens):
        raise CheckpointError(f"{where} has {len(tokens)} tokens and {len(types)} token types.")
    used = {token_id: token for token_id, token in enumerate(tokens) if types[token_id] != UNUSED}
    if len(set(used.values())) < len(used):
        raise CheckpointError(f"{where} has the same token twice ({PREFIX}tokens).")
    return used


def _types(metadata: Mapping[str, Any]) -> list[Any]:
    types = metadata.get(f"{PREFIX}token_type")
    return types if isinstance(types, list) else []


def _state(where: object, tokens: Mapping[int, str], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The contents of a tokenizer.json."""
    pre = PRE_TOKENIZERS[metadata[f"{PREFIX}pre"]]
    types = _types(metadata)
    added = [token_id for token_id in tokens if types[token_id] in (CONTROL, USER_DEFINED)]
    last_normal = max((token_id for token_id in tokens if types[token_id] not in (CONTROL, USER_DEFINED)), default=-1)
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": not pre.pattern}
    split = {"type": "Split", "pattern": {"Regex": pre.pattern}, "behavior": "Isolated", "invert": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_added_token(token_id, tokens[token_id], types[token_id]) for token_id in added],
        "normalizer": {"type": pre.normalizer} if pre.normalizer else None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, byte_level]} if pre.pattern else byte_level,
        "post_processor": _post_processor(tokens, special_ids(where, metadata), metadata, pre),
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": pre.ignore_merges,
            # Added tokens get the ids behind the vocabulary; one with a lower id is a part of it.
            "vocab": {token: token_id for token_id, token in tokens.items() if token_id <= last_normal},
            "merges": _merges(where, metadata),
        },
    }


def _added_token(token_id: int, content: str, kind: int) -> dict[str, Any]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return {"id": token_id, "content": content, "special": kind == CONTROL, **flags}


def _post_processor(
    tokens: Mapping[int, str], ids: Mapping[str, int], metadata: Mapping[str, Any], pre: PreTokenizer
) -> dict[str, Any] | None:
    """Puts the start token before a text (and the end token behind it) where special tokens are asked for."""
    start, end = ids["bos"], ids["eos"]
    adds_start = metadata.get(f"{PREFIX}add_bos_token", pre.adds_start) and start in tokens
    adds_end = metadata.get(f"{PREFIX}add_eos_token", False) and end in tokens
    if not adds_start and not adds_end:
        return None
    parts: list[dict[str, Any]] = [{"Sequence": {"id": "A", "type_id": 0}}]
    names: dict[str, Any] = {}
    for token_id, place in [(start, 0)] * bool(adds_start) + [(end, len(parts) + 1)] * bool(adds_end):
        parts.insert(place, {"SpecialToken": {"id": tokens[token_id], "type_id": 0}})
        names[tokens[token_id]] = {"id": tokens[token_id], "ids": [token_id], "tokens": [tokens[token_id]]}
    pair = [*parts, {"Sequence": {"id": "B", "type_id": 1}}]
    return {"type": "TemplateProcessing", "single": parts, "pair": pair, "special_tokens": names}


def _merges(where: object, metadata: Mapping[str, Any]) -> list[list[str]]:
    merges = metadata.get(f"{PREFIX}merges")
    if not isinstance(merges, list) or not all(isinstance(merge, str) and merge.count(" ") == 1 for merge in merges):
        raise CheckpointError(f"{where} has no list of merges ({PREFIX}merges), each of two tokens.")
    return [merge.split(" ") for merge in merges]
