"""The files from which transformers makes a tokenizer, checked before it reads them. Needs no torch."""

from __future__ import annotations

from pathlib import Path

from app.errors import CheckpointError
from app.models.files import MAX_JSON_BYTES, MAX_TOKENIZER_BYTES, check_file

# Any one of these has the vocabulary.
VOCABULARIES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt")
# The others are small in every real checkpoint.
SETTINGS = (
    *("config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "merges.txt"),
    *("chat_template.jinja", "chat_template.json"),
)
TEMPLATES = "additional_chat_templates"
MAX_TEMPLATE_BYTES = 2**20


def check_tokenizer_files(directory: Path) -> None:
    """Raises CheckpointError for a missing vocabulary, and for files that are too large or not the checkpoint's own."""
    if not any((directory / name).exists() for name in VOCABULARIES):
        raise CheckpointError(f"The tokenizer in {directory} cannot be loaded: tokenizer.json is missing.")
    for name in VOCABULARIES:
        _check(directory / name, MAX_TOKENIZER_BYTES)
    for name in SETTINGS:
        _check(directory / name, MAX_TEMPLATE_BYTES if "template" in name else MAX_JSON_BYTES)
    for path in sorted((directory / TEMPLATES).glob("*.jinja")):
        _check(path, MAX_TEMPLATE_BYTES)


def _check(path: Path, max_bytes: int) -> None:
    try:
        check_file(path, max_bytes)
    except FileNotFoundError:
        if path.is_symlink():
            raise CheckpointError(f"{path} is a link to a file that is missing.") from None
