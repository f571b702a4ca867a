"""How outputs in pages are found, compared and renewed (docs/printed.py, docs/outputs.py)."""

from __future__ import annotations

import pytest

from docs.outputs import is_shown, merged
from docs.printed import Command, commands

PAGE = """\
~~~console
$ curl -d '{
    "a": 1}' | cat
first
$ quiet
$ last
~~~

```console
$ with a fence
```

~~~text
```python
~~~

```console
nothing typed
```

~~~text
prose
~~~
"""


def test_commands_and_their_outputs_are_found() -> None:
    assert list(commands(PAGE)) == [
        Command("curl -d '{\n    \"a\": 1}' | cat", "\n", "first"),
        Command("quiet", "\n", ""),
        Command("last", "\n", ""),
        Command("with a fence", "\n```\n\n~~~text\n", "```python\n"),
    ]


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a + b", "a + b\n"),
        ('{"id":"c-1…","created":1, … }', '{"id":"c-29","created":22,"text":"x" }'),
        ('"text":"a", "confidence": 0.97', '"text":"a", "confidence": 0.9699'),
        ("tpf    2.0\n…", "tpf    1.5\nprompt_tokens   3"),
    ],
)
def test_what_differs_from_run_to_run_is_not_compared(shown: str, printed: str) -> None:
    assert is_shown(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("a + b", "a - b"), ("a + b", "a + b + c"), ('{"text":"a", … }', '{"text":"b", "steps":1 }'), ("tpf  2.0", "tpf")],
)
def test_another_answer_is_seen(shown: str, printed: str) -> None:
    assert not is_shown(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a + b\n", "a * b\n", "a * b\n"),
        ("a + b…", "a - b * c\nand more", "a - b…"),
        ("…def f(n):\n    return n…", "```python\ndef f(x):\n    return x\n```", "…def f(x):\n    return x…"),
        # Ids stay as short as they were; counters are of the run whose text is shown.
        (
            '{"id":"c-1…","text":"a b","usage":{"tokens":3, … },"tpf":1.5, … }',
            '{"id":"c-9876","text":"a c","usage":{"tokens":4,"x":1 },"tpf":2.5,"y":[2] }',
            '{"id":"c-1…","text":"a c","usage":{"tokens":4, … },"tpf":2.5, … }',
        ),
        # An event more, and one less.
        (
            'data: {"id":"c-1…","text":"a"}\n\ndata: {"id":"c-1…","finish":"stop","counts":{"steps":6, … }}',
            'data: {"id":"c-9","text":"b"}\n\ndata: {"id":"c-9","text":"c"}\n\n'
            'data: {"id":"c-9","finish":"stop","counts":{"steps":8,"tpf":2 }}',
            'data: {"id":"c-1…","text":"b"}\n\ndata: {"id":"c-1…","text":"c"}\n\n'
            'data: {"id":"c-1…","finish":"stop","counts":{"steps":8, … }}',
        ),
        (
            'data: {"text":"a"}\n\ndata: {"text":"b"}\n\ndata: {"end":1, … }',
            'data: {"text":"ab"}\n\ndata: {"end":1,"z":2 }',
            'data: {"text":"ab"}\n\ndata: {"end":1, … }',
        ),
    ],
)
def test_an_output_is_renewed(shown: str, printed: str, expected: str) -> None:
    assert merged(shown, printed) == expected
