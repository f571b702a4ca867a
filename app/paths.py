"""Where the program's files are: next to the packages in the source tree, under `app/_data` in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent  # the source tree, or site-packages
IS_INSTALLED = (PACKAGE / "_data").is_dir()  # hatchling copies the files there (pyproject.toml)
DATA = PACKAGE / "_data" if IS_INSTALLED else ROOT

EMBEDDED_MODEL = DATA / "weights" / "elbarto-mini"
GUIDES = DATA / "docs"
GUNICORN_CONF = DATA / "gunicorn.conf.py"
ENV_FILE = Path(".env")  # of the working directory; parent directories are not searched
COMMAND = "elbarto" if IS_INSTALLED else "python -m app"  # the command that messages show
