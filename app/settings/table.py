"""`Settings` declares each setting once: its default, its check, its allowed values as text, and its help."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from marshmallow import fields, validate

from app.messages.defaults import DEFAULT_OPTIONS, Defaults
from app.messages.options import Option, Overrides
from app.messages.params import SPECULATION
from app.settings.checks import (
    BooleanSetting,
    Host,
    Origins,
    SpeculationSetting,
    TextList,
    check_of,
    choice,
    integer,
    is_host_pattern,
    is_network,
    text,
)
from app.settings.places import EMBEDDED_MODEL, PREFIX

LOCAL_ORIGINS = ("http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "vscode-webview://*")


def _setting(default: object, check: fields.Field[Any], allowed: str, help: str, secret: bool = False) -> Any:
    return field(
        default=default,
        repr=not secret,
        metadata={"check": check, "allowed": allowed, "help": help, "secret": secret},
    )


@dataclass(frozen=True)
class Settings:
    """The settings of a server process. `defaults` has only the request defaults that were set."""

    model_path: str | None = _setting(
        None,
        fields.String(),
        "a directory, a GGUF file or a Hugging Face id; unset = the embedded model, weights/elbarto-mini",
        "The model to serve, for example ByteDance-Seed/Stable-DiffCoder-8B-Instruct.",
    )
    model_revision: str | None = _setting(
        None, fields.String(), "a branch, tag or commit", "The revision of the Hugging Face model."
    )
    family: str | None = _setting(
        None,
        text(r"[\w.-]+"),
        "a family of docs/guides/families.md; unset = recognised by the checkpoint's files",
        "What the model is, where its files do not say it, as conversions of Stable-DiffCoder do not.",
    )
    mask_token_id: int | None = _setting(
        None,
        integer(0),
        "a token id; unset = the checkpoint's",
        "The model's mask token, where its files do not name it.",
    )
    tokenizer: str | None = _setting(
        None,
        fields.String(),
        "a directory or a Hugging Face id; unset = the checkpoint's own",
        "Where the tokenizer is, for a GGUF file that does not describe its own exactly.",
    )
    host: str = _setting(
        "0.0.0.0",
        Host(validate=validate.Regexp(r"[^\s/\[\]]+\Z")),
        "a host name or address",
        "The address to listen on. 0.0.0.0 is every interface, 127.0.0.1 only this machine.",
    )
    port: int = _setting(
        8000, integer(0, 65535), "an integer from 1 to 65535, or 0 for any free port", "The port to listen on."
    )
    api_key: str | None = _setting(
        None,
        text(r"[!-~]+"),
        "printable ASCII without spaces; in YAML, quote a key of digits only",
        "The key that clients must send, as a bearer token or in X-Api-Key. Unset: anyone may use the server.",
        secret=True,
    )
    api_keys_file: str | None = _setting(
        None,
        fields.String(),
        "a file; unset = none",
        "Further keys, each with a name: lines name:sha256. Read again when it changes (docs/operations.md).",
    )
    max_concurrent_per_key: int = _setting(
        0,
        integer(0),
        "an integer from 0; 0 = any number",
        "Maximum number of requests that a key may have in progress (without keys: an address); then 429.",
    )
    requests_per_minute_per_key: int = _setting(
        0,
        integer(0),
        "an integer from 0; 0 = any number",
        "Maximum number of requests of a key (without keys: of an address) in any minute; then 429.",
    )
    generation_config: Literal["auto", "none"] = _setting(
        "auto",
        choice("auto", "none"),
        "auto or none",
        "auto: use the defaults in the checkpoint's generation_config.json where neither a request nor a setting has a "
        "value. none: ignore them.",
    )
    # One setting for each option that an operator can set a default for.
    defaults: Overrides[Defaults] = field(default_factory=Overrides)
    device: str = _setting(
        "auto", text(r"auto|cpu|mps|cuda(:\d+)?"), "auto, cpu, cuda, cuda:N or mps", "Where the model runs."
    )
    dtype: str = _setting(
        "auto",
        choice("auto", "float32", "bfloat16", "float16"),
        "auto, float32, bfloat16 or float16",
        "The precision of the weights. auto is bfloat16 where the hardware supports it.",
    )
    quantization: Literal["none", "int8", "int4", "fp8"] = _setting(
        "none",
        choice("none", "int8", "int4", "fp8"),
        "none, int8, int4 or fp8",
        "Store the layers' weights in fewer bits: less memory, slightly different replies. fp8 needs CUDA.",
    )
    cuda_graphs: bool = _setting(
        False,
        BooleanSetting(),
        "true or false",
        "On CUDA: record the denoising step of each shape once, and replay it. Not run on a GPU yet.",
    )
    speculation: Literal["auto"] | int = _setting(
        "auto",
        SpeculationSetting(),
        f"{SPECULATION.allowed}; 0 = off",
        "Maximum number of drafts that a forward evaluates for each reply: predicted later states of its block. Steps "
        "that reach a draft need no forward of their own, and the text stays the same. auto: as many as pay on this "
        "device, measured at load. Requests can lower it.",
    )
    num_threads: int | None = _setting(
        None,
        integer(1),
        "an integer from 1; unset = measured at the start, at most the number of physical cores minus 1",
        "Number of PyTorch threads on the CPU. Unset: the number with which the model's forwards are fastest.",
    )
    max_queue: int = _setting(
        64,
        integer(0),
        "an integer from 0",
        "Maximum number of waiting requests, in addition to those running; further ones are answered with 429.",
    )
    max_model_len: int | None = _setting(
        None,
        integer(1),
        "an integer from 1; unset = the checkpoint's limit",
        "Maximum number of tokens in a prompt and its reply together.",
    )
    max_sequences: int = _setting(
        16,
        integer(1),
        "an integer from 1",
        "Maximum number of replies in one batch. KV memory for this many full-length replies is allocated at startup.",
    )
    prefix_cache_bytes: int = _setting(
        2**30,
        integer(0),
        "an integer from 0; 0 = no prefix cache",
        "Maximum bytes of keys and values that are kept for later requests that start with the same tokens.",
    )
    infill_max_tokens: int = _setting(
        128,
        integer(1),
        "an integer from 1",
        "Maximum number of tokens in one hole. Larger requests are lowered to this; editors ask for thousands.",
    )
    grammar_max_bytes: int = _setting(
        64 * 1024,
        integer(1),
        "an integer from 1",
        "Maximum size of a JSON schema, pattern or grammar in a request, in bytes; larger ones are refused.",
    )
    grammar_compile_ms: int = _setting(
        50,
        integer(1),
        "an integer from 1",
        "Maximum work for compiling a schema, pattern or grammar, about a millisecond each; others are refused.",
    )
    max_body_bytes: int = _setting(
        4 * 1024 * 1024,
        integer(1),
        "an integer from 1",
        "Maximum size of a request body in bytes; larger ones are answered with 413.",
    )
    request_timeout_s: float = _setting(
        30.0,
        fields.Float(validate=validate.Range(min=0, min_inclusive=False)),
        "a number above 0",
        "Seconds in which a request's head and body must arrive, from its first byte; else it is answered with 408.",
    )
    max_connections_per_address: int = _setting(
        256,
        integer(0),
        "an integer from 0; 0 = any number",
        "Maximum number of open connections from one address that is not in ELBARTO_TRUSTED_PROXIES; further ones are "
        "answered with 429.",
    )
    cors_origins: tuple[str, ...] = _setting(
        LOCAL_ORIGINS,
        Origins(),
        "origins such as https://chat.example:8080 (a port may be *), separated by commas, or * for any",
        "Origins of web pages that may call the server from a browser.",
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (),
        TextList(is_host_pattern),
        "host names such as spark.example or *.example without a port, separated by commas, or * for any",
        "Names under which the server may be reached without an API key, in addition to addresses, this machine's "
        "name, names without a dot, and names of local networks such as box.lan and box.local.",
    )
    trusted_proxies: tuple[str, ...] = _setting(
        ("127.0.0.1", "::1"),
        TextList(is_network),
        "addresses or networks such as 10.0.0.0/8, separated by commas, * for any, or none",
        "Proxies whose X-Forwarded-For, -Host, -Proto and -Prefix are believed.",
    )
    root_path: str = _setting(
        "",
        text(r"(/[A-Za-z0-9._~-]+)*/?"),
        "a path such as /elbarto; empty = none",
        "The path under which a proxy shows the server, if the proxy does not send X-Forwarded-Prefix. Requests with "
        "and without it are served. SCRIPT_NAME sets it too.",
    )
    strict_model: bool = _setting(
        False,
        BooleanSetting(),
        "true or false",
        "Answer with 404 if a request names a model other than the loaded one.",
    )
    watch: Literal["off", "positions", "full"] = _setting(
        "positions",
        choice("off", "positions", "full"),
        "off, positions or full",
        "What /v1/generations shows of running requests to clients with the key (or, without a key, on this machine): "
        "nothing, progress with positions and confidences, or the text as well.",
    )
    sse_keepalive_s: float = _setting(
        15.0,
        fields.Float(validate=validate.Range(min=0)),
        "a number from 0; 0 = never",
        "Seconds of silence in a stream before a keep-alive comment.",
    )
    shutdown_s: int = _setting(
        30,
        integer(0),
        "an integer from 0",
        "Seconds that running requests have to finish after SIGTERM; Ctrl-C ends them at once.",
    )
    step_timeout_s: float = _setting(
        120.0,
        fields.Float(validate=validate.Range(min=0, min_inclusive=False)),
        "a number above 0",
        "Seconds after which a denoising step counts as hung. The process then ends, and gunicorn starts another.",
    )
    management_port: int | None = _setting(
        None,
        integer(1, 65535),
        "an integer from 1 to 65535; unset = none",
        "A second port for /health, /ready and /metrics alone, with threads of its own and without a key.",
    )
    management_host: str = _setting(
        "127.0.0.1",
        text(r"[^\s/]+"),
        "a host name or address",
        "The address that the management port listens on.",
    )
    benchmark: bool = _setting(
        False,
        BooleanSetting(),
        "true or false",
        "Once the model is loaded, decode one short reply and log tokens per second, tokens per forward and "
        "milliseconds.",
    )
    log_level: str = _setting(
        "info",
        choice("debug", "info", "warning", "error"),
        "debug, info, warning or error",
        "The lowest level that is logged.",
    )
    log_format: Literal["text", "json"] = _setting(
        "text",
        choice("text", "json"),
        "text or json",
        "How lines are logged, to standard error: as text, or as one JSON object each.",
    )

    @property
    def model(self) -> str:
        """What to load: `model_path`, or the embedded model."""
        # pathlib would take the dot off ./model, which then looks like a hub id.
        return os.path.expanduser(self.model_path) if self.model_path else str(EMBEDDED_MODEL)

    @property
    def keys_path(self) -> Path | None:
        return Path(self.api_keys_file).expanduser() if self.api_keys_file else None

    def get(self, name: str) -> Any:
        """The value of one of SETTINGS; None if it is unset."""
        return self.defaults.values.get(name) if name in REQUEST_OPTIONS else getattr(self, name)


@dataclass(frozen=True, kw_only=True)
class SettingInfo:
    """One setting, for code that loads, prints or documents it."""

    name: str
    default: Any
    check: fields.Field[Any]
    allowed: str
    help: str
    secret: bool = False

    @property
    def is_boolean(self) -> bool:
        return isinstance(self.default, bool)

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


def _infos() -> Iterator[SettingInfo]:
    for item in dataclass_fields(Settings):
        if item.name == "defaults":
            yield from map(_default_info, REQUEST_OPTIONS.values())
        else:
            yield SettingInfo(name=item.name, default=item.default, **item.metadata)


def _default_info(option: Option) -> SettingInfo:
    return SettingInfo(
        name=option.name,
        default=None,
        check=check_of(option.rule),
        allowed=f"{option.allowed}; unset = the checkpoint's, else {option.unset}",
        help=f"{option.help} Requests can override it.",
    )


REQUEST_OPTIONS: Mapping[str, Option] = {name: option for name, option in DEFAULT_OPTIONS.items() if option.is_setting}
SETTINGS: Mapping[str, SettingInfo] = MappingProxyType({info.name: info for info in _infos()})
