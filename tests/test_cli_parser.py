"""What is typed: aliases, underscores, mistakes and help. A mistake is one line, with what was probably meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli import main
from app.cli.arguments import given_settings
from app.cli.flags import ALL_GROUPS, ENGINE_GROUPS, MODEL, group_of
from app.cli.parser import COMMANDS, parse
from app.errors import ConfigError
from app.paths import COMMAND
from app.settings import SETTINGS


def refusal(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    with pytest.raises(SystemExit, match="2"):
        main(argv)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("elbarto: error: ")
    return printed.err.removeprefix("elbarto: error: ").partition("; see `")[0]


def help_of(capsys: pytest.CaptureFixture[str], command: str) -> str:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["serve", "--prot", "81"], "there is no option --prot: did you mean --port?"),
        (["serve", "--gen_lenght=8"], "there is no option --gen-lenght: did you mean --gen-length?"),
        (["serve", "--xyz"], "there is no option --xyz"),
        (["serve", "one", "two"], "'two' is an argument too many"),
        (["sevre"], "there is no command 'sevre': did you mean serve?"),
        (["xyz"], "there is no command 'xyz'"),
        (
            ["--port=81"],
            f"--port=81 is in the place of a command; options follow one, as in `{COMMAND} serve --port=81`",
        ),
        (["generate", "write", "add"], "'add' is a word too many: put the prompt in quotes"),
        (["generate", "x", "--port", "81"], "generate has no option --port; serve has"),
        (["generate", "x", "--max-tokens", "-1"], "argument --max-tokens: must be a positive integer, got '-1'"),
        (["fill"], "the following arguments are required: FILE"),
        (["edit", "a.py", "--lines", "0-3"], "argument --lines: must be lines such as 3-10, counted from 1, got '0-3'"),
    ],
)
def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str], argv: list[str], message: str) -> None:
    assert refusal(capsys, *argv) == message


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["owner/name"], {"model_path": "owner/name"}),
        (["-m", "x", "-p", "81"], {"model_path": "x", "port": "81"}),
        (["--model", "x"], {"model_path": "x"}),
        (["--model_path=a_b", "--gen_length", "8"], {"model_path": "a_b", "gen_length": "8"}),
        (["x", "--model-path", "x"], {"model_path": "x"}),
        (["--strict_model"], {"strict_model": "true"}),
    ],
)
def test_spellings_of_other_programs(argv: list[str], expected: dict[str, str]) -> None:
    args = parse(["serve", *argv])
    assert args is not None
    assert given_settings(args) == expected


def test_underscores_in_a_prompt_stay() -> None:
    args = parse(["generate", "--max_tokens", "8", "--", "--what_is_this"])
    assert args is not None
    assert (args.prompt, args.max_tokens) == ("--what_is_this", 8)


def test_two_models_are_refused() -> None:
    args = parse(["serve", "a", "-m", "b"])
    assert args is not None
    with pytest.raises(ConfigError, match="MODEL is 'a', and --model-path is 'b': name one model"):
        given_settings(args)


def test_a_key_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-1\n")
    args = parse(["serve", "--api-key-file", str(tmp_path / "key")])
    assert args is not None
    assert given_settings(args) == {"api_key": "sk-1"}


@pytest.mark.parametrize(("content", "reason"), [(None, "cannot be read: No such file"), ("\n", "is empty")])
def test_a_key_file_without_a_key(tmp_path: Path, content: str | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "key").write_text(content)
    args = parse(["ps", "--api-key-file", str(tmp_path / "key")])
    assert args is not None
    with pytest.raises(ConfigError, match=reason):
        given_settings(args)


def test_messages_name_what_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    """The loader knows only the variables."""
    for argv, typed in ((["serve", "./absent"], "MODEL"), (["generate", "x", "-m", "./absent"], "--model-path")):
        assert main([*argv, *(["-p", "0"] if argv[0] == "serve" else [])]) == 2
        expected = f"elbarto: error: {typed} is './absent': there is no such file or folder.\n"
        assert capsys.readouterr().err == expected


def test_serve_has_a_flag_for_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys, "serve")
    assert all(re.search(rf"{info.flag}\b", text) for info in SETTINGS.values())
    assert all(f"{title}:" in text for title in ALL_GROUPS)


@pytest.mark.parametrize("command", ["generate", "chat", "fill", "edit"])
def test_help_lists_what_matters_to_the_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys, command)
    for name, info in SETTINGS.items():
        if name not in ("api_key", "watch"):  # options of their own
            assert bool(re.search(rf"{info.flag}[ ,]", text)) == (group_of(name) in ENGINE_GROUPS), name


def test_config_takes_the_flags_of_serve_and_hides_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--port" not in help_of(capsys, "config")
    assert main(["config", "--show", "--port", "81"]) == 0
    assert re.search(r"^port +81 +command line$", capsys.readouterr().out, re.MULTILINE)


def test_a_setting_of_no_group_is_the_servers() -> None:
    assert {group_of(name) for name in SETTINGS} == set(ALL_GROUPS)
    assert group_of("model_path") == MODEL


@pytest.mark.parametrize("command", COMMANDS)
def test_usage_begins_with_the_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = help_of(capsys, command).splitlines()[0]
    assert re.fullmatch(rf"usage: \S+( -m app)? {command}( \[?[A-Z_]+\]?)* \[options\]", first), first
