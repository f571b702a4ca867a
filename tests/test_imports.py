"""Who may import whom: wsgi → app → api → serving → {text, engine}, engine → models.

`text` and `engine` do not know each other. `errors` and `messages` (plain data without torch) are leaves. Settings
reach the rest as frozen dataclasses. The sources are parsed, not run, so imports inside functions count as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A part of the house, and the parts that it may import besides itself and `errors`.
MAY_IMPORT = {
    "wsgi": {"app", "settings"},
    "gunicorn.conf": {"settings"},
    "app": {"settings", "api", "serving", "text", "engine", "models", "messages"},  # app/__init__.py: all the wiring
    "cli": {"settings", "paths", "app", "serving", "messages"},
    "settings": {"messages", "paths"},
    "paths": set(),
    "errors": set(),
    "messages": set(),
    "api": {"serving", "messages"},
    "serving": {"text", "engine", "messages"},
    "text": set(),
    "engine": {"models", "messages"},
    "models": {"messages"},
    "lsp": set(),
}
# Not in the wheel, so nothing in it may import them.
NOT_SHIPPED = {"bench", "training", "tests"}
# Only these may import the package, and only when the code runs: app/__init__.py names Flask in an annotation.
ONLY_FROM = {
    "torch": {"engine", "models"},
    "flask": {"api"},
    "flask_cors": {"api"},
    "flask_sock": {"api"},
    "simple_websocket": {"api"},
}


def source_files() -> list[Path]:
    packages = [path for package in ("app", "lsp") for path in sorted((ROOT / package).rglob("*.py"))]
    return [ROOT / "wsgi.py", ROOT / "gunicorn.conf.py", *packages]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def part_of(module: str) -> str | None:
    """The part of the house that a module, or a name imported from one, belongs to; None for other packages."""
    if module == "gunicorn.conf":
        return module
    top, _, rest = module.partition(".")
    inner = rest.partition(".")[0]
    if top != "app":
        return top if top in ("wsgi", "lsp") else None
    if inner == "__main__":
        return "cli"
    return inner if inner in MAY_IMPORT else "app"


def imports(module: str, source: str, is_package: bool) -> Iterator[tuple[str, bool]]:
    """Each imported name in full, and whether it is there for annotations only."""
    tree = ast.parse(source)
    for_types = {
        inner for node in ast.walk(tree) if _is_type_checking(node) for child in node.body for inner in ast.walk(child)
    }
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base += node.module.split(".") if node.module else []
            names = [".".join([*base, alias.name]) for alias in node.names]
        else:
            continue
        for name in names:
            yield name, node in for_types


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def violations(module: str, source: str, is_package: bool = False) -> list[str]:
    importer = part_of(module)
    found = []
    for name, for_types in imports(module, source, is_package):
        part, package = part_of(name), name.partition(".")[0]
        if part is not None:
            allowed = MAY_IMPORT[importer] | {importer} | (set() if importer == "lsp" else {"errors"})
            if part not in allowed:
                found.append(f"{module} imports {name}: {importer} may not import {part}")
        elif package in NOT_SHIPPED:
            found.append(f"{module} imports {name}: {package} is not in the wheel")
        elif not for_types and importer not in ONLY_FROM.get(package, {importer}):
            found.append(f"{module} imports {name}: {importer} may not import {package}")
    return found


@pytest.mark.parametrize("path", source_files(), ids=lambda path: module_name(path))
def test_imports_follow_the_plan(path: Path) -> None:
    assert violations(module_name(path), path.read_text(encoding="utf-8"), path.name == "__init__.py") == []


def test_every_module_has_its_part_of_the_house() -> None:
    """A new package or module next to settings.py gets its line in MAY_IMPORT first."""
    known = {*MAY_IMPORT, "__init__", "__main__"}

    assert {path.stem for path in (ROOT / "app").iterdir() if path.suffix == ".py" or path.is_dir()} <= {
        *known,
        "web",
        "__pycache__",
    }


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app.api.chat", "from app.engine.engine import Engine"),
        ("app.messages.params", "import torch"),
        ("app.messages.params", "from app.engine.engine import Engine"),
        ("app.api.chat", "from app.models.families import Diffusion"),
        ("app.api.chat", "def f():\n    from app import engine"),
        ("app.api.chat", "from app import __version__"),
        ("app.api.chat", "from ..engine import params"),
        ("app.api.health", "import torch"),
        ("app.serving.service", "from app.api import sse"),
        ("app.serving.service", "import app.settings"),
        ("app.serving.service", "from app.models import checkpoint"),
        ("app.serving.executor", "from torch.nn import Module"),
        ("app.serving.executor", "from flask import request"),
        ("app.text.stop", "from app.engine.engine import Engine"),
        ("app.text.stop", "if TYPE_CHECKING:\n    from app.engine.engine import Engine"),
        ("app.engine.engine", "from app.text import tokenizer"),
        ("app.engine.engine", "from app.settings import Settings"),
        ("app.engine.engine", "import flask_cors"),
        ("app.models.config", "from app.engine.engine import Engine"),
        ("app.models.config", "from ..serving.service import Service"),
        ("app.errors", "from app.settings import Settings"),
        ("app.settings", "import torch"),
        ("app.settings", "from app.api import HttpConfig"),
        ("app.cli", "import app.api.chat"),
        ("app.cli.serve", "def run():\n    from bench.main import run"),
        ("app.engine.engine", "if TYPE_CHECKING:\n    from training.model import Model"),
        ("lsp.server", "from tests.lsp import fake_server"),
        ("app", "import torch"),
        ("app", "from flask import Flask"),
        ("wsgi", "import app.engine"),
        ("gunicorn.conf", "from app import create_app"),
        ("lsp.server", "import torch.nn"),
        ("lsp.server", "from app.errors import ConfigError"),
        ("lsp.server", "import app"),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str) -> None:
    assert len(violations(module, source, is_package=module == "app")) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wsgi", "from app import create_app"),
        ("gunicorn.conf", "from app.settings import load_settings\nfrom app.errors import StartError"),
        ("app", "def create_app():\n    from app.settings import Settings\n    from app.serving import service"),
        ("app", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from flask import Flask"),
        ("app.cli", "from app import __version__\nfrom app.settings import load_settings"),
        ("app.__main__", "from app.cli import main"),
        ("app.api.chat", "import flask\nfrom flask_cors import CORS\nfrom app.api import sse\nfrom . import schemas"),
        ("app.serving.service", "from app.text.stop import StopStrings\nfrom app.messages import events"),
        (
            "app.engine.runner",
            "import torch\nfrom app.models.transformer import Transformer\nfrom .canvas import Block",
        ),
        ("app.models.config", "from app.errors import CheckpointError\nimport torch.nn.functional as F"),
        ("lsp.server", "import httpx\nfrom lsp import settings"),
        ("app.text.tokenizer", "import torchless\nimport application"),
    ],
)
def test_an_allowed_import_is_let_through(module: str, source: str) -> None:
    assert violations(module, source, is_package=module == "app") == []
