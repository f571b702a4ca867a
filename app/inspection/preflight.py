"""What the loader would refuse, found in a moment: from settings and small files, before anything slow is imported.

It only finds problems early. What passes here is checked again, and completely, when the model loads.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from app.engine.limits import engine_config
from app.errors import CheckpointError
from app.messages.params import ModelSource
from app.models.facts import read_facts
from app.models.families import Hints
from app.models.files import check_hub_id, find_here, naming
from app.models.generation_config import read_request_defaults
from app.models.gguf_source import GgufFile
from app.models.hub import download_card
from app.models.opening import open_source
from app.models.sources import CheckpointSource, HuggingFaceFolder
from app.models.tokenizer_vocabulary import Vocabulary
from app.models.torch_build import check_device


def check_before_loading(options: ModelSource) -> None:
    """Raises StartError. Of a hub id that is not on this machine, everything but the weights is downloaded."""
    check_device(options.device)
    try:
        _check_checkpoint(options)
    except CheckpointError as error:
        raise naming(options.path, error) from error


def check_path(options: ModelSource) -> None:
    """Whether it can be a checkpoint at all; nothing is downloaded. Raises CheckpointError."""
    source = open_source(options)
    if isinstance(source, GgufFile) or Path(options.path).is_dir():
        source.config()
    else:
        check_hub_id(options.path)


def _check_checkpoint(options: ModelSource) -> None:
    check_path(options)
    source = open_source(options)
    if isinstance(source, GgufFile):
        source.headers()
    elif Path(options.path).is_dir():
        _check_folder(options, Path(options.path))
        source.headers()
    else:
        here = find_here(options.path, options.revision)
        _check_folder(options, here or download_card(options.path, options.revision))


def _check_folder(options: ModelSource, folder: Path) -> None:
    hints = Hints(options.family, options.mask_token_id, options.block_length)
    try:
        facts = read_facts(_QuickFolder(options, folder), hints)
    except CheckpointError:
        # The vocabulary's files do not always say everything, so the tokenizer has the last word.
        facts = read_facts(_Folder(options, folder), hints)
    source: CheckpointSource = _Folder(options, folder)
    engine_config(options, facts.config, source.name)
    if options.generation_config == "auto":
        read_request_defaults(source.generation_config(), source.generation_config_path)


class _Folder(HuggingFaceFolder):
    """The checkpoint that the settings name, with its files in `folder`."""

    def __init__(self, options: ModelSource, folder: Path) -> None:
        super().__init__(options.path, options.revision, options.tokenizer)
        self._folder = folder

    @cached_property
    def _directory(self) -> Path:
        return self._folder


class _QuickFolder(_Folder):
    @cached_property
    def _tokenizer(self) -> Any:
        named = self._tokenizer_path
        return Vocabulary(Path(named) if named and Path(named).is_dir() else self._directory)
