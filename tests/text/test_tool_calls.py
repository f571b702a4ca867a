"""Calls in a model's text, whole and in pieces of any size; grammars of calls; how models are told of tools."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from app.messages.grammar import RequestedGrammar
from app.settings import EMBEDDED_MODEL
from app.text.grammars import Grammars
from app.text.tool_calls.formats import tool_format
from app.text.tool_calls.hermes import HermesFormat
from app.text.tool_calls.json_objects import ObjectScanner, read_call
from app.text.tool_calls.llama import LlamaFormat
from app.text.tool_calls.parser import CallArguments, CallBegun, Part
from app.text.tool_calls.prompted import PromptedFormat
from app.text.tool_calls.tools import Tool, ToolUse

HERMES, LLAMA, PROMPTED = HermesFormat(), LlamaFormat(), PromptedFormat()
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def tool(name: str, parameters: dict[str, Any] | None = None, **more: Any) -> Tool:
    function = {"name": name, **({"parameters": parameters} if parameters else {}), **more}
    return Tool(name, {"type": "function", "function": function}, parameters or {})


TOOLS = [tool("weather", CITY), tool("now")]
AUTO = ToolUse(TOOLS)
FORCED = ToolUse(TOOLS, "required")
Calls = list[tuple[str, str]]


def gathered(parts: list[Part]) -> tuple[str, Calls]:
    """The text, and the calls with their arguments."""
    text, calls = "", list[tuple[str, str]]()
    for part in parts:
        if isinstance(part, CallBegun):
            assert part.index == len(calls)
            calls.append((part.name, ""))
        elif isinstance(part, CallArguments):
            assert part.index == len(calls) - 1, "only the last call grows"
            calls[-1] = (calls[-1][0], calls[-1][1] + part.text)
        else:
            assert part, "a part without text"
            text += part
    return text, calls


def read(text: str, form: Any = HERMES, use: ToolUse = AUTO, reason: str = "stop") -> tuple[str, Calls, str]:
    """(text, calls, finish_reason), the same in pieces of any size."""
    parser = form.parser(use)
    whole = gathered([*parser.add(text), *parser.flush()])
    for seed in range(20):
        pieces, rng = form.parser(use), random.Random(seed)
        parts: list[Part] = []
        left = text
        while left:
            size = rng.choice([1, 1, 2, 3, 5, 9, 40])
            parts += pieces.add(left[:size])
            left = left[size:]
        assert gathered([*parts, *pieces.flush()]) == whole
        assert pieces.finish_reason(reason) == parser.finish_reason(reason)
    return *whole, parser.finish_reason(reason)


def called(name: str = "weather", arguments: str = '{"city": "Paris"}') -> str:
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


PARIS = ("weather", '{"city": "Paris"}')
NOW = ("now", "{}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (called(), ("", [PARIS])),
        ("Let me see.\n\n" + called(), ("Let me see.", [PARIS])),
        (f"{called()}\n{called('now', '{}')}", ("", [PARIS, NOW])),
        (f"One{called()} two {called('now', '{}')} three", ("Onetwothree", [PARIS, NOW])),
        (f"{called()}\n\nThat is all.\n", ("That is all.\n", [PARIS])),
        (
            '<tool_call>{"arguments":{"city":"Paris"},"name":"weather"}</tool_call>',
            ("", [("weather", '{"city":"Paris"}')]),
        ),
        ('<tool_call>{"name": "weather", "parameters": {"city": "Paris"}}</tool_call>', ("", [PARIS])),
        ('<tool_call>{"name": "now"}</tool_call>', ("", [NOW])),
        ('<tool_call>{"name": "weather", "arguments": "{\\"city\\": \\"Paris\\"}"}</tool_call>', ("", [PARIS])),
        # End markers that are missing, and markers within strings.
        (called().removesuffix("</tool_call>"), ("", [PARIS])),
        (called().removesuffix("_call>"), ("", [PARIS])),
        (called().removesuffix("\n</tool_call>") + called("now", "{}"), ("", [PARIS, NOW])),
        (called(arguments='{"city": "</tool_call>"}'), ("", [("weather", '{"city": "</tool_call>"}')])),
        (called(arguments='{"city": "\\"}<tool_call>\\\\"}'), ("", [("weather", '{"city": "\\"}<tool_call>\\\\"}')])),
        (called(arguments='{"city": "S\\u00e3o 日本"}'), ("", [("weather", '{"city": "S\\u00e3o 日本"}')])),
    ],
)
def test_calls_between_tags(text: str, expected: tuple[str, Calls]) -> None:
    assert read(text) == (*expected, "tool_calls")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  no call at all \n",
        "a < b, <tool and <tool_call",
        "<tool_call>",
        "<tool_call>\n</tool_call>",
        "<tool_call>not JSON</tool_call>\n",
        "<tool_call>[1, 2]</tool_call>",
        "<tool_call>{'name': 'now'}</tool_call>",
        '<tool_call>{"name": "now", }</tool_call>',
        '<tool_call>{"name": "now"]</tool_call>',
        '<tool_call>{"name": "now", "arguments": {}</tool_call>',
        '<tool_call>{"name": "now", "arguments": {}}}</tool_call>',
        '<tool_call>{"name": "now", "arguments": []}</tool_call>',
        '<tool_call>{"name": "now", "arguments": {"x": NaN}}</tool_call>',
        '<tool_call>{"name": "now", "arguments": {"x": Infinity}}</tool_call>',
        '<tool_call>{"name": "now", "arguments": "{"}</tool_call>',
        '<tool_call>{"name": "now", "arguments": "[]"}</tool_call>',
        '<tool_call>{"name": "now", "arguments": "{\\"x\\": \\"\\ud800\\"}"}</tool_call>',
        '<tool_call>{"name": "weather", "arguments": {"city": "a\nb"}}</tool_call>',
        '<tool_call>{"name": 5}</tool_call>',
        '<tool_call>{"arguments": {}}</tool_call>',
        called("unknown"),
        called().replace("</tool_call>", "x"),
        "<tool_call>" + '{"a":' * 50_000,
        "<tool_call>" + '{"a":' * 50_000 + "1" + "}" * 50_000 + "</tool_call>",
        '<tool_call>{"name": "now", "arguments": {"x": ' + "9" * 5000 + "}}</tool_call>",
        "<tool_call>{" * 500,
        '<tool_call>{"' * 500,
    ],
)
def test_what_is_not_a_call_stays_text(text: str) -> None:
    parser = HERMES.parser(AUTO)
    assert gathered([*parser.add(text), *parser.flush()]) == (text, [])
    assert parser.finish_reason("stop") == "stop"
    if len(text) < 10_000:
        assert read(text) == (text, [], "stop")


def test_a_call_after_what_was_none() -> None:
    assert read(f"<tool_call>oh\n{called()}") == ("<tool_call>oh", [PARIS], "tool_calls")
    assert read(f"{called('unknown')}\n{called()}") == (called("unknown"), [PARIS], "tool_calls")


def test_a_call_that_is_cut_is_text() -> None:
    cut = called()[:30]

    assert read(cut, reason="length") == (cut, [], "length")
    text, calls, reason = read(f"{called()}\n{cut}", reason="length")
    assert (text, calls, reason) == (cut, [PARIS], "length")


def test_only_one_call_if_the_request_wants_no_more() -> None:
    assert read(f"{called()}\n{called('now', '{}')}", use=ToolUse(TOOLS, several=False))[1] == [PARIS]


def test_text_before_a_call_passes_at_once() -> None:
    parser = HERMES.parser(AUTO)

    assert parser.add("I look it up. ") == ["I look it up."]
    assert parser.add("<tool") == []
    assert parser.add("s> are") == [" <tools> are"]
    assert parser.add(called()[:-3]) == []
    assert [type(part) for part in parser.add(called()[-3:])] == [CallBegun, CallArguments]


@pytest.mark.parametrize(
    "piece", ['{"a": "b"', '"x" ', "<tool_call>", "</tool_call>", "\n", '{"name": "now"', "}", "é", ";"]
)
def test_pieces_never_matter(piece: str) -> None:
    rng = random.Random(piece)
    others = ["<tool_call>", "</tool_call>", '{"name": "now"', ', "arguments": {}', "}", " ", "\n", "text", "<"]
    for _ in range(20):
        text = "".join(rng.choice([piece, *others]) for _ in range(12))
        read(text)
        read(text, LLAMA)


@given(
    st.text(),
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
@settings(max_examples=50, deadline=None)
def test_any_json_is_found_as_it_is(before: str, value: Any) -> None:
    written = json.dumps({"x": value})
    text = before.replace("<", "") + called(arguments=written)

    assert read(text)[1] == [("weather", written)]


# Llama


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "weather", "parameters": {"city": "Paris"}}', ("", [PARIS])),
        ('\n {"name": "weather", "parameters": {"city": "Paris"}}\n', ("", [PARIS])),
        ('<|python_tag|>{"type": "function", "name": "now", "parameters": {}}', ("", [NOW])),
        ('{"name": "now", "parameters": {}}; {"name": "now", "parameters": {}}', ("", [NOW, NOW])),
        ('{"name": "now", "parameters": {}}\n\nSee?', ("See?", [NOW])),
    ],
)
def test_llama_begins_with_its_calls(text: str, expected: tuple[str, Calls]) -> None:
    assert read(text, LLAMA) == (*expected, "tool_calls")


@pytest.mark.parametrize(
    "text",
    [
        'Look: {"name": "now", "parameters": {}}',
        '{"name": "other", "parameters": {}}',
        '{"a": 1} {"name": "now", "parameters": {}}',
        "{% for x in y %}",
        "<|python",
        "<|python_tag|>print(1)",
        " {",
        "",
    ],
)
def test_what_llama_writes_elsewhere_is_text(text: str) -> None:
    assert read(text, LLAMA) == (text, [], "stop")


# Constrained


@pytest.mark.parametrize("form", [HERMES, LLAMA, PROMPTED])
def test_arguments_that_a_grammar_constrains_pass_while_they_arrive(form: Any) -> None:
    text = '{"name": "weather", "parameters": {"city": "Paris"}}' if form is LLAMA else called()
    parser = form.parser(FORCED)
    num_passed = [len("".join(p.text for p in parser.add(char) if isinstance(p, CallArguments))) for char in text]

    assert max(num_passed) == 1
    assert sum(num_passed) == len(PARIS[1])
    assert read(text, form, FORCED) == ("", [PARIS], "tool_calls")


def test_several_constrained_calls() -> None:
    assert read(f"{called()}\n{called('now', '{}')}", use=FORCED) == ("", [PARIS, NOW], "tool_calls")


@pytest.mark.parametrize("size", range(len(called())))
def test_a_constrained_reply_that_is_cut(size: int) -> None:
    """Never with a part of a marker as its text, and never as a call unless the arguments are complete."""
    whole, start = called(), called().index('{"city"')
    arguments = whole[start:size][: len(PARIS[1])]

    text, calls, reason = read(whole[:size], use=FORCED, reason="length")

    assert text == ""
    assert calls == ([("weather", arguments)] if size > start else [])
    assert reason == ("tool_calls" if arguments == PARIS[1] else "length")


# JSON


def test_the_end_of_an_object() -> None:
    assert ObjectScanner().feed(' {"a}": [1, {}]} rest') == len(' {"a}": [1, {}]}')
    for text in ("x", "]", "[1]", '"a"', "1", "{'", "{]"):
        scanner = ObjectScanner()
        assert scanner.feed(text) is None
        assert scanner.is_broken or text == "{]"
    assert read_call("{]") is None
    assert read_call('{"name": "a", "arguments": {"b" : 1 } }') == ("a", '{"b" : 1 }')


# Grammars


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return PreTrainedTokenizerFast.from_pretrained(str(EMBEDDED_MODEL))


@pytest.fixture(scope="module")
def grammars(tokenizer: Any) -> Grammars:
    return Grammars(tokenizer, 2048, (2,))


def follows(grammars: Grammars, tokenizer: Any, grammar: str, text: str) -> bool:
    """Whether the grammar accepts the text as a whole reply."""
    matcher = grammars.matcher(grammars.compile(RequestedGrammar("lark", grammar, "tools")))
    return all(map(matcher.consume, tokenizer.encode(text, add_special_tokens=False))) and matcher.is_accepting


@pytest.mark.parametrize("form", [HERMES, PROMPTED])
def test_a_grammar_of_calls_between_tags(grammars: Grammars, tokenizer: Any, form: Any) -> None:
    several = form.grammar(FORCED)
    one = form.grammar(ToolUse(TOOLS, "required", several=False))
    named = form.grammar(ToolUse(TOOLS, "required", named="now"))

    for text, is_valid in [
        (called(), True),
        (called("now", "{}"), True),
        ("", False),
        ("Well. " + called(), False),
        (called("now", '{"x": 1}'), False),
        (called("unknown"), False),
        (called(arguments="{}"), False),
        (called(arguments='{"city": 5}'), False),
        (called()[:-1], False),
    ]:
        assert follows(grammars, tokenizer, several, text) == is_valid
        assert follows(grammars, tokenizer, one, text) == is_valid
    two = f"{called()}\n{called('now', '{}')}"
    assert follows(grammars, tokenizer, several, two)
    assert not follows(grammars, tokenizer, one, two)
    assert follows(grammars, tokenizer, named, called("now", "{}"))
    assert not follows(grammars, tokenizer, named, called())
    assert not follows(grammars, tokenizer, named, f"{called('now', '{}')}\n{called('now', '{}')}")


def test_a_grammar_of_llamas_calls(grammars: Grammars, tokenizer: Any) -> None:
    grammar = LLAMA.grammar(FORCED)

    assert follows(grammars, tokenizer, grammar, '{"name": "weather", "parameters": {"city": "Paris"}}')
    assert not follows(grammars, tokenizer, grammar, '{"name": "weather", "arguments": {"city": "Paris"}}')
    assert not follows(grammars, tokenizer, grammar, '{"name": "now", "parameters": {}}; {"name": "now"')


@pytest.mark.parametrize("text", ['"quotes" and \\', "a ::= b", "é 日本", "\n", "/regex/ #comment"])
def test_schemas_may_have_any_text(grammars: Grammars, tokenizer: Any, text: str) -> None:
    tools = [tool("f", {"type": "object", "properties": {text: {"enum": [text], "description": text}}})]
    grammar = HERMES.grammar(ToolUse(tools, "required"))

    arguments = json.dumps({text: text}, ensure_ascii=False)
    assert follows(grammars, tokenizer, grammar, called("f", arguments))


def test_schemas_are_closed_where_that_is_sure() -> None:
    closed = {"additionalProperties": False}
    assert tool("f").schema == {"type": "object", "properties": {}, **closed}
    assert tool("f", CITY).schema == {**CITY, **closed}
    for parameters in ({**CITY, "additionalProperties": True}, {**CITY, "anyOf": []}, {"$ref": "#/x"}):
        assert tool("f", parameters).schema == parameters


# Templates


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("{% if tools %}...<tool_call>{% endif %}", HermesFormat),
        ("{{ '<tool_call>' }}", PromptedFormat),
        ("{% if tools %}<tool_call><function=x>{% endif %}", PromptedFormat),
        ("{% if tools %}<|python_tag|>{% endif %}", LlamaFormat),
        ('{% if tools %}{"name": function name, "parameters": dictionary of argument name and its value}', LlamaFormat),
        ("{% if tools %}[TOOL_CALLS]{% endif %}", PromptedFormat),
        ("{{ messages }}", PromptedFormat),
        ("", PromptedFormat),
    ],
)
def test_the_template_tells_the_format(template: str, kind: type) -> None:
    assert type(tool_format(template)) is kind


CALL = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}
CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Weather?"},
    {"role": "assistant", "content": "", "tool_calls": [CALL, {**CALL, "id": "2"}]},
    {"role": "tool", "content": "sunny", "tool_call_id": "1"},
    {"role": "tool", "content": "rain", "tool_call_id": "2"},
    {"role": "assistant", "content": "Mixed."},
]


@pytest.mark.parametrize("form", [HERMES, LLAMA])
def test_templates_get_arguments_as_objects(form: Any) -> None:
    messages = form.messages(CONVERSATION, AUTO)

    assert messages[2]["tool_calls"][0]["function"] == {"name": "weather", "arguments": {"city": "Paris"}}
    assert [*messages[:2], *messages[3:]] == [*CONVERSATION[:2], *CONVERSATION[3:]]


@pytest.mark.parametrize("arguments", ["not JSON", "[1]", '"a"', "[" * 100_000])
def test_arguments_that_are_no_object_stay_text(arguments: str) -> None:
    call = {**CALL, "function": {"name": "weather", "arguments": arguments}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}

    assert HERMES.messages([message], None) == [message]
    assert json.dumps(arguments) in PROMPTED.messages([message], None)[0]["content"]


def test_templates_without_tools_get_text() -> None:
    plain = PROMPTED.messages(CONVERSATION, None)

    assert plain == [
        *CONVERSATION[:2],
        {"role": "assistant", "content": f"{called()}\n{called()}"},
        {
            "role": "user",
            "content": "<tool_response>\nsunny\n</tool_response>\n<tool_response>\nrain\n</tool_response>",
        },
        CONVERSATION[-1],
    ]
    assert read(plain[2]["content"])[1] == [PARIS, PARIS]


def test_the_prompt_describes_the_tools() -> None:
    use = ToolUse([tool("weather", CITY, description="Für Städte", strict=True), tool("now")])
    system, *rest = PROMPTED.messages(CONVERSATION, use)
    alone, *_ = PROMPTED.messages(CONVERSATION[1:2], ToolUse(use.tools, several=False))

    assert system["role"] == alone["role"] == "system"
    assert system["content"].startswith("Be brief.\n\nYou may call functions.")
    assert (
        json.dumps({"name": "weather", "parameters": CITY, "description": "Für Städte"}, ensure_ascii=False)
        in system["content"]
    )
    assert "Several calls" in system["content"]
    assert "only one function" in alone["content"]
    assert rest == PROMPTED.messages(CONVERSATION, None)[1:]
