"""The sources of settings, and error messages for invalid values."""

import dataclasses
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import model_source
from app.errors import ConfigError
from app.messages.defaults import Defaults
from app.messages.options import overrides
from app.serving.defaults import SETTING_NAMES
from app.settings import EMBEDDED_MODEL, ROOT, SETTINGS, Loaded, Settings, example_yaml, load_settings, show, to_environ

SECRET = "sk-do-not-print"
# Built-in defaults that have no value.
IN_WORDS = {"decode_mode": "threshold where one is set, else static", "gen_length": "no limit"}
DRAFTS = "allowed: auto, off or an integer from 0 to 64; 0 = off"


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """load_settings with each source as text or a dict, and nothing from this machine."""

    def call(
        flags: dict[str, str] | None = None,
        yaml_text: str | None = None,
        environ: dict[str, str] | None = None,
        dotenv: str = "",
    ) -> Loaded:
        (tmp_path / ".env").write_text(dotenv)
        config = None
        if yaml_text is not None:
            config = tmp_path / "elbarto.yaml"
            config.write_text(yaml_text)
        return load_settings(flags, config, environ or {}, tmp_path / ".env")

    return call


def error_of(load: Any, **sources: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load(**sources)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_defaults(load: Any) -> None:
    loaded = load()
    assert loaded.settings == Settings()
    assert set(loaded.sources.values()) == {"default"}
    assert loaded.settings.model == str(EMBEDDED_MODEL)
    assert (Settings().max_sequences, Settings().prefix_cache_bytes) == (16, 2**30)
    assert (Settings().host, Settings().port, Settings().generation_config) == ("0.0.0.0", 8000, "auto")


def test_what_a_request_leaves_open_is_unset(load: Any) -> None:
    """So that the checkpoint can set it. An explicit value overrides the checkpoint even if it is the default."""
    assert {Settings().get(name) for name in SETTING_NAMES} == {None}
    built_in = {256, 4, None, "low_confidence", 0.0, 1.0, 0.1, 0.001}
    assert {getattr(Defaults(), name) for name in SETTING_NAMES} == built_in
    assert load(environ={"ELBARTO_STEPS": "256"}).settings.defaults == overrides(Defaults, steps=256)
    for name in SETTING_NAMES:
        built_in = getattr(Defaults(), name)
        said = SETTINGS[name].allowed.rpartition("unset = the checkpoint's, else ")[2]
        if name in IN_WORDS:
            assert said == IN_WORDS[name]
        else:
            assert said == (
                "none" if built_in is None else f"{built_in:g}" if isinstance(built_in, float) else str(built_in)
            )
        if built_in is not None:
            assert load(flags={name: str(built_in)}).settings.get(name) == built_in


def test_each_source_wins_over_the_next(load: Any, tmp_path: Path) -> None:
    sources = {
        "flags": {"port": "1"},
        "yaml_text": "port: 2\nsteps: 2\n",
        "environ": {"ELBARTO_PORT": "3", "ELBARTO_STEPS": "3", "ELBARTO_GEN_LENGTH": "3", "HOME": "/"},
        "dotenv": "ELBARTO_PORT=4\nELBARTO_STEPS=4\nELBARTO_GEN_LENGTH=4\nELBARTO_BLOCK_LENGTH=8\nHF_HOME=/models\n",
    }
    loaded = load(**sources)
    values = {name: loaded.settings.get(name) for name in ("port", "steps", "gen_length", "block_length")}
    assert values == {"port": 1, "steps": 2, "gen_length": 3, "block_length": 8}
    assert [loaded.sources[name] for name in (*values, "device")] == [
        "command line",
        f"YAML {tmp_path / 'elbarto.yaml'}",
        "environment",
        ".env",
        "default",
    ]


def test_the_environment_names_a_yaml_file(load: Any, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("port: 1")
    environ = {"ELBARTO_CONFIG": str(tmp_path / "one.yaml"), "ELBARTO_PORT": "3"}
    assert load(environ=environ).settings.port == 1
    assert load(environ=environ, yaml_text="port: 2").settings.port == 2, "--config stands above the variable"
    assert load(dotenv=f"ELBARTO_CONFIG={tmp_path / 'one.yaml'}").settings.port == 1
    assert load(environ={"ELBARTO_CONFIG": ""}, dotenv="ELBARTO_CONFIG=/absent").settings.port == 8000


@pytest.mark.parametrize(
    "sources",
    [
        {"environ": {"ELBARTO_THRESHOLD": ""}},
        {"dotenv": "ELBARTO_THRESHOLD="},
        {"yaml_text": "threshold:"},
        {"yaml_text": "threshold: ''"},
        {"flags": {"threshold": " "}},
        {"environ": {"ELBARTO_THRESHOLD": ""}, "dotenv": "ELBARTO_THRESHOLD=0.5"},
    ],
)
def test_empty_means_the_default(load: Any, sources: dict[str, Any]) -> None:
    loaded = load(**sources)
    assert loaded.settings.get("threshold") is None
    assert loaded.sources["threshold"] == "default"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("strict_model", "yes", True),
        ("strict_model", "On", True),
        ("strict_model", "0", False),
        ("threshold", "1", 1.0),
        ("device", "cuda:1", "cuda:1"),
        ("max_queue", "0", 0),
        ("max_sequences", "1", 1),
        ("prefix_cache_bytes", "0", 0),
        ("prefix_cache_bytes", "17179869184", 16 * 2**30),
        ("sse_keepalive_s", "0", 0.0),
        ("cors_origins", "https://a.example, http://b:*", ("https://a.example", "http://b:*")),
        ("cors_origins", "*", ("*",)),
        ("speculation", "auto", "auto"),
        ("speculation", "off", 0),
        ("speculation", "0", 0),
        ("speculation", "64", 64),
    ],
)
def test_text_becomes_a_value(load: Any, name: str, text: str, value: object) -> None:
    assert load(environ={f"ELBARTO_{name.upper()}": text}).settings.get(name) == value


def test_yaml_values_have_types(load: Any) -> None:
    text = "strict_model: yes\nthreshold: 0.9\ncors_origins: [https://a.example]\nport: '81'"
    settings = load(yaml_text=text).settings
    assert (settings.strict_model, settings.get("threshold"), settings.port) == (True, 0.9, 81)
    assert settings.cors_origins == ("https://a.example",)


@pytest.mark.parametrize(("text", "value"), [("off", 0), ("'off'", 0), ("0", 0), ("8", 8), ("auto", "auto")])
def test_speculation_in_yaml(load: Any, text: str, value: object) -> None:
    """`off` without quotes is YAML's false."""
    assert load(yaml_text=f"speculation: {text}").settings.speculation == value


@pytest.mark.parametrize("limit", ["auto", 0, 8])
def test_speculation_reaches_the_model(limit: Any) -> None:
    assert model_source(Settings(speculation=limit)).speculation == limit
    assert model_source(Settings()).speculation == "auto"


@pytest.mark.parametrize(
    ("sources", "parts"),
    [
        ({"flags": {"max_queue": "-1"}}, ["--max-queue on the command line", "'-1'", "an integer from 0"]),
        ({"environ": {"ELBARTO_MAX_SEQUENCES": "0"}}, ["ELBARTO_MAX_SEQUENCES", "'0'", "an integer from 1"]),
        ({"dotenv": "ELBARTO_MAX_SEQUENCES=many"}, ["ELBARTO_MAX_SEQUENCES in .env", "'many'", "an integer from 1"]),
        ({"flags": {"prefix_cache_bytes": "-1"}}, ["--prefix-cache-bytes", "'-1'", "from 0; 0 = no prefix cache"]),
        ({"environ": {"ELBARTO_PREFIX_CACHE_BYTES": "1GiB"}}, ["ELBARTO_PREFIX_CACHE_BYTES", "'1GiB'", "integer"]),
        ({"yaml_text": "prefix_cache_bytes: 1.5"}, ["prefix_cache_bytes", "1.5", "an integer from 0"]),
        ({"yaml_text": "port: 70000"}, ["port in ", "elbarto.yaml", "70000", "1 to 65535"]),
        ({"yaml_text": "steps: 2.5"}, ["steps", "2.5", "an integer from 1"]),
        ({"yaml_text": "steps: true"}, ["steps", "True", "an integer from 1"]),
        ({"yaml_text": "host: [a]"}, ["host", "['a']", "a host name"]),
        ({"yaml_text": "strict_model: [a]"}, ["strict_model", "['a']", "true or false"]),
        ({"yaml_text": "cors_origins: []"}, ["cors_origins", "[]", "origins such as"]),
        ({"environ": {"ELBARTO_THRESHOLD": "-1"}}, ["ELBARTO_THRESHOLD in the environment", "'-1'", "from 0 to 1"]),
        ({"environ": {"ELBARTO_THRESHOLD": "nan"}}, ["ELBARTO_THRESHOLD", "'nan'"]),
        ({"environ": {"ELBARTO_TOP_P": "1.1"}}, ["ELBARTO_TOP_P", "'1.1'", "from 0 to 1"]),
        ({"environ": {"ELBARTO_TOP_K": "-2"}}, ["ELBARTO_TOP_K", "'-2'", "an integer from -1"]),
        ({"flags": {"repetition_penalty": "0"}}, ["--repetition-penalty", "'0'", "a number above 0, up to 100"]),
        ({"yaml_text": "presence_penalty: 2.1"}, ["presence_penalty", "2.1", "a number from -2 to 2"]),
        ({"yaml_text": "frequency_penalty: -3"}, ["frequency_penalty", "-3", "a number from -2 to 2"]),
        ({"flags": {"quantization": "int3"}}, ["--quantization", "'int3'", "none, int8, int4 or fp8"]),
        ({"flags": {"generation_config": "vllm"}}, ["--generation-config", "'vllm'", "auto or none"]),
        ({"environ": {"ELBARTO_BLOCK_LENGTH": "0"}}, ["ELBARTO_BLOCK_LENGTH", "'0'", "from 1 to 131072"]),
        ({"environ": {"ELBARTO_DEVICE": "cuda:"}}, ["ELBARTO_DEVICE", "'cuda:'", "cuda:N"]),
        ({"environ": {"ELBARTO_CORS_ORIGINS": "example.org"}}, ["ELBARTO_CORS_ORIGINS", "'example.org'", "https://"]),
        ({"environ": {"ELBARTO_SPECULATION": "65"}}, ["ELBARTO_SPECULATION in the environment", "'65'", DRAFTS]),
        ({"environ": {"ELBARTO_SPECULATION": "-1"}}, ["ELBARTO_SPECULATION", "'-1'", DRAFTS]),
        ({"dotenv": "ELBARTO_SPECULATION=1.5"}, ["ELBARTO_SPECULATION in .env", "'1.5'", DRAFTS]),
        ({"flags": {"speculation": "some"}}, ["--speculation on the command line", "'some'", DRAFTS]),
        ({"yaml_text": "speculation: on"}, ["speculation in ", "True", DRAFTS]),
        ({"yaml_text": "speculation: [1]"}, ["speculation in ", "[1]", DRAFTS]),
        ({"dotenv": "ELBARTO_STRICT_MODEL=maybe"}, ["ELBARTO_STRICT_MODEL in .env", "'maybe'", "true or false"]),
        ({"dotenv": "ELBARTO_REMASKING=high"}, ["ELBARTO_REMASKING", "'high'", "high_entropy or random"]),
    ],
)
def test_a_bad_value_is_one_clear_line(load: Any, sources: dict[str, Any], parts: list[str]) -> None:
    message = error_of(load, **sources)
    assert all(part in message for part in parts), message


@pytest.mark.parametrize(
    ("sources", "parts"),
    [
        ({"flags": {"prt": "1"}}, ["--prt on the command line", "did you mean --port?"]),
        ({"yaml_text": "max-queue: 1"}, ["max-queue in ", "elbarto.yaml", "did you mean max_queue?"]),
        ({"yaml_text": "on: 1"}, ["True in ", "is not a setting"]),
        ({"environ": {"ELBARTO_PROT": "1"}}, ["ELBARTO_PROT in the environment", "did you mean ELBARTO_PORT?"]),
        ({"dotenv": "ELBARTO_TRESHOLD=1"}, ["ELBARTO_TRESHOLD in .env", "did you mean ELBARTO_THRESHOLD?"]),
        ({"environ": {"ELBARTO_ZZZZZZZZ": "1"}}, ["ELBARTO_ZZZZZZZZ", "`python -m app config` lists them"]),
    ],
)
def test_an_unknown_key_is_one_clear_line(load: Any, sources: dict[str, Any], parts: list[str]) -> None:
    message = error_of(load, **sources)
    assert all(part in message for part in parts), message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("- port", "`name: value` lines"),
        ("host: a\nport: [1", "(line 2)"),
        ("port: 1\n\x00", "is not YAML"),
    ],
)
def test_a_broken_yaml_file_is_one_clear_line(load: Any, text: str, part: str) -> None:
    message = error_of(load, yaml_text=text)
    assert part in message
    assert "elbarto.yaml" in message


def test_a_missing_yaml_file_is_one_clear_line(load: Any) -> None:
    assert "/absent.yaml cannot be read" in error_of(load, environ={"ELBARTO_CONFIG": "/absent.yaml"})


@pytest.mark.parametrize(
    "sources",
    [
        {"yaml_text": f"api_key: [{SECRET}]"},
        {"yaml_text": f"api_key: !{SECRET}"},
        {"yaml_text": f"api_key: *{SECRET}"},
        {"yaml_text": f"api_key: '{SECRET}"},
        {"environ": {"ELBARTO_API_KEY": f"{SECRET} and a space"}},
        {"environ": {"ELBARTO_API_KYE": SECRET}},
    ],
)
def test_no_message_shows_a_secret(load: Any, sources: dict[str, Any]) -> None:
    assert SECRET not in error_of(load, **sources)


def test_show_hides_secrets_and_names_sources(load: Any) -> None:
    loaded = load(flags={"port": "81"}, environ={"ELBARTO_API_KEY": SECRET})
    rows = {line.split()[0]: line for line in show(loaded).splitlines()}
    assert set(SETTINGS) <= set(rows)
    assert re.fullmatch(r"port +81 +command line", rows["port"])
    assert re.fullmatch(r"api_key +\(set, hidden\) +environment", rows["api_key"])
    assert SECRET not in show(loaded)
    told = show(loaded, {"steps": ("one for each token", "checkpoint (x.json)")})
    assert re.search(r"^steps +one for each token +checkpoint \(x.json\)$", told, re.MULTILINE)
    assert SECRET not in repr(loaded)


def test_show_names_what_the_engine_may_hold(load: Any) -> None:
    rows = {line.split()[0]: line for line in show(load(environ={"ELBARTO_MAX_SEQUENCES": "3"})).splitlines()}
    assert re.fullmatch(r"max_sequences +3 +environment", rows["max_sequences"])
    assert re.fullmatch(r"prefix_cache_bytes +1073741824 +default", rows["prefix_cache_bytes"])


def test_the_example_dotenv_names_what_the_engine_may_hold(load: Any) -> None:
    text = (ROOT / ".env.example").read_text()
    uncommented = re.sub(r"^#(?=ELBARTO_)", "", text, flags=re.MULTILINE)
    settings = load(dotenv=uncommented).settings
    for name in ("max_sequences", "prefix_cache_bytes"):
        assert f"\n#{SETTINGS[name].variable}=" in text
        assert getattr(settings, name) == SETTINGS[name].default


def test_every_reply_that_runs_or_waits_has_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """And there is one more for /health."""
    monkeypatch.setenv("ELBARTO_MAX_SEQUENCES", "100")
    monkeypatch.setenv("ELBARTO_MAX_QUEUE", "7")
    monkeypatch.setattr(sys, "path", sys.path[:])
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["threads"] > 107


def test_to_environ_hands_over_everything(load: Any) -> None:
    settings = load(
        flags={
            "threshold": "0.1",
            "strict_model": "true",
            "cors_origins": "http://a:*,http://b",
            "speculation": "off",
        },
        environ={"ELBARTO_API_KEY": SECRET},
    ).settings
    variables = to_environ(settings)
    loaded = load(environ=variables, dotenv="ELBARTO_NUM_THREADS=3\nELBARTO_CONFIG=/absent\nELBARTO_THRESHOLD=0.7")
    assert loaded.settings == settings
    assert variables["ELBARTO_MODEL_PATH"] == variables["ELBARTO_CONFIG"] == ""


def test_the_example_file_uncommented_is_the_defaults(load: Any) -> None:
    text = example_yaml()
    assert yaml.safe_load(text) is None, "as printed, it changes nothing"
    uncommented = re.sub(r"^#(?=\w)", "", text, flags=re.MULTILINE)
    assert set(yaml.safe_load(uncommented)) == set(SETTINGS)
    assert load(yaml_text=uncommented).settings == Settings()
    for info in SETTINGS.values():
        assert info.help.split()[0] in text
    assert max(map(len, text.splitlines())) <= 120


def test_every_default_is_allowed_and_every_setting_explained(load: Any) -> None:
    fields = {item.name for item in dataclasses.fields(Settings)} - {"defaults"}
    assert set(SETTINGS) == fields | set(SETTING_NAMES)
    for name, info in SETTINGS.items():
        assert info.help.endswith(".")
        assert info.allowed
        if info.default is not None:
            text = to_environ(Settings())[info.variable]
            assert getattr(load(flags={name: text}).settings, name) == info.default


@pytest.mark.process
def test_reading_settings_needs_neither_torch_nor_flask() -> None:
    """gunicorn's master reads them, and must use little memory."""
    code = (
        "import sys, app.settings; print([name for name in ('torch', 'flask', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
