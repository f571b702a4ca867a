from __future__ import annotations

import json

import pytest
import tokenizers
from transformers import PreTrainedTokenizerFast

from app.errors import RequestError
from app.text.tokenizer import Tokenizer
from tests.doubles.tokenizer import EOS, SPECIALS, TOOLS_TEMPLATE, ByteTokenizer, byte_ids
from tests.reference import CHECKPOINT

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
    assert tokenizer.template_text == ""


def test_only_the_end_token_ends() -> None:
    assert Tokenizer(ByteTokenizer()).encode("a<eos>") == [*byte_ids("a"), EOS]


# For infilling: code stays text, whatever it contains


@pytest.fixture(scope="module")
def loose_tokenizer() -> Tokenizer:
    """A tokenizer whose sentinels are added tokens but not special ones, and with a run of spaces as an added token."""
    state = json.loads((CHECKPOINT / "tokenizer.json").read_text())
    for token in state["added_tokens"]:
        token["special"] = False
    blanks = {**state["added_tokens"][0], "id": 2000, "content": " " * 11, "special": False}
    state["added_tokens"].append(blanks)
    return Tokenizer(PreTrainedTokenizerFast(tokenizer_object=tokenizers.Tokenizer.from_str(json.dumps(state))))


def test_special_tokens_in_plain_text_stay_text(tokenizer: Tokenizer) -> None:
    text = "a<[end_of_sentence]>b<[MASK_TOKEN]><eos><mask>日"

    token_ids = tokenizer.encode_plain(text)

    assert tokenizer.decode(token_ids) == text
    assert not set(token_ids) & set(tokenizer.special_ids)


def test_sentinels_that_are_not_called_special_stay_text_too(loose_tokenizer: Tokenizer) -> None:
    text = "<[fim-suffix]>x<[MASK_TOKEN]>"
    assert loose_tokenizer.token_id("<[fim-suffix]>") in loose_tokenizer.encode(text)

    token_ids = loose_tokenizer.encode_plain(text)

    assert loose_tokenizer.decode(token_ids) == text
    assert not set(token_ids) & set(loose_tokenizer.special_ids)


def test_rows_of_blanks_are_no_special_tokens(loose_tokenizer: Tokenizer) -> None:
    blanks = loose_tokenizer.encode_plain("x" + 11 * " " + "y")

    assert not set(blanks) & set(loose_tokenizer.special_ids)
    assert loose_tokenizer.token_id(11 * " ") is None


def test_plain_text_does_not_change_what_encoding_does(real_tokenizer: Tokenizer) -> None:
    real_tokenizer.encode_plain("<[MASK_TOKEN]>")

    assert real_tokenizer.encode("<[MASK_TOKEN]>") == [5]


def test_special_tokens_have_ids_by_name(real_tokenizer: Tokenizer) -> None:
    assert real_tokenizer.token_id("<[MASK_TOKEN]>") == 5
    assert real_tokenizer.token_id("def") is None
    assert Tokenizer(ByteTokenizer()).special_ids == tuple(SPECIALS)


def test_tokens_with_line_breaks_are_known(tokenizer: Tokenizer) -> None:
    breaks = tokenizer.line_break_ids

    assert set(tokenizer.encode_plain("\n")) | set(tokenizer.encode_plain("\r")) <= set(breaks)
    assert all({"\n", "\r"} & set(tokenizer.decode([token_id])) for token_id in breaks)
    assert not set(tokenizer.encode_plain("def f(x): return ĊĊ日")) & set(breaks)
