from __future__ import annotations

import pytest

from app.errors import RequestError
from app.text.tokenizer import Tokenizer
from tests.fakes import EOS, TOOLS_TEMPLATE, ByteTokenizer, byte_ids

USER = {"role": "user", "content": "Hi 日"}


def test_encode_and_decode_are_inverse(tokenizer: Tokenizer) -> None:
    for text in ("", "def f():\n\treturn 1", " 日本 😀\r\n"):
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_special_tokens_in_a_text_become_their_ids(real_tokenizer: Tokenizer) -> None:
    text = "a<[end_of_sentence]>b<[MASK_TOKEN]>"

    token_ids = real_tokenizer.encode(text)

    assert token_ids.count(2) == 1
    assert token_ids[-1] == 5
    assert real_tokenizer.decode(token_ids) == "ab"
    assert real_tokenizer.decode(token_ids, skip_special_tokens=False) == text


def test_no_special_tokens_are_added_unasked() -> None:
    tokenizer = Tokenizer(ByteTokenizer())

    assert tokenizer.encode("a") == byte_ids("a")
    assert tokenizer.encode("a", add_special_tokens=True) == [0, *byte_ids("a")]


def test_spaces_before_punctuation_stay(real_tokenizer: Tokenizer) -> None:
    text = "x = f ( a , b ) . c ! ? n't 's"

    assert real_tokenizer.decode(real_tokenizer.encode(text)) == text


def test_bytes_that_are_no_text_are_replacement_characters(real_tokenizer: Tokenizer) -> None:
    assert real_tokenizer.decode(real_tokenizer.encode("😀")[-4:][:2]) == "\ufffd"


def test_chat_is_rendered_with_the_checkpoints_template(real_tokenizer: Tokenizer) -> None:
    token_ids = real_tokenizer.encode_chat([USER], {})

    assert real_tokenizer.decode(token_ids, skip_special_tokens=False) == (
        "<[begin_of_sentence]>user\nHi 日<[end_of_sentence]><[begin_of_sentence]>assistant\n"
    )
    assert token_ids.count(0) == 2  # the markers are tokens, not text


def test_further_variables_reach_the_template() -> None:
    tokenizer = Tokenizer(ByteTokenizer(TOOLS_TEMPLATE))

    plain = tokenizer.encode_chat([USER], {})

    assert tokenizer.encode_chat([USER], {"tools": [{}, {}]}) == [*byte_ids("2 tools\n"), *plain]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ raise_exception('roles must alternate') }}", "roles must alternate"),
        ("{{ messages[0].nothing.at_all }}", "has no attribute 'nothing'"),
        ("{% if %}", "Expected an expression"),
    ],
)
def test_a_template_that_refuses_is_the_callers_error(template: str, reason: str) -> None:
    tokenizer = Tokenizer(ByteTokenizer(template))

    with pytest.raises(RequestError, match=f"chat template refuses these messages: .*{reason}") as error:
        tokenizer.encode_chat([USER], {})

    assert error.value.param == "messages"


def test_the_checkpoints_template_may_refuse_too(real_tokenizer: Tokenizer) -> None:
    with pytest.raises(RequestError) as error:
        real_tokenizer.encode_chat([{"role": "user"}], {})  # no content

    assert error.value.param == "messages"


def test_a_template_that_fails_on_the_callers_data_is_the_callers_error() -> None:
    tokenizer = Tokenizer(ByteTokenizer("{{ tools[0].function.name + ':' }}"))

    with pytest.raises(RequestError):
        tokenizer.encode_chat([USER], {"tools": [{"function": {"name": 3}}]})


@pytest.mark.parametrize("template", [None, ""])
def test_without_a_chat_template_messages_are_refused(template: str | None) -> None:
    tokenizer = Tokenizer(ByteTokenizer(template))

    with pytest.raises(RequestError, match=r"no chat template.*send prompt_token_ids") as error:
        tokenizer.encode_chat([USER], {})

    assert error.value.param == "messages"
    assert not tokenizer.template_uses("tools")


@pytest.mark.parametrize(
    ("template", "uses"),
    [
        ("{% if tools %}x{% endif %}", True),
        ("{{ tools }}", True),
        ("{{ my_tools }}{{ toolset }}", False),
        ("{{ messages }}", False),
    ],
)
def test_template_uses_finds_whole_names(template: str, uses: bool) -> None:
    assert Tokenizer(ByteTokenizer(template)).template_uses("tools") is uses


def test_only_the_end_token_ends() -> None:
    assert Tokenizer(ByteTokenizer()).encode("a<eos>") == [*byte_ids("a"), EOS]
