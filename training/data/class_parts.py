"""Builds templates of classes from methods."""

from training.data.template import Template, template


def class_text(*methods: str) -> str:
    """A class named `$f` with these methods."""
    lines = "\n\n".join(methods).split("\n")
    return "class $f:\n" + "\n".join(f"    {line}" if line else "" for line in lines)


def class_template(
    key: str, says: str, name: str, methods: tuple[str, ...], *checks: str, imports: str = ""
) -> Template:
    """A class with these methods, named `name` unless the request says otherwise."""
    return template(f"class/{key}", says, name, "", class_text(*methods), *checks, imports=imports)


def init_text(fields: str, values: str = "") -> str:
    """`fields` such as "x y" become parameters; `values` such as "items=[]" only attributes."""
    names = fields.split()
    lines = [f"    self.{name.split('=')[0]} = {name.split('=')[0]}" for name in names]
    lines += ["    self.{} = {}".format(*pair.split("=", 1)) for pair in values.split(";") if pair]
    return f"def __init__({', '.join(['self', *names])}):\n" + "\n".join(lines)
