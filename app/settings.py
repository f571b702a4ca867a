"""The settings of one server process, and the only reader of the environment, `.env` and YAML.

The command line wins over YAML, YAML over the environment, the environment over `.env`, and `.env` over the defaults.
The highest of them that names a setting decides; an empty value there means the default. `Settings` declares each
setting once: its default, its marshmallow field, what is allowed (for people), and what it is for.

`gunicorn.conf.py` imports this in gunicorn's master process, so neither torch nor flask may come in from here.
"""

from __future__ import annotations

import difflib
import os
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from dotenv import dotenv_values
from marshmallow import Schema, ValidationError, fields, validate

from app.errors import ConfigError
from app.paths import COMMAND, ENV_FILE
from app.paths import EMBEDDED_MODEL as EMBEDDED_MODEL
from app.paths import ROOT as ROOT

PREFIX = "ELBARTO_"
CONFIG_VARIABLE = "ELBARTO_CONFIG"  # names a YAML file; not a setting itself
# The language server's, which may stand in the environment of somebody who starts both (docs/lsp.md).
LSP_VARIABLES = frozenset(
    {
        "ELBARTO_AUTOMATIC",
        "ELBARTO_AUTOMATIC_CANDIDATES",
        "ELBARTO_CACHE_ENTRIES",
        "ELBARTO_COMMENT_MAX_TOKENS",
        "ELBARTO_COMPLETION_MAX_TOKENS",
        "ELBARTO_CONFIDENCE",
        "ELBARTO_CONFIDENCE_THRESHOLD",
        "ELBARTO_CONTEXT_TOKENS",
        "ELBARTO_CROSS_FILE",
        "ELBARTO_DEADLINE_MS",
        "ELBARTO_DEBOUNCE_MS",
        "ELBARTO_DISABLED_LANGUAGES",
        "ELBARTO_HOLE_MAX_TOKENS",
        "ELBARTO_INVOKED_CANDIDATES",
        "ELBARTO_MULTI_LINE",
        "ELBARTO_PLACEHOLDERS",
        "ELBARTO_PREFETCH",
        "ELBARTO_SERVER_PYTHON",
        "ELBARTO_SERVER_URL",
        "ELBARTO_START_SERVER",
        "ELBARTO_STATISTICS",
    }
)
LOCAL_ORIGINS = ("http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "vscode-webview://*")


class _Integer(fields.Integer):
    """marshmallow's own would turn 2.5 into 2."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, int | str):
            raise self.make_error("invalid")
        return super()._validated(value)


class _Boolean(fields.Boolean):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        return super()._deserialize(value.lower() if isinstance(value, str) else value, attr, data, **kwargs)


class _Origins(fields.Field[tuple[str, ...]]):
    """A comma-separated string or a list."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> tuple[str, ...]:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValidationError("Not a list of origins.")
        origins = tuple(item.strip() for item in items if item.strip())
        if not origins or not all(re.fullmatch(r"\*|[a-z][a-z0-9+.-]*://[^/\s,]+", origin) for origin in origins):
            raise ValidationError("Not a list of origins.")
        return origins


def _setting(default: object, check: fields.Field[Any], allowed: str, help: str, secret: bool = False) -> Any:
    return field(
        default=default,
        repr=not secret,
        metadata={"field": check, "allowed": allowed, "help": help, "secret": secret},
    )


def _integer(minimum: int, maximum: int | None = None) -> fields.Field[Any]:
    return _Integer(validate=validate.Range(min=minimum, max=maximum))


def _number(minimum: float, maximum: float, min_inclusive: bool = True) -> fields.Field[Any]:
    return fields.Float(validate=validate.Range(min=minimum, max=maximum, min_inclusive=min_inclusive))


def _choice(*names: str) -> fields.Field[Any]:
    return fields.String(validate=validate.OneOf(names))


def _text(pattern: str) -> fields.Field[Any]:
    return fields.String(validate=validate.Regexp(rf"(?:{pattern})\Z"))


@dataclass(frozen=True)
class Settings:
    """Everything that is chosen when the process starts."""

    model_path: str | None = _setting(
        None,
        fields.String(),
        "a directory or a Hugging Face id; unset = the embedded model, weights/elbarto-mini",
        "The model to serve, for example ByteDance-Seed/Stable-DiffCoder-8B-Instruct.",
    )
    model_revision: str | None = _setting(
        None, fields.String(), "a branch, tag or commit", "Which revision of a Hugging Face model to load."
    )
    host: str = _setting(
        "0.0.0.0",
        _text(r"[^\s/]+"),
        "a host name or address",
        "The address to listen on. 0.0.0.0 is every interface, 127.0.0.1 this machine alone.",
    )
    port: int = _setting(
        8000, _integer(0, 65535), "an integer from 1 to 65535, or 0 for any free port", "The port to listen on."
    )
    api_key: str | None = _setting(
        None,
        _text(r"[!-~]+"),
        "printable ASCII without spaces; in YAML, digits alone need quotes",
        "The key that clients must send, as a bearer token or in X-Api-Key. Unset: anyone may use the server.",
        secret=True,
    )
    generation_config: Literal["auto", "none"] = _setting(
        "auto",
        _choice("auto", "none"),
        "auto or none",
        "auto: the checkpoint's generation_config.json decides what neither a request nor a setting says.",
    )
    steps: int | None = _setting(
        None,
        _integer(1),
        "an integer from 1; unset = the checkpoint's, else 256",
        "Denoising steps for a reply of gen_length tokens, when the request does not say.",
    )
    gen_length: int | None = _setting(
        None,
        _integer(1),
        "an integer from 1; unset = the checkpoint's, else 512",
        "Tokens in a reply, at most, when the request does not say.",
    )
    block_length: int | None = _setting(
        None,
        _integer(1, 1024),
        "an integer from 1 to 1024; unset = the checkpoint's, else 4",
        "Tokens denoised together, when the request does not say. Best left at what the model was trained with.",
    )
    decode_mode: str | None = _setting(
        None,
        _choice("static", "threshold", "greedy", "adaptive", "factor", "entropy"),
        "static, threshold, greedy, adaptive, factor or entropy; unset = the checkpoint's, else threshold where one is "
        "set, else static",
        "The rule that says which tokens become final in a step. All but static take fewer steps for a slightly "
        "different reply.",
    )
    threshold: float | None = _setting(
        None,
        _number(0, 1),
        "a number from 0 to 1; unset = the checkpoint's, else none",
        "Modes threshold and adaptive: accept every proposal of at least this confidence (0.9 where unset).",
    )
    factor: float | None = _setting(
        None,
        _number(0, 100),
        "a number from 0 to 100; unset = the checkpoint's, else 1",
        "Mode factor: the n-th most confident proposal needs a confidence of 1 - factor / (n + 1).",
    )
    gamma: float | None = _setting(
        None,
        _number(0, 100),
        "a number from 0 to 100; unset = the checkpoint's, else 0.1",
        "Mode entropy: proposals are accepted while their summed entropy without the largest (nats) is within gamma.",
    )
    small_block_length: int | None = _setting(
        None,
        _integer(1, 1024),
        "an integer from 1 to 1024 that divides the block length; unset = the checkpoint's, else none",
        "Fill a block in parts of so many positions.",
    )
    remasking: Literal["low_confidence", "random"] | None = _setting(
        None,
        _choice("low_confidence", "random"),
        "low_confidence or random; unset = the checkpoint's, else low_confidence",
        "Which masked positions become final first: the most confident ones, or random ones.",
    )
    temperature: float | None = _setting(
        None,
        _number(0, 2),
        "a number from 0 to 2; unset = the checkpoint's, else 0",
        "Sampling temperature, when the request does not say. 0 always takes the likeliest token.",
    )
    top_p: float | None = _setting(
        None,
        _number(0, 1),
        "a number from 0 to 1; unset = the checkpoint's, else 1",
        "Above temperature 0: sample among the likeliest tokens that together have this probability.",
    )
    top_k: int | None = _setting(
        None,
        _integer(-1),
        "an integer from -1; below 1 keeps all; unset = the checkpoint's, else 0",
        "Above temperature 0: sample among so many likeliest tokens.",
    )
    repetition_penalty: float | None = _setting(
        None,
        _number(0, 100, min_inclusive=False),
        "a number above 0, up to 100; unset = the checkpoint's, else 1",
        "Above 1, tokens of the prompt and the reply so far become less likely, when the request does not say.",
    )
    presence_penalty: float | None = _setting(
        None,
        _number(-2, 2),
        "a number from -2 to 2; unset = the checkpoint's, else 0",
        "Above 0, tokens that are in the reply so far become less likely, when the request does not say.",
    )
    frequency_penalty: float | None = _setting(
        None,
        _number(-2, 2),
        "a number from -2 to 2; unset = the checkpoint's, else 0",
        "The same for each time that a token is there.",
    )
    device: str = _setting(
        "auto", _text(r"auto|cpu|mps|cuda(:\d+)?"), "auto, cpu, cuda, cuda:N or mps", "Where the model runs."
    )
    dtype: str = _setting(
        "auto",
        _choice("auto", "float32", "bfloat16", "float16"),
        "auto, float32, bfloat16 or float16",
        "The precision of the weights. auto is bfloat16 where the hardware has it.",
    )
    quantization: Literal["none", "int8", "int4", "fp8"] = _setting(
        "none",
        _choice("none", "int8", "int4", "fp8"),
        "none, int8, int4 or fp8",
        "Fewer bits for the layers' weights: less memory, slightly different replies. fp8 is for CUDA alone.",
    )
    cuda_graphs: bool = _setting(
        False,
        _Boolean(),
        "true or false",
        "On CUDA: record denoising steps once for each shape, and replay them. Not run on a GPU yet.",
    )
    num_threads: int | None = _setting(
        None,
        _integer(1),
        "an integer from 1; unset = one less than the cores, at least 1",
        "PyTorch's threads on the CPU.",
    )
    max_queue: int = _setting(
        64, _integer(0), "an integer from 0", "Requests that may wait beyond those running; more are answered 429."
    )
    max_model_len: int | None = _setting(
        None,
        _integer(1),
        "an integer from 1; unset = the checkpoint's own limit",
        "Tokens in a prompt and its reply together, at most.",
    )
    max_sequences: int = _setting(
        16,
        _integer(1),
        "an integer from 1",
        "Replies denoised at once, in one batch; KV memory for so many of full length is allocated at start.",
    )
    prefix_cache_bytes: int = _setting(
        2**30,
        _integer(0),
        "an integer from 0; 0 = no prefix cache",
        "Memory for keys and values of prompts and replies that later requests may begin with.",
    )
    infill_max_tokens: int = _setting(
        128,
        _integer(1),
        "an integer from 1",
        "Tokens in one hole, at most. Requests that ask for more get as many; editors ask for thousands.",
    )
    max_body_bytes: int = _setting(
        4 * 1024 * 1024, _integer(1), "an integer from 1", "Bytes in a request body; larger ones are answered 413."
    )
    cors_origins: tuple[str, ...] = _setting(
        LOCAL_ORIGINS,
        _Origins(),
        "origins such as https://chat.example:8080 (a port may be *), separated by commas, or * for any",
        "Web pages that may call the server from a browser.",
    )
    strict_model: bool = _setting(
        False, _Boolean(), "true or false", "Answer 404 when a request names a model that is not the loaded one."
    )
    watch: Literal["off", "positions", "full"] = _setting(
        "positions",
        _choice("off", "positions", "full"),
        "off, positions or full",
        "What /v1/generations tells of running requests to those who may look (with the key; without one, from this "
        "machine): nothing, progress with positions and confidences, or their text too.",
    )
    sse_keepalive_s: float = _setting(
        15.0,
        fields.Float(validate=validate.Range(min=0)),
        "a number from 0; 0 sends none",
        "Seconds of silence in a stream before a keep-alive comment.",
    )
    shutdown_s: int = _setting(
        30,
        _integer(0),
        "an integer from 0",
        "Seconds that running requests get when the server is told to end (SIGTERM; Ctrl-C ends them at once).",
    )
    benchmark: bool = _setting(
        False,
        _Boolean(),
        "true or false",
        "Once the model is loaded, decode one short reply and log tokens a second, tokens a forward and milliseconds.",
    )
    log_level: str = _setting(
        "info", _choice("debug", "info", "warning", "error"), "debug, info, warning or error", "How much is logged."
    )

    @property
    def model(self) -> str:
        """What to load: `model_path`, or the embedded model."""
        return str(Path(self.model_path).expanduser()) if self.model_path else str(EMBEDDED_MODEL)


@dataclass(frozen=True)
class Loaded:
    """Settings, and for each name where it came from.

    A source is "command line", "YAML <path>", "environment", ".env" or "default".
    """

    settings: Settings
    sources: Mapping[str, str]


@dataclass(frozen=True)
class SettingInfo:
    """One setting, for those who print them or make flags of them."""

    name: str
    default: Any
    allowed: str
    help: str
    secret: bool
    is_boolean: bool

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


SETTINGS: Mapping[str, SettingInfo] = MappingProxyType(
    {
        item.name: SettingInfo(
            item.name,
            item.default,
            item.metadata["allowed"],
            item.metadata["help"],
            item.metadata["secret"],
            isinstance(item.default, bool),
        )
        for item in dataclass_fields(Settings)
    }
)
_SCHEMA = Schema.from_dict({item.name: item.metadata["field"] for item in dataclass_fields(Settings)})()


def load_settings(
    overrides: Mapping[str, str] | None = None,
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    env_file: Path | None = None,
) -> Loaded:
    """Merge all sources and check them; raises ConfigError.

    `overrides` (setting name -> text) is the command line. `config_file` stands above ELBARTO_CONFIG. The defaults of
    the other two are the process's own environment, and `.env` in the working directory.
    """
    environ = os.environ if environ is None else environ
    environ = {variable: value for variable, value in environ.items() if variable not in LSP_VARIABLES}
    dotenv = _read_dotenv(env_file or ENV_FILE)
    config = str(config_file or environ.get(CONFIG_VARIABLE, dotenv.get(CONFIG_VARIABLE, "")))
    given = {
        **_from_variables(dotenv, ".env"),
        **_from_variables(environ, "environment"),
        **(_from_yaml(Path(config).expanduser()) if config else {}),
        **_from_command_line(overrides or {}),
    }
    given = {name: item for name, item in given.items() if not item.is_empty}
    sources = {name: given[name].source if name in given else "default" for name in SETTINGS}
    return Loaded(_check(given), MappingProxyType(sources))


def to_environ(settings: Settings) -> dict[str, str]:
    """The settings as environment variables: another process that reads them gets exactly `settings`.

    Unset ones, and the YAML file's variable, are empty, so that `.env` cannot bring them back.
    """
    variables = {info.variable: _to_text(getattr(settings, name)) for name, info in SETTINGS.items()}
    return {**variables, CONFIG_VARIABLE: ""}


def example_yaml() -> str:
    """A settings file with every setting explained and commented out, at its default."""
    head = (
        f"El Barto Serve: settings. Use with `{COMMAND} serve --config FILE`, or with ELBARTO_CONFIG=FILE. "
        "Each setting below shows its default: remove its # and change it. The command line wins over this file, and "
        "this file over the environment (ELBARTO_PORT=8000, ...) and .env."
    )
    lines = _comment(head)
    for info in SETTINGS.values():
        lines += ["", *_comment(info.help), *_comment(f"Allowed: {info.allowed}.")]
        lines.append(f"#{info.name}: {_to_yaml(info.default)}")
    return "\n".join(lines) + "\n"


def show(loaded: Loaded, in_force: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> str:
    """Every effective value and where it came from, one a line; secrets are hidden.

    `in_force` has (value, source) of settings that are unset and decided elsewhere.
    """
    rows = [("setting", "value", "from")]
    for name, info in SETTINGS.items():
        value = getattr(loaded.settings, name)
        text = "(set, hidden)" if info.secret and value is not None else _describe(value)
        rows.append((name, *in_force.get(name, (text, loaded.sources[name]))))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{name:{widths[0]}}  {value:{widths[1]}}  {source}" for name, value, source in rows)


@dataclass(frozen=True)
class _Given:
    """A value as the user gave it, under the key as the user wrote it."""

    value: object
    key: str
    source: str

    @property
    def is_empty(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


def _from_command_line(overrides: Mapping[str, str]) -> dict[str, _Given]:
    names = {name: info.flag for name, info in SETTINGS.items()}
    given = {}
    for name, value in overrides.items():
        if name not in names:
            raise _unknown(f"--{name.replace('_', '-')}", "command line", list(names.values()))
        given[name] = _Given(value, names[name], "command line")
    return given


def _from_variables(variables: Mapping[str, str], source: str) -> dict[str, _Given]:
    names = {info.variable: name for name, info in SETTINGS.items()}
    given = {}
    for variable, value in variables.items():
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE:
            continue
        if variable not in names:
            raise _unknown(variable, source, [*names, CONFIG_VARIABLE])
        given[names[variable]] = _Given(value, variable, source)
    return given


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        values = dotenv_values(path, interpolate=False)  # a key may hold a literal ${
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    return {variable: value or "" for variable, value in values.items()}


def _from_yaml(path: Path) -> dict[str, _Given]:
    given = {}
    for key, value in _read_yaml(path).items():
        if key not in SETTINGS:
            raise _unknown(str(key), f"YAML {path}", list(SETTINGS))
        given[key] = _Given(value, key, f"YAML {path}")
    return given


def _read_yaml(path: Path) -> dict[Any, object]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the settings file {path} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"the settings file {path} is not YAML{_yaml_problem(error)}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"the settings file {path} must hold `name: value` lines, as `{COMMAND} config` prints")
    return content


def _yaml_problem(error: Exception) -> str:
    """Where, and for errors of plain syntax what. The other messages, and any traceback, quote from the file."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ""
    what = f": {error.problem}" if isinstance(error, yaml.scanner.ScannerError | yaml.parser.ParserError) else ""
    return f" (line {error.problem_mark.line + 1}){what}"


def _check(given: Mapping[str, _Given]) -> Settings:
    values = {name: item.value.strip() if isinstance(item.value, str) else item.value for name, item in given.items()}
    try:
        return Settings(**_SCHEMA.load(values))
    except ValidationError as error:
        name = next(iter(error.messages_dict))
        item, info = given[name], SETTINGS[name]
        value = "(hidden)" if info.secret else textwrap.shorten(repr(item.value), 200)
        raise ConfigError(f"{item.key} {_place(item.source)} is {value}; allowed: {info.allowed}") from None


def _unknown(key: str, source: str, names: list[str]) -> ConfigError:
    """The value is left out: it may be a secret under a misspelt name."""
    plain = {_plain(name): name for name in names}
    close = difflib.get_close_matches(_plain(key), plain, n=1)
    hint = f"did you mean {plain[close[0]]}?" if close else f"`{COMMAND} config` lists them"
    shown = key if key.isprintable() else repr(key)
    return ConfigError(f"{shown} {_place(source)} is not a setting; {hint}")


def _plain(key: str) -> str:
    """What the spellings --max-queue, max_queue and ELBARTO_MAX_QUEUE have in common."""
    return key.lower().lstrip("-").replace("-", "_").removeprefix(PREFIX.lower())


def _place(source: str) -> str:
    if source.startswith("YAML "):
        return f"in {source.removeprefix('YAML ')}"
    return {"command line": "on the command line", "environment": "in the environment"}.get(source, f"in {source}")


def _to_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _to_yaml(value: object) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(plain, default_flow_style=True, width=1000).removesuffix("...\n").strip()


def _describe(value: object) -> str:
    return "unset" if value is None else _to_text(value)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
