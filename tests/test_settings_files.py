"""Files and variables that say something else than their author means: each is one clear line, none is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ConfigError
from app.settings import Loaded, load_settings

SECRET = "s3cret"


def load(
    folder: Path, dotenv: str | bytes = "", yaml: str | bytes | None = None, environ: dict[str, str] | None = None
) -> Loaded:
    (folder / ".env").write_bytes(dotenv.encode() if isinstance(dotenv, str) else dotenv)
    config = None
    if yaml is not None:
        config = folder / "elbarto.yaml"
        config.write_bytes(yaml.encode() if isinstance(yaml, str) else yaml)
    return load_settings(None, config, environ or {}, folder / ".env")


def refusal(folder: Path, **sources: str | bytes | dict[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, **sources)
    message = str(caught.value)
    assert "\n" not in message
    assert SECRET not in message
    return message


@pytest.mark.parametrize(
    "line",
    [f'ELBARTO_API_KEY="{SECRET}', f"ELBARTO_API_KEY: {SECRET}", "ELBARTO_API_KEY", f"export {SECRET}", "=8000"],
)
def test_a_line_of_env_that_is_no_setting_stops_the_start(tmp_path: Path, line: str) -> None:
    message = refusal(tmp_path, dotenv=f"# a comment\n\nHF_HOME=/models\n\n{line}\nELBARTO_PORT=8001\n")
    assert message == f"{tmp_path / '.env'} line 5 is not NAME=value, nor a # comment"


@pytest.mark.parametrize("name", ["elbarto_port", "Elbarto_Port", "ELBATRO_PORT", "EL_BARTO_PORT"])
def test_a_misspelt_name_in_env_is_not_skipped(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, dotenv=f"{name}=8001\n") == f"{name} in .env is not a setting; did you mean ELBARTO_PORT?"


def test_what_env_may_have(tmp_path: Path) -> None:
    text = "\ufeff# comment\r\nexport ELBARTO_PORT = '8001' # why\r\nHF_TOKEN=hf_x\r\nPORT=1\r\nELBARTO_STEPS=\r\n"
    assert load(tmp_path, dotenv=text).settings.port == 8001


@pytest.mark.parametrize("text", ["ELBARTO_MODEL_PATH=modèle\n".encode("latin-1"), "ELBARTO_PORT=1\n".encode("utf-16")])
def test_env_in_another_encoding(tmp_path: Path, text: bytes) -> None:
    assert refusal(tmp_path, dotenv=text) == f"{tmp_path / '.env'} is not UTF-8; save it as UTF-8"


def test_a_folder_named_env_is_a_warning(tmp_path: Path) -> None:
    """Some people name their virtual environment so."""
    (tmp_path / ".env").mkdir()
    loaded = load_settings(None, None, {}, tmp_path / ".env")
    assert loaded.warnings == (f"{tmp_path / '.env'} is a folder, so it is not read as a file of settings",)


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_around_a_variable_are_taken_off_with_a_warning(tmp_path: Path, quote: str) -> None:
    """`docker run --env-file` passes them on, and no client could guess such a key."""
    loaded = load(tmp_path, environ={"ELBARTO_API_KEY": f"{quote}{SECRET}{quote}", "ELBARTO_PORT": f"{quote}81{quote}"})
    assert (loaded.settings.api_key, loaded.settings.port) == (SECRET, 81)
    assert loaded.warnings == tuple(
        f"{name} in the environment is in quotes, which are not part of the value: taken off"
        for name in ("ELBARTO_API_KEY", "ELBARTO_PORT")
    )


def test_quotes_inside_a_variable_stay(tmp_path: Path) -> None:
    loaded = load(tmp_path, environ={"ELBARTO_API_KEY": '"a"b'})
    assert (loaded.settings.api_key, loaded.warnings) == ('"a"b', ())


@pytest.mark.parametrize(
    ("host", "address"), [("[::1]", "::1"), ("[::]", "::"), ("::1", "::1"), ("box.lan", "box.lan")]
)
def test_an_address_may_be_in_brackets(tmp_path: Path, host: str, address: str) -> None:
    assert load(tmp_path, environ={"ELBARTO_HOST": host}).settings.host == address


@pytest.mark.parametrize("host", ["[::1", "[box]", "[]", "::1]"])
def test_brackets_are_for_ipv6_only(tmp_path: Path, host: str) -> None:
    expected = f"ELBARTO_HOST in the environment is {host!r}; allowed: a host name or address"
    assert refusal(tmp_path, environ={"ELBARTO_HOST": host}) == expected


def test_yaml_reads_off_as_false(tmp_path: Path) -> None:
    assert load(tmp_path, yaml="watch: off\n").settings.watch == "off"
    assert "watch in " in refusal(tmp_path, yaml="watch: on\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("port: 1\nwatch: full\nport: 2\n", "is not YAML (line 3): a setting is there twice"),
        ("port: 1\n---\nport: 2\n", "is not YAML (line 2): it has several documents (---)"),
        ("model_path: modèle\n".encode("latin-1"), "is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_is_wrong_with_a_yaml_file(tmp_path: Path, text: str | bytes, problem: str) -> None:
    assert refusal(tmp_path, yaml=text) == f"the settings file {tmp_path / 'elbarto.yaml'} {problem}"


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    message = refusal(
        tmp_path, dotenv="ELBARTO_PROT=1\n", yaml="nonsense: 1\nport: high\n", environ={"ELBARTO_HOTS": ""}
    )
    assert [part in message for part in ("ELBARTO_PROT in .env", "nonsense in", "ELBARTO_HOTS", "'high'")] == [True] * 4


def test_a_home_folder_that_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # without HOME and an entry in the user database
    with pytest.raises(ConfigError, match=r"the settings file ~/elbarto\.yaml cannot be read: No such file"):
        load_settings(None, Path("~/elbarto.yaml"), {}, tmp_path / ".env")
