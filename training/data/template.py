"""What a function template is, how it becomes code, and how that code is proved right before it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"\$([abcfk])")


@dataclass(frozen=True)
class Template:
    """One kind of function (or class). `$a $b $c` stand for arguments, `$k` for a constant, `$f` for the name.

    `says` are verb phrases in the base form ("add two numbers"); the first name and the first arguments are the ones
    an answer uses when the request gives none. `checks` are expressions over `f` and `k` that must be true.
    """

    key: str
    says: tuple[str, ...]
    names: tuple[str, ...]
    arguments: tuple[tuple[str, ...], ...]
    body: str
    checks: tuple[str, ...]
    constants: tuple[int | str, ...] = ()

    @property
    def is_class(self) -> bool:
        return self.body.startswith("class ")

    def code(self, name: str, arguments: tuple[str, ...], constant: int | str | None = None) -> str:
        """The whole definition, without a newline at its end."""
        body = self.body
        if not self.is_class:
            indented = "\n".join(f"    {line}" if line else "" for line in body.split("\n"))
            body = f"def $f({', '.join(arguments)}):\n{indented}"
        return fill(body, name, arguments, constant)

    def words(self) -> set[str]:
        """Identifiers of the body: an argument may not be called like one of them."""
        return set(re.findall(r"(?<!\$)\b[A-Za-z_]\w*", self.body))

    def constant_choices(self) -> tuple[int | str | None, ...]:
        return self.constants or (None,)


def template(
    key: str, says: str, names: str, arguments: str, body: str, *checks: str, constants: Iterable[int | str] = ()
) -> Template:
    """Short notation for the tables: alternatives stand between `|`, arguments between spaces."""
    return Template(
        key,
        tuple(says.split("|")),
        tuple(names.split("|")),
        tuple(tuple(group.split()) for group in arguments.split("|")),
        body,
        checks,
        tuple(constants),
    )


def fill(text: str, name: str, arguments: tuple[str, ...], constant: int | str | None) -> str:
    """Put name, arguments and constant where their placeholders stand."""
    values = dict(zip("abc", arguments, strict=False)) | {"f": name_with(name, constant), "k": str(constant)}
    return PLACEHOLDER.sub(lambda match: values[match.group(1)], text)


def name_with(name: str, constant: int | str | None) -> str:
    """Natural names may hold the constant: `add_$k`."""
    return name.replace("$k", str(constant))


def failed_checks(item: Template, constant: int | str | None) -> list[str]:
    """Run the definition with its first names; return the checks that do not hold."""
    name = item.names[0]
    scope: dict[str, object] = {"k": constant}
    exec(item.code(name, item.arguments[0], constant), scope)
    scope["f"] = scope[name_with(name, constant)]
    return [check for check in item.checks if not eval(check, scope)]
