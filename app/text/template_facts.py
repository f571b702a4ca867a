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
    names = read_variables(source)
    variables = sorted(name for name in names if name not in GIVEN and not name.endswith("_token"))
    return TemplateFacts(tuple(sorted(set(ROLE.findall(source)))), "tools" in names, tuple(variables))


def read_variables(source: str) -> Collection[str]:
    """All names that a template reads and does not set; none of one that cannot be parsed."""
    try:
        return meta.find_undeclared_variables(make_environment().parse(source))
    except (TemplateError, RecursionError):
        return ()
