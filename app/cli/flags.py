"""The flags of the settings, in groups; a command has the groups that matter to it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.settings import REQUEST_OPTIONS, SETTINGS

MODEL = "settings: the model"
MACHINE = "settings: the machine"
DECODING = "settings: decoding, where a request says nothing else"
LIMITS = "settings: limits of the engine"
SERVER = "settings: the server"
ENGINE_GROUPS = (MODEL, MACHINE, DECODING, LIMITS)
ALL_GROUPS = (MODEL, SERVER, MACHINE, LIMITS, DECODING)

GROUPS: Mapping[str, tuple[str, ...]] = {
    MODEL: (
        "model_path",
        "model_revision",
        "family",
        "mask_token_id",
        "tokenizer",
        "generation_config",
    ),
    MACHINE: ("device", "dtype", "quantization", "cuda_graphs", "num_threads"),
    DECODING: tuple(REQUEST_OPTIONS),
    LIMITS: ("max_model_len", "max_sequences", "prefix_cache_bytes", "speculation", "infill_max_tokens"),
}
ALIASES: Mapping[str, tuple[str, ...]] = {"model_path": ("-m", "--model"), "port": ("-p",)}


def group_of(name: str) -> str:
    """What is in no group concerns the server alone."""
    return next((title for title, names in GROUPS.items() if name in names), SERVER)


def add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a YAML file of settings (or ELBARTO_CONFIG); flags override it"
    )


def add_settings(parser: argparse.ArgumentParser, groups: Iterable[str], is_hidden: bool = False) -> None:
    """One flag for each setting of these groups. The values stay text: app.settings checks them, wherever they are."""
    add_config(parser)
    for title in groups:
        group = parser.add_argument_group(title)
        for name in SETTINGS:
            if group_of(name) == title:
                _add(group, name, is_hidden)


def add_key_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--api-key-file",
        type=Path,
        metavar="FILE",
        help="read the key from a file; --api-key shows in the list of processes",
    )


def add_server(parser: argparse.ArgumentParser, otherwise: str) -> None:
    """How to reach a running server."""
    parser.add_argument("--url", metavar="URL", help=f"a running server, such as http://127.0.0.1:8000 ({otherwise})")
    parser.add_argument("--api-key", metavar="KEY", help="that server's key (or ELBARTO_API_KEY)")
    add_key_file(parser)


def _add(group: argparse._ArgumentGroup, name: str, is_hidden: bool) -> None:
    info = SETTINGS[name]
    help_text = argparse.SUPPRESS if is_hidden else f"{info.help} ({info.allowed})".replace("%", "%%")
    flags = (*ALIASES.get(name, ()), info.flag)
    if info.is_boolean:
        group.add_argument(*flags, dest=name, nargs="?", const="true", metavar="BOOL", help=help_text)
    else:
        group.add_argument(*flags, dest=name, metavar=_metavar(name), help=help_text)


def _metavar(name: str) -> str:
    """What the flag takes: "--max-queue N", "--shutdown-s S", "--log-format FORMAT"."""
    last = name.rpartition("_")[2]
    return "N" if "_per_" in name or last in ("queue", "sequences") else last.upper()
