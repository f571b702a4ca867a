"""What a chat template reads: roles, tools and other variables, found without rendering it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from jinja2 import TemplateError, meta

from app.text.template_trial import make_environment

ROLE = re.compile(r"""["'](system|user|assistant|tool|developer|ipython|function)["']""")
GIVEN = {"messages", "add_generation_prompt", "bos_token", "eos_token", "tools", "tool_choice", "documents"}


@dataclass(frozen=True)
class TemplateFacts:
    roles: tuple[str, ...]  # that it names; it may accept others
    has_tools: bool
    variables: tuple[str, ...]  # that a request can set besides


def read_template(source: str) -> TemplateFacts:
    environment = make_environment()
    names: Collection[str]
    try:
        names = meta.find_undeclared_variables(environment.parse(source))
    except (TemplateError, RecursionError):
        names = ()
    variables = sorted(name for name in names if name not in GIVEN and not name.endswith("_token"))
    return TemplateFacts(tuple(sorted(set(ROLE.findall(source)))), "tools" in names, tuple(variables))
