"""Function templates, how they become code, and how that code is checked before use."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from training.data.inputs import argument_lists

PLACEHOLDER = re.compile(r"\$([abcdfk])")
MAX_GENERATED_CHECKS = 12
CHECK_SECONDS = 0.5
# What checks may use in addition to `f` and `k`: `tmp` creates a file with that text in a new folder, `printed` is what
# a call prints.
CHECK_PRELUDE = """
def printed(function, *arguments):
    import contextlib, io
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function(*arguments)
    return out.getvalue().strip()


def tmp(text, name="file.txt"):
    import pathlib, tempfile
    path = pathlib.Path(tempfile.mkdtemp()) / name
    path.write_text(text)
    return str(path)
"""

Constant = int | str | None


@dataclass(frozen=True)
class Form:
    """How an answer is written around its body."""

    typed: bool = False
    docstring: str = ""


PLAIN = Form()


@dataclass(frozen=True)
class Template:
    """One kind of function (or class). `$a $b $c $d` stand for arguments, `$k` for a constant, `$f` for the name.

    `says` are verb phrases in the base form ("add two numbers"); the first name and the first arguments are the ones
    an answer uses when the request gives none. `checks` are expressions over `f` and `k` that must be true. `idioms`
    are alternative bodies for the same task, each with the words that request it ("using a loop"). `types` are those of
    the arguments and, last, of the result; with them, more checks are generated from boundary values.
    """

    key: str
    says: tuple[str, ...]
    names: tuple[str, ...]
    arguments: tuple[tuple[str, ...], ...]
    body: str
    checks: tuple[str, ...]
    constants: tuple[int | str, ...] = ()
    idioms: tuple[tuple[str, str], ...] = ()
    types: tuple[str, ...] = ()
    imports: str = ""

    @property
    def is_class(self) -> bool:
        return self.body.startswith(("class ", "@dataclass"))

    def code(
        self,
        name: str,
        arguments: tuple[str, ...],
        constant: Constant = None,
        body: str | None = None,
        form: Form = PLAIN,
    ) -> str:
        """The whole definition with its imports, without a final newline."""
        text = self.body if body is None else body
        if not self.is_class:
            lines = ([f'"""{form.docstring}"""'] if form.docstring else []) + text.split("\n")
            indented = "\n".join(f"    {line}" if line else "" for line in lines)
            text = f"def $f({self._parameters(arguments, form)}:\n{indented}"
        if self.imports:
            text = f"{self.imports}\n\n\n{text}"
        return fill(text, name, arguments, constant)

    def _parameters(self, arguments: tuple[str, ...], form: Form) -> str:
        if not form.typed:
            return f"{', '.join(arguments)})"
        typed = [f"{argument}: {kind}" for argument, kind in zip(arguments, self.types[:-1], strict=True)]
        return f"{', '.join(typed)}) -> {self.types[-1]}"

    def words(self) -> set[str]:
        """Identifiers in the bodies: an argument must not have the same name."""
        texts = (self.body, self.imports, *self.types, *(body for _, body in self.idioms))
        return {word for text in texts for word in re.findall(r"(?<!\$)\b[A-Za-z_]\w*", text)}

    def constant_choices(self) -> tuple[Constant, ...]:
        return self.constants or (None,)


def template(
    key: str,
    says: str,
    names: str,
    arguments: str,
    body: str,
    *checks: str,
    constants: Iterable[int | str] = (),
    idioms: Mapping[str, str] | None = None,
    types: str = "",
    imports: str = "",
) -> Template:
    """Short notation for the tables: alternatives are separated by `|`, arguments by spaces, `types` are as in
    `list[int]; int -> bool`."""
    given, _, result = types.partition(" -> ")
    kinds = tuple(kind.strip() for kind in given.split(";") if kind.strip())
    groups = tuple(tuple(group.split()) for group in arguments.split("|"))
    assert not types or len(kinds) == len(groups[0]), f"{key}: {len(groups[0])} arguments, types {types!r}"
    return Template(
        key,
        tuple(says.split("|")),
        tuple(names.split("|")),
        groups,
        body,
        checks,
        tuple(constants),
        tuple((idioms or {}).items()),
        (*kinds, result) if types else (),
        imports,
    )


def fill(text: str, name: str, arguments: tuple[str, ...], constant: Constant) -> str:
    """Replace the placeholders by name, arguments and constant."""
    values = dict(zip("abcd", arguments, strict=False)) | {"f": name_with(name, constant), "k": str(constant)}
    return PLACEHOLDER.sub(lambda match: values[match.group(1)], text)


def name_with(name: str, constant: Constant) -> str:
    """Natural names may contain the constant: `add_$k`."""
    return name.replace("$k", str(constant))


def scope_of(code: str, name: str, constant: Constant) -> dict[str, object]:
    """Run the definition; returns the namespace for its checks."""
    scope: dict[str, object] = {"k": constant}
    exec(CHECK_PRELUDE, scope)
    exec(code, scope)
    scope["f"] = scope[name_with(name, constant)]
    return scope


@cache
def all_checks(item: Template, constant: Constant) -> tuple[str, ...]:
    """The template's own checks, and its body's results for boundary values of its argument types, as expressions."""
    if not item.types or item.is_class:
        return item.checks
    scope = scope_of(item.code(item.names[0], item.arguments[0], constant), item.names[0], constant)
    generated = []
    for call in argument_lists(item.types[:-1], constant):
        try:
            with time_limit():
                result = eval(f"f({call})", scope)
                expected = repr(result)
                if eval(expected, {}) != result:
                    continue  # NaN, or a value without a literal
        except Exception:
            continue
        generated.append(f"f({call}) == {expected}")
    return (*item.checks, *generated[:MAX_GENERATED_CHECKS])


def failed_checks(item: Template, constant: Constant) -> list[str]:
    """Run every body of the template with its first names; return the checks that do not hold."""
    name, checks = item.names[0], all_checks(item, constant)
    failed = []
    for body in (item.body, *(body for _, body in item.idioms)):
        scope = scope_of(item.code(name, item.arguments[0], constant, body), name, constant)
        failed += [check for check in checks if not holds(check, scope)]
    return failed


def holds(check: str, scope: dict[str, object]) -> bool:
    try:
        with time_limit():
            return bool(eval(check, scope))
    except Exception:
        return False


def fenced(code: str) -> str:
    """Code as a reply."""
    return f"```python\n{code}\n```"


@contextmanager
def time_limit() -> Iterator[None]:
    """Raises TimeoutError if the body uses more than `CHECK_SECONDS` of the processor; a limit by the clock would stop
    right ones on a busy machine. Main thread only."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, CHECK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
