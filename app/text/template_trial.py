"""Renders a chat template in a process of its own: {"template", limits} on stdin, {"problem"} on stdout.

Run as a file, so that it imports nothing of the program. The environment is the one in which transformers renders.
"""

import json
import resource
import sys

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

USER = {"role": "user", "content": "Hello"}
CONVERSATIONS = (
    [USER],
    [{"role": "system", "content": "Be brief."}, USER],
    [USER, {"role": "assistant", "content": "Yes?"}, {"role": "user", "content": "What is 2 + 2?"}],
)


class Generation(Extension):
    """transformers' marks around what the assistant says; they do not change the text."""

    tags = {"generation"}  # noqa: RUF012 (jinja's annotation is not of the class)

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


def main() -> None:
    given = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_CPU, (given["seconds"], given["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (given["memory_bytes"], given["memory_bytes"]))
    json.dump({"problem": find_problem(given["template"], given["max_text"])}, sys.stdout)


def make_environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = to_json
    environment.globals.update(raise_exception=refuse, strftime_now=lambda format: format)
    return environment


def find_problem(source: str, max_text: int) -> str | None:
    environment = make_environment()
    try:
        if next(environment.parse(source).find_all(nodes.Pow), None):
            return "computes powers, which none needs"
        template = environment.from_string(source)
    except (MemoryError, RecursionError):
        return "needs too much memory"
    except TemplateError as error:
        return f"has an error in line {getattr(error, 'lineno', '?')}: {error.message}"
    for messages in CONVERSATIONS:
        try:
            length = 0
            for text in template.generate(messages=messages, add_generation_prompt=True, bos_token="", eos_token=""):
                length += len(text)
                if length > max_text:
                    return f"makes more than {max_text} characters of a short conversation"
        except (MemoryError, RecursionError):
            return "needs too much memory"
        except Exception:  # It refuses these messages, in one of many ways.
            continue
    return None


def to_json(
    value: object,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def refuse(message: str) -> None:
    raise TemplateError(message)


if __name__ == "__main__":
    main()
