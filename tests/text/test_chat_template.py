"""Chat templates are code from the checkpoint: one that does not end must not take the server with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import PreTrainedTokenizerFast

from app.errors import CheckpointError, RequestError
from app.paths import EMBEDDED_MODEL
from app.text import chat_template
from app.text.chat_template import check_chat_template
from app.text.template_trial import find_problem
from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import ByteTokenizer
from tests.reference import CHECKPOINT

NESTED = "{% for i in range(99999) %}" * 3 + "{% endfor %}" * 3


@pytest.mark.process
@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (NESTED, "does not end within 1 seconds"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "needs too much memory"),
        ("{{ 'x' * (10000000000 * messages|length) }}", "needs too much memory"),
        (
            "{% set n = namespace(x='12345678') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
            "needs too much memory",
        ),
        ("{{ 9 ** 9 ** 9 }}", "computes powers, which none needs"),
        ("{% for i in range(9999) %}{{ '0123456789' * 100 }}{% endfor %}", "makes more than 1048576 characters"),
        ("{% if %}", "has an error in line 1: "),
    ],
)
def test_a_template_that_is_refused(template: str, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if template == NESTED:
        monkeypatch.setattr(chat_template, "SECONDS", 1)

    with pytest.raises(CheckpointError) as error:
        check_chat_template({"default": "{{ messages }}", "tools": template})

    assert str(error.value).startswith(f"The checkpoint's chat template {problem}")
    assert "\n" not in str(error.value)


@pytest.mark.process
@pytest.mark.parametrize("folder", [CHECKPOINT, EMBEDDED_MODEL])
def test_real_templates_pass(folder: Path) -> None:
    check_chat_template((folder / "chat_template.jinja").read_text())
    check_chat_template(None)


@pytest.mark.process
def test_a_template_sees_no_module_of_the_program_and_writes_nothing(tmp_path: Path) -> None:
    escape = "{{ messages.__class__.__mro__[1].__subclasses__() }}{{ cycler.__init__.__globals__ }}"

    check_chat_template(escape)  # the sandbox raises, as for any message that a template refuses


@pytest.mark.parametrize(
    "template",
    [
        "{{ raise_exception('no system role') }}",
        "{% for m in messages %}{% if loop.index > 1 %}{% break %}{% endif %}{{ m.content | tojson(indent=2) }}"
        "{% endfor %}{% generation %}{{ strftime_now('%d') }}{% endgeneration %}",
        "{{ range(10000000) | length }}",
        "{{ messages[7].content + 1 }}",
    ],
)
def test_a_template_that_refuses_some_messages_passes(template: str) -> None:
    assert find_problem(template, 1000) is None


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('touch ran') }}",
        "{{ messages.append.__self__.__class__ }}",
        "{{ ('{0.__class__.__init__.__globals__}').format(cycler) }}",
        "{{ messages.clear() }}",
        "{% set _ = messages[0].update({'role': 'system'}) %}{{ messages }}",
        "{{ self.__init__.__globals__['__builtins__']['open']('ran', 'w') }}",
        "{{ raise_exception.__globals__['os'].getcwd() }}",
    ],
)
def test_a_template_does_not_leave_its_sandbox(escape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = PreTrainedTokenizerFast.from_pretrained(str(CHECKPOINT))
    loaded.chat_template = escape
    messages = [{"role": "user", "content": "Hi"}]

    with pytest.raises(RequestError, match="chat template refuses these messages"):
        Tokenizer(loaded).encode_chat(messages, {})

    assert messages == [{"role": "user", "content": "Hi"}]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("error", [OverflowError("Range too big"), ZeroDivisionError(), MemoryError()])
def test_what_a_template_cannot_compute_is_the_requests_error(error: Exception) -> None:
    class Failing(ByteTokenizer):
        def apply_chat_template(self, *args: object, **options: object) -> str:
            raise error

    tokenizer = Tokenizer(Failing())

    with pytest.raises(RequestError, match="chat template refuses these messages"):
        tokenizer.encode_chat([{"role": "user", "content": "Hi"}], {})
