"""The files around the code: they parse, agree with the settings, and choose the right model."""

import ast
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values

import app
import lsp
from app.settings import ROOT, SETTINGS, Settings, load_settings

STABLE_DIFFCODER = "ByteDance-Seed/Stable-DiffCoder-8B-Instruct"
SCRIPTS = ["setup-spark.sh", ".ci/run"]
IS_SPARK = platform.machine() == "aarch64" and shutil.which("nvidia-smi") is not None


def run(*command: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60)


@pytest.mark.process
@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_are_executable_and_clean(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert run("bash", "-n", script).stderr == ""
    checked = run(str(Path(sys.prefix) / "bin" / "shellcheck"), script)
    assert checked.returncode == 0, checked.stdout


@pytest.fixture
def spark_house(tmp_path: Path) -> Path:
    for name in ("setup-spark.sh", "requirements.txt", ".env.example"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.process
def test_setup_spark_dry_run_changes_nothing(spark_house: Path) -> None:
    before = sorted(path.name for path in spark_house.iterdir())
    done = run("./setup-spark.sh", "--dry-run", cwd=spark_house)
    assert done.returncode == 0, done.stderr
    assert "pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cu130" in done.stdout
    assert "cp .env.example .env" in done.stdout
    assert sorted(path.name for path in spark_house.iterdir()) == before


@pytest.mark.process
@pytest.mark.skipif(IS_SPARK, reason="this is a Spark")
def test_setup_spark_says_what_is_missing(spark_house: Path) -> None:
    done = run("./setup-spark.sh", cwd=spark_house)
    assert done.returncode == 1
    assert "This machine is not ready; missing:\n  - " in done.stdout
    assert "Setting up" not in done.stdout


@pytest.mark.process
@pytest.mark.skipif(IS_SPARK, reason="this is a Spark")
def test_setup_spark_says_what_the_driver_says(spark_house: Path) -> None:
    """Also without HOME, as in cloud-init."""
    tools = spark_house / "tools"
    tools.mkdir()
    problem = "Failed to initialize NVML: Driver/library version mismatch"
    (tools / "nvidia-smi").write_text(f"#!/bin/sh\necho '{problem}'\necho more\nexit 18\n")
    (tools / "nvidia-smi").chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    done = run("env", "-u", "HOME", "-u", "HF_HOME", "./setup-spark.sh", cwd=spark_house, PATH=path)
    assert done.returncode == 1
    assert done.stderr == ""
    assert f"missing  a working NVIDIA driver (nvidia-smi: {problem})\n" in done.stdout


@pytest.mark.process
def test_setup_spark_on_a_spark(spark_house: Path) -> None:
    """With fakes of the machine's tools: everything is found, and the steps run in order."""
    tools = spark_house / "tools"
    tools.mkdir()
    stand_ins = {
        "uname": 'if [ "$1" = -s ]; then echo Linux; else echo aarch64; fi',
        "nvidia-smi": 'if [ $# -gt 0 ]; then echo "NVIDIA GB10, 12.1"; else echo "| CUDA Version: 13.0 |"; fi',
        "df": "printf 'Filesystem\\n/dev/nvme 9 9 99999999 1%% /\\n'",
        "python3.12": """case "$*" in
            *version_info*) echo 3.12 ;;
            *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
            -) cat >verified.py ;;
            "-m pip"*) echo "$*" >>pip.log ;;
        esac""",
    }
    for name, body in stand_ins.items():
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    done = run("./setup-spark.sh", cwd=spark_house, PATH=f"{tools}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "missing" not in done.stdout
    assert (spark_house / "pip.log").read_text().splitlines() == [
        "-m pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cu130",
        "-m pip install -r requirements.txt",
    ]
    ast.parse((spark_house / "verified.py").read_text())
    assert (spark_house / ".env").read_text() == (ROOT / ".env.example").read_text()
    assert (spark_house / ".venv" / ".server").exists()


def test_the_version_is_the_same_everywhere() -> None:
    """pyproject.toml takes it from app/__init__.py; lsp may not import app, and npm cannot."""
    extension = json.loads((ROOT / "editors" / "vscode" / "package.json").read_text())
    assert {lsp.__version__, extension["version"]} == {app.__version__}


def test_env_example_is_a_valid_env_file() -> None:
    settings = load_settings(environ={}, env_file=ROOT / ".env.example").settings
    assert settings.model_path == STABLE_DIFFCODER
    assert settings.api_key is None


def test_env_example_names_only_known_settings(tmp_path: Path) -> None:
    uncommented = re.sub(r"^#(?=ELBARTO_)", "", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(uncommented)
    assert set(dotenv_values(tmp_path / ".env")) <= {info.variable for info in SETTINGS.values()}
    loaded = load_settings(environ={}, env_file=tmp_path / ".env")
    changed = {name for name, info in SETTINGS.items() if loaded.settings.get(name) != info.default}
    assert changed == {"model_path"}, "what stands there commented out is the default"


@pytest.mark.process
@pytest.mark.parametrize("target", ["serve", "test", "check", "bench", "wheel", "docs", "lint", "format", "clean"])
def test_makefile_has_the_targets(target: str) -> None:
    done = run("make", "--dry-run", target, MAKEFLAGS="")
    assert done.returncode == 0, done.stderr


@pytest.mark.process
def test_make_passes_on_what_it_is_given_and_nothing_of_the_environment() -> None:
    """Some shells set HOST."""
    variables = {"MAKEFLAGS": "", "ARGS": "", "HOST": "box", "MODEL": "mine"}
    plain = run("make", "--no-print-directory", "--dry-run", "serve", **variables).stdout.split("\n")[-2].split()
    assert plain[1:] == ["-m", "app", "serve"]
    given = run(
        "make", "--no-print-directory", "--dry-run", "serve", "PORT=81", "HOST=::1", "MODEL=owner/name", **variables
    )
    expected = ["-m", "app", "serve", "owner/name", "--port", "81", "--host", "::1"]
    assert given.stdout.split("\n")[-2].split()[1:] == expected


@pytest.mark.process
def test_make_help_lists_the_targets() -> None:
    listed = {line.split()[0] for line in run("make", "help", MAKEFLAGS="").stdout.splitlines()[1:]}
    assert {"serve", "test", "test-fast", "check", "lint", "format", "bench", "docs", "wheel", "clean"} <= listed


@pytest.mark.process
def test_make_refuses_an_old_python(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    done = run("make", "serve", "PYTHON=/absent/python3", cwd=tmp_path, MAKEFLAGS="")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed, and /absent/python3 is not" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_dockerfile() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert text.count("FROM ${BASE_IMAGE}") == 2
    assert f"ELBARTO_MODEL_PATH={STABLE_DIFFCODER}" in text
    for part in ("ARG BASE_IMAGE=python:3.12-slim", "USER elbarto", "HEALTHCHECK", "/health", "VOLUME"):
        assert part in text
    assert '\nCMD ["python", "-m", "app", "serve"]' in text
    assert set(re.findall(r"ELBARTO_[A-Z_]+", text)) <= {info.variable for info in SETTINGS.values()}
    for source in re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), flags=re.MULTILINE):
        assert (ROOT / source).exists() or source == "weights"


def test_compose_reserves_a_gpu_and_reads_the_env_file() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["elbarto"]
    (device,) = service["deploy"]["resources"]["reservations"]["devices"]
    assert device["capabilities"] == ["gpu"]
    assert service["env_file"] == [{"path": ".env", "required": False}]
    assert set(service["environment"]) <= {info.variable for info in SETTINGS.values()}


def test_continue_config() -> None:
    models = yaml.safe_load((ROOT / "examples" / "continue-config.yaml").read_text())["models"]
    assert [model["roles"] for model in models] == [["chat", "edit"], ["autocomplete"]]
    for model in models:
        assert (model["provider"], model["apiBase"]) == ("openai", "http://127.0.0.1:8000/v1")
        assert not model["model"].startswith(("o", "gpt")), "Continue would take it for a model of OpenAI's"
        options = model["defaultCompletionOptions"]
        assert options["maxTokens"] < options["contextLength"]
    assert models[1]["autocompleteOptions"]["modelTimeout"] > 150
    assert models[1]["defaultCompletionOptions"]["maxTokens"] == Settings().infill_max_tokens
