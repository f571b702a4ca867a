"""A row of docs/clients.md: which packages bring the client, and what drives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PROMPT = "Write a function that checks if a number is even."


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """`run` is a shell command line in an empty folder, which is also $HOME.

    It finds the installed commands on its PATH, and in its environment $URL (the server, without /v1), $MODEL, $WORK
    (the folder), and $SCRIPTS (`python/` beside this file; for npm the installed copy of `node/`). A script prints what
    it saw as a JSON object: the error of each check, or null.
    """

    client: str
    group: Literal["python", "node", "agents", "editors"]
    source: Literal["pip", "npm", "none"]
    packages: tuple[str, ...] = ()  # the first is the client itself, whose version is shown
    run: str = ""
    asks: str = ""  # what is done; a script names its checks itself
    routes: tuple[str, ...] = ()  # each has to be asked, and to answer with 2xx
    files: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    needs_long_context: bool = False
    limit_s: int = 300
    remark: str = ""  # said in the row, whatever the result
    not_run: str = ""  # why there is no way to run it here

    @property
    def key(self) -> tuple[str, str]:
        return self.group, self.client


def python_script(client: str, *packages: str, script: str, remark: str = "", limit_s: int = 300) -> Recipe:
    run = f'python "$SCRIPTS/{script}" "$URL"'
    return Recipe(
        client=client, group="python", source="pip", packages=packages, run=run, remark=remark, limit_s=limit_s
    )


def node_script(client: str, *packages: str, script: str, provider: str = "") -> Recipe:
    run = f'node "$SCRIPTS/{script}" "$URL" {provider}'.rstrip()
    return Recipe(client=client, group="node", source="npm", packages=packages, run=run)
