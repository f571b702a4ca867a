"""The command line, run as users do; `serve` and gunicorn.conf.py with a fake app."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from app import __version__
from app.cli import main
from app.errors import PromptTooLong
from app.messages.events import Counters
from app.serving.generation import SILENCE, Silence
from app.serving.requests import ChatRequest
from app.serving.updates import Delta, Ended
from app.settings import EMBEDDED_MODEL, ROOT

APP = '''
import importlib.util, json, logging, os
from pathlib import Path
from types import SimpleNamespace
from app.settings import load_settings
__version__ = "0"

class StandIn:
    """Answers with what the worker sees; as an extension of itself it notes that it was closed."""
    extensions = property(lambda self: {"elbarto": self})
    service = property(lambda self: self)

    def close(self, timeout_s=0):
        Path(os.environ["CLOSED"]).touch()

    def wait_until_ready(self): ...

    def __call__(self, environ, start_response):
        loaded = load_settings()
        start_response("200 OK", [("Content-Type", "application/json")])
        seen = {"model_path": loaded.settings.model_path, "max_queue": loaded.settings.max_queue, "cwd": os.getcwd(),
                "threshold": loaded.settings.get("threshold"),
                "sees_cwd": importlib.util.find_spec("shadow") is not None}
        return [json.dumps(seen).encode()]

def create_app():
    logging.basicConfig(level="INFO", format="%(levelname)s %(name)s: %(message)s", force=True)
    return StandIn()

def model_source(settings):
    from app.messages.params import ModelSource
    return ModelSource(path=os.environ["CHECKPOINT"])

def explain_defaults(settings):
    return {"steps": ("7", "checkpoint (" + str(settings.model) + ")")}
'''


class FakeReply(list[Delta | Ended | Silence]):
    warnings = ("too long",)

    def abort(self) -> None: ...

    def usage(self) -> SimpleNamespace:
        return SimpleNamespace(tpf=1.5)

    @property
    def choices(self) -> list[Ended]:
        return [item for item in self if isinstance(item, Ended)]


class FakeService:
    """The part of a service that the command line calls."""

    def __init__(self, calls: list[ChatRequest], refusal: Exception | None = None) -> None:
        self.calls, self.refusal = calls, refusal
        self.closed = False

    def chat(self, call: ChatRequest) -> FakeReply:
        self.calls.append(call)
        if self.refusal:
            raise self.refusal
        counters = Counters(
            *(5, 0, 4, 1),
            steps=3,
            forwards=2,
            fused_commits=1,
            generated_tokens=6,
            queue_ms=0.0,
            total_ms=1.0,
            drafts_tried=4,
            drafts_accepted=1,
        )
        return FakeReply([Delta(0, "Hi, ", (1, 2)), SILENCE, Delta(0, "there.", (3,)), Ended(0, "stop", counters)])

    def wait_until_ready(self) -> None: ...

    def close(self) -> None:
        self.closed = True


def clean_environ() -> dict[str, str]:
    """With the checkpoint of the fake app."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ELBARTO_")}
    return clean | {"CHECKPOINT": str(EMBEDDED_MODEL)}


def run(*arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {**clean_environ(), "PYTHONPATH": str(cwd), **variables}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=60)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of this repository with a fake app/__init__.py."""
    repository = tmp_path / "repository"
    for package in ("app", "lsp"):
        ignored = shutil.ignore_patterns("web", "assets", "__pycache__")
        shutil.copytree(ROOT / package, repository / package, ignore=ignored)
    for name in ("wsgi.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / name, repository / name)
    (repository / "app" / "__init__.py").write_text(APP)
    return repository


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A user's directory, with a model and with modules whose names the server imports."""
    directory = tmp_path / "elsewhere"
    (directory / "my-model").mkdir(parents=True)
    for name in ("app", "wsgi", "gunicorn", "calendar", "shadow"):
        (directory / f"{name}.py").write_text(f"raise SystemExit('the wrong {name}')")
    return directory


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    text = capsys.readouterr().out
    assert all(command in text for command in ("serve", "generate", "chat", "config"))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert __version__ in capsys.readouterr().out


def test_generate_prints_blocks_and_counters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[ChatRequest] = []
    service = FakeService(calls)
    monkeypatch.setattr("app.create_service", lambda settings: service, raising=False)
    assert main(["generate", "Say hi.", "--max-tokens", "8", "--stats", "--temperature", "0.5"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "Hi, there.\n"
    rows = dict(re.findall(r"^(\w+) +([\d.]+)$", printed.err, re.MULTILINE))
    assert (rows["steps"], rows["forwards"], rows["tokens_per_forward"]) == ("3", "2", "1.5")
    assert (rows["drafts_tried"], rows["drafts_accepted"]) == ("4", "1")
    assert "elbarto: too long" in printed.err
    assert calls == [ChatRequest(messages=[{"role": "user", "content": "Say hi."}], max_tokens=8)]
    assert service.closed


def test_generate_reports_a_refused_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    service = FakeService([], refusal=PromptTooLong(16, 20))
    monkeypatch.setattr("app.create_service", lambda settings: service, raising=False)
    assert main(["generate", "x"]) == 2
    assert capsys.readouterr().err.startswith("elbarto: error: This model's maximum context length is 16 tokens.")
    assert service.closed


@pytest.mark.process
def test_config_prints_an_example_that_config_show_reads(repository: Path, tmp_path: Path) -> None:
    printed = run("config", cwd=repository)
    assert printed.returncode == 0
    assert yaml.safe_load(printed.stdout) is None
    (tmp_path / "elbarto.yaml").write_text(printed.stdout + "port: 81\n")
    flags = ["--config", str(tmp_path / "elbarto.yaml"), "--strict-model"]
    shown = run("config", "--show", *flags, cwd=repository, ELBARTO_API_KEY="sk-secret", ELBARTO_PORT="82")
    assert shown.returncode == 0, shown.stderr
    rows = {line.split()[0]: line.split(maxsplit=1)[1].rstrip() for line in shown.stdout.splitlines()}
    assert rows["port"].split() == ["81", "YAML", str(tmp_path / "elbarto.yaml")]
    assert rows["strict_model"].split() == ["true", "command", "line"]
    assert rows["device"].split() == ["auto", "default"]
    assert rows["steps"].split() == ["7", "checkpoint", f"({repository / 'weights' / 'elbarto-mini'})"]
    assert "sk-secret" not in shown.stdout


@pytest.mark.process
@pytest.mark.parametrize("command", [["config", "--show"], ["serve"], ["generate", "x"]])
def test_a_bad_setting_is_one_line_and_exit_code_2(command: list[str]) -> None:
    done = run(*command, ELBARTO_PROT="1")
    line = "elbarto: error: ELBARTO_PROT in the environment is not a setting; did you mean ELBARTO_PORT?\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


@pytest.mark.process
def test_a_bad_file_of_keys_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("alice:key\n")
    done = run("serve", ELBARTO_PORT="0", ELBARTO_API_KEYS_FILE=str(tmp_path / "keys"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"elbarto: error: {tmp_path / 'keys'}, line 1: must be name:hash, ")
    assert done.stderr.count("\n") == 1


@pytest.mark.process
def test_a_taken_port_is_one_line_and_exit_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--host", "127.0.0.1", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.startswith(f"elbarto: error: cannot listen on 127.0.0.1 port {port}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.process
def test_an_unusable_host_is_one_line_and_exit_code_2() -> None:
    host = "a" * 80  # longer than a DNS label may be, so no resolver is asked
    done = run("serve", "--host", host)
    assert done.returncode == 2
    assert done.stderr.startswith(f"elbarto: error: cannot listen on {host} port 8000: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.process
def test_serve_runs_gunicorn_from_any_directory(repository: Path, elsewhere: Path, free_port: int) -> None:
    """Started like the console script: the working directory is not on sys.path, and is not added to it."""
    (elsewhere / ".env").write_text("ELBARTO_THRESHOLD=0.5\nELBARTO_MAX_QUEUE=1\n")
    for directory in (repository, elsewhere.parent):
        (directory / ".env").write_text("ELBARTO_PROT=1\n")  # an error if it were read
    (elsewhere / "elbarto.yaml").write_text("max_queue: 3\n")
    closed = elsewhere / "closed"
    flags = ["--host", "127.0.0.1", "--port", str(free_port), "--model-path", "my-model", "--threshold", ""]
    variables = {"PYTHONPATH": str(repository), "CLOSED": str(closed), "ELBARTO_CONFIG": "elbarto.yaml"}
    command = [sys.executable, "-P", "-c", "import app.cli; app.cli.main()", "serve", *flags]
    server = subprocess.Popen(
        command, cwd=elsewhere, env={**clean_environ(), **variables}, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(server, f"INFO app: Open http://127.0.0.1:{free_port}/")
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/", timeout=30) as response:
            seen = json.load(response)
        assert not closed.exists()
    finally:
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=60)
    assert seen == {
        "model_path": str(elsewhere / "my-model"),
        "max_queue": 3,
        "threshold": None,
        "cwd": str(elsewhere),
        "sees_cwd": False,
    }
    assert server.returncode == 0, log
    assert closed.exists(), "worker_exit closes the app"
    assert "Traceback" not in log


@pytest.mark.process
def test_bare_gunicorn_reads_the_settings(repository: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "--print-config", "wsgi:app"]
    variables = {
        "ELBARTO_MAX_QUEUE": "8",
        "ELBARTO_HOST": "::1",
        "ELBARTO_SHUTDOWN_S": "7",
        "ELBARTO_LOG_LEVEL": "error",
    }
    done = subprocess.run(
        command, cwd=repository, env={**clean_environ(), **variables}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    config = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    config = {name.strip(): value.strip() for name, value in config.items()}
    assert config["bind"] == "['[::1]:8000']"
    assert (config["workers"], config["worker_class"], config["threads"]) == ("1", "app.front.worker.Worker", "96")
    assert (config["graceful_timeout"], config["loglevel"], config["preload_app"]) == ("12", "error", "False")


@pytest.mark.process
def test_bare_gunicorn_refuses_a_bad_setting_in_one_line(repository: Path) -> None:
    environ = {**clean_environ(), "ELBARTO_PORT": "high"}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app"]
    done = subprocess.run(command, cwd=repository, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("elbarto: error: ELBARTO_PORT in the environment is 'high'; allowed: ")
    assert done.stderr.count("\n") == 1


def wait_for(server: subprocess.Popen[str], text: str) -> None:
    assert server.stderr is not None
    for line in server.stderr:
        if text in line:
            return
    pytest.fail(f"the server ended before it said {text!r}")
