"""Import rules: wsgi → app → api → serving → {text, engine}, engine → models.

`text` and `engine` do not know each other. `errors` and `messages` (plain data without torch) are leaves. Settings
reach the rest as frozen dataclasses. The sources are parsed, not run, so imports inside functions count as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A part of the program, and the parts that it may import in addition to itself and `errors`.
MAY_IMPORT = {
    "wsgi": {"app", "settings"},
    "gunicorn.conf": {"settings", "front", "keys"},
    "app": {
        "settings",
        "front",
        "api",
        "serving",
        "text",
        "engine",
        "models",
        "messages",
        "logs",
        "tracing",
    },  # app/__init__.py: all the wiring
    "cli": {
        "settings",
        "paths",
        "app",
        "front",
        "inspection",
        "serving",
        "messages",
        "evaluation",
        "remote",
        "lsp",
        "cluster",
    },
    "cluster": {"app", "logs", "settings", "paths", "serving", "text", "models", "messages"},
    "inspection": {"serving", "text", "engine", "models", "messages"},
    "settings": {"messages", "paths"},
    "front": {"logs"},
    "keys": set(),
    "logs": set(),
    "tracing": {"messages"},
    "paths": set(),
    "errors": set(),
    "messages": set(),
    "remote": set(),
    "evaluation": {"remote"},
    "api": {"serving", "messages", "keys"},
    "serving": {"text", "engine", "messages", "keys"},
    "text": {"messages"},
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
    "tree_sitter": {"text"},
    "prometheus_client": {"serving"},
    "opentelemetry": {"tracing"},
    "ray": {"cluster"},
}


def source_files() -> list[Path]:
    packages = [path for package in ("app", "lsp") for path in sorted((ROOT / package).rglob("*.py"))]
    return [ROOT / "wsgi.py", ROOT / "gunicorn.conf.py", *packages]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def part_of(module: str) -> str | None:
    """The part that a module, or a name imported from one, belongs to; None for other packages."""
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
    """Each imported name in full, and whether it is imported for annotations only."""
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


def test_every_module_has_its_part_of_the_program() -> None:
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


# --- The packages of the language server ---

# A package of `lsp`, or one of its top-level modules, and the others that it may import. All arrows point down: text
# and cleanup are pure, the model server is used over HTTP, and only the upper packages know the editor's protocol.
LSP_MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "options": set(),
    "text": {"errors"},
    "cleanup": {"text"},
    "model_server": {"text", "options", "errors"},
    "suggest": {"model_server", "cleanup", "text", "options", "errors"},
    "editor": {"suggest", "model_server", "text", "options", "errors"},
    "features": {"editor", "suggest", "model_server", "cleanup", "text", "errors"},
    "server": {"features", "editor", "model_server", "lsp"},
    "__main__": {"server", "model_server", "options", "lsp"},
    "lsp": set(),  # lsp/__init__.py: the version
}
LSP_ONLY_FROM = {
    "httpx": {"model_server"},
    "pygls": {"text", "editor", "features", "server", "__main__"},
    "lsprotocol": {"text", "editor", "features", "server"},
}


def lsp_files() -> list[Path]:
    return sorted((ROOT / "lsp").rglob("*.py"))


def lsp_package(name: str) -> str:
    """The package that a module of `lsp`, or a name imported from one, belongs to."""
    package = name.split(".")[1] if "." in name else "lsp"
    return package if package in LSP_MAY_IMPORT else "lsp"


def lsp_violations(module: str, source: str, is_package: bool = False) -> list[str]:
    package = lsp_package(module)
    found = []
    for name, _ in imports(module, source, is_package):
        top = name.partition(".")[0]
        if top == "lsp":
            if lsp_package(name) not in {package} | LSP_MAY_IMPORT[package]:
                found.append(f"{module} imports {name}: {package} may not import {lsp_package(name)}")
        elif package not in LSP_ONLY_FROM.get(top, {package}):
            found.append(f"{module} imports {name}: {package} may not import {top}")
    return found


@pytest.mark.parametrize("path", lsp_files(), ids=module_name)
def test_the_packages_of_the_language_server_import_only_those_below(path: Path) -> None:
    assert lsp_violations(module_name(path), path.read_text(encoding="utf-8"), path.name == "__init__.py") == []


def test_every_module_of_the_language_server_has_its_package() -> None:
    parts = {path.stem for path in (ROOT / "lsp").iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert parts - {"__init__"} == set(LSP_MAY_IMPORT) - {"lsp"}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("lsp.text.changes", "from lsp.suggest.cache import CandidateCache"),
        ("lsp.text.changes", "if TYPE_CHECKING:\n    from lsp.editor.session import EditorSession"),
        ("lsp.text.changes", "from lsp import server"),
        ("lsp.text.changes", "import lsp"),
        ("lsp.cleanup.rules", "from lsp.model_server.wire import FilledHole"),
        ("lsp.cleanup.rules", "import httpx"),
        ("lsp.model_server.client", "from ..suggest import completion"),
        ("lsp.model_server.client", "import pygls.server"),
        ("lsp.suggest.completion", "from lsp.editor.port import EditorPort"),
        ("lsp.suggest.completion", "from lsprotocol import types"),
        ("lsp.editor.session", "from lsp.features import inline"),
        ("lsp.features.inline", "def f():\n    import lsp.server"),
        ("lsp.options", "from lsp.errors import LspError"),
    ],
)
def test_an_import_from_a_package_above_is_found(module: str, source: str) -> None:
    assert len(lsp_violations(module, source)) == 1


# --- No import cycles, not even for annotations ---


def import_graph(package: str) -> dict[str, set[str]]:
    """The modules of a package, and those of them that each imports, anywhere and for any purpose."""
    paths = {module_name(path): path for path in sorted((ROOT / package).rglob("*.py"))}
    return {
        module: imported_modules(module, path.read_text(encoding="utf-8"), set(paths), path.name == "__init__.py")
        for module, path in paths.items()
    }


def imported_modules(module: str, source: str, modules: set[str], is_package: bool = False) -> set[str]:
    found = set()
    for name, _ in imports(module, source, is_package):
        while name not in modules and "." in name:
            name = name.rpartition(".")[0]
        if name in modules:
            found.add(name)
    return found - {module}


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of an import cycle, with the first one repeated at the end; empty if there is none."""
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        for imported in sorted(graph[module]):
            if found := visit(imported, [*path, module]):
                return found
        done.add(module)
        return []

    return next((found for module in graph if (found := visit(module, []))), [])


@pytest.mark.parametrize("package", ["app", "lsp"])
def test_no_import_cycles(package: str) -> None:
    assert cycle(import_graph(package)) == []


def test_a_cycle_is_found() -> None:
    modules = {"lsp", "lsp.a", "lsp.b", "lsp.c"}
    graph: dict[str, set[str]] = {
        "lsp": set(),
        "lsp.a": imported_modules("lsp.a", "from lsp.b import B", modules),
        "lsp.b": imported_modules("lsp.b", "def f():\n    from . import c", modules),
        "lsp.c": imported_modules("lsp.c", "if TYPE_CHECKING:\n    from lsp.a import A", modules),
    }
    assert cycle(graph) == ["lsp.a", "lsp.b", "lsp.c", "lsp.a"]
    graph["lsp.c"] = set()
    assert cycle(graph) == []
