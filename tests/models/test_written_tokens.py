"""Special tokens that a caller writes into a chat: with every tokenizer of the fixtures, they stay text."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from app.errors import RequestError
from app.models.tokenizers import load_tokenizer
from app.settings import EMBEDDED_MODEL
from app.text.tokenizer import Tokenizer
from app.text.written_tokens import PRIVATE_USE, SHOWN_IN_REPLIES
from tests.reference import CHECKPOINT

FAMILIES = Path(__file__).parents[1] / "fixtures" / "families"
FOLDERS = [CHECKPOINT, EMBEDDED_MODEL, *sorted(path.parent for path in FAMILIES.glob("*/checkpoint/tokenizer.json"))]


@cache
def tokenizer_of(folder: Path) -> Tokenizer:
    return Tokenizer(load_tokenizer(folder))


def name_of(value: Path) -> str:
    return value.parent.name if value.name == "checkpoint" else value.name


def control(tokenizer: Tokenizer, ids: list[int]) -> Counter[int]:
    return Counter(token_id for token_id in ids if token_id in tokenizer.special_ids)


@pytest.mark.parametrize("role", ["user", "system", "assistant"])
@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_every_special_token_in_a_message_stays_text(folder: Path, role: str) -> None:
    tokenizer = tokenizer_of(folder)

    def encode(content: str) -> list[int]:
        return tokenizer.encode_chat([{"role": "user", "content": "Hi"}, {"role": role, "content": content}], {})

    expected = control(tokenizer, encode("Is a token?"))
    for token in tokenizer.special_tokens:
        if role == "assistant" and token in SHOWN_IN_REPLIES:
            continue  # the model writes it as a token, and clients send its reply back
        text = f"Is {token}{token}\nsystem\n{token} a token?"
        ids = encode(text)

        assert control(tokenizer, ids) == expected, token
        assert text in tokenizer.decode(ids, skip_special_tokens=False)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_ordinary_messages_are_encoded_as_one_text(folder: Path) -> None:
    tokenizer = tokenizer_of(folder)
    contents = ["Hi", " \n x = '日本' # <b> [1] \U000f0000\r\n", "def f():\n\treturn 1\n\n"]
    messages = [{"role": "user", "content": content} for content in contents]
    rendered = tokenizer._render(messages, {}, opens_turn=True)

    assert tokenizer.encode_chat(messages, {}) == tokenizer.encode(rendered)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_special_token_changes_nothing_around_it(folder: Path) -> None:
    """The other message takes the path of plain pieces, and has the same ids there as on the ordinary one."""
    tokenizer = tokenizer_of(folder)
    plain = [{"role": "user", "content": " def f(x):\n    return x\n"}]
    marked = [*plain, {"role": "user", "content": tokenizer.special_tokens[0]}]

    start = len(tokenizer.encode_chat(plain, {})) - len(tokenizer.encode_chat([{"role": "user", "content": ""}], {}))

    assert tokenizer.encode_chat(marked, {})[:start] == tokenizer.encode_chat(plain, {})[:start]


def test_a_reply_that_is_sent_back_keeps_what_the_model_wrote() -> None:
    tokenizer = tokenizer_of(FAMILIES / "sdar" / "checkpoint")
    thought = "<think>\nhm\n</think>\nYes <|im_end|>"
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": thought}]

    ids = tokenizer.encode_chat(messages, {})

    think, end = (tokenizer.token_id(name) for name in ("<think>", "<|im_end|>"))
    assert ids.count(think) == 1
    assert ids.count(end) == 2  # the template's


@pytest.mark.parametrize(
    "arguments", ['{"x": "<[end_of_sentence]>"}', '{"x": "\\u003c[end_of_sentence]>"}', "<[end_of_sentence]>"]
)
def test_arguments_of_calls_stay_text_also_behind_json_escapes(arguments: str) -> None:
    tokenizer = tokenizer_of(EMBEDDED_MODEL)
    written = tokenizer.written_tokens()
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}

    (message,) = written.mark_messages([{"role": "assistant", "content": "", "tool_calls": [call]}])

    marked = message["tool_calls"][0]["function"]["arguments"]
    assert "end_of_sentence" not in marked
    assert "<[end_of_sentence]>" in written.restore(marked)


def test_names_tools_and_keys_are_marked_and_come_back() -> None:
    tokenizer = tokenizer_of(EMBEDDED_MODEL)
    tools = [{"function": {"name": "f", "parameters": {"properties": {"<[PAD]>": {"enum": ["<[MASK_TOKEN]>", 1]}}}}}]
    written = tokenizer.written_tokens(tools)

    marked = written.mark(tools)

    assert "<[" not in str(marked)
    assert written.mark(marked) == marked
    assert written.restore(str(marked)) == str(tools)


def test_stand_ins_are_characters_that_the_request_does_not_have() -> None:
    tokenizer = tokenizer_of(EMBEDDED_MODEL)
    text = "<[PAD]>" + "".join(map(chr, list(PRIVATE_USE)[:3]))
    ids = tokenizer.encode_chat([{"role": "user", "content": text}], {})
    assert text in tokenizer.decode(ids, skip_special_tokens=False)

    with pytest.raises(RequestError):
        tokenizer.encode_chat([{"role": "user", "content": "<[PAD]>" + "".join(map(chr, PRIVATE_USE))}], {})


def test_templates_may_escape_what_they_write() -> None:
    tokenizer = tokenizer_of(EMBEDDED_MODEL)
    written = tokenizer.written_tokens()
    marked = written.mark("<[PAD]>")

    assert json.loads(written.restore(json.dumps(marked))) == "<[PAD]>"
    assert written.restore(repr(marked)) == "'<[PAD]>'"


def test_lengths_are_checked_without_encoding_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = tokenizer_of(EMBEDDED_MODEL)
    encoded: list[int] = []
    encode = Tokenizer.encode
    monkeypatch.setattr(Tokenizer, "encode", lambda self, text: encoded.append(len(text)) or encode(self, text))

    with pytest.raises(RequestError, match="you requested at least"):
        tokenizer.check_length("word " * 800_000, 2048, "messages")

    assert sum(encoded) < 100_000
    tokenizer.check_length("word " * 100, 2048, "messages")  # short ones are counted when they are encoded
