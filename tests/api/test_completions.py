"""POST /v1/completions with prompts to continue: every form of prompt, and OpenAI's fields."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.wire import error_of, events_in, post
from tests.doubles.app import service_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import EOS, ByteTokenizer, byte_ids
from tests.waiting import PATIENCE_S

MakeClient = Callable[..., FlaskClient]

PATH = "/v1/completions"
PROMPT = byte_ids("four")


def complete(client: FlaskClient, **body: Any) -> dict[str, Any]:
    response = post(client, PATH, **{"prompt": PROMPT, **body})
    assert response.status_code == 200, response.text
    return response.json


def stream(client: FlaskClient, **body: Any) -> list[dict[str, Any]]:
    events = events_in(post(client, PATH, **{"prompt": PROMPT, **body, "stream": True}))
    assert events.pop() == "[DONE]"
    return events


def refused(client: FlaskClient, **body: Any) -> dict[str, Any]:
    return error_of(post(client, PATH, **{"prompt": PROMPT, **body}), 400)


def text_of(events: list[dict[str, Any]], index: int = 0) -> str:
    choices = [choice for event in events for choice in event["choices"] if choice["index"] == index]
    return "".join(choice["text"] for choice in choices)


def test_a_whole_answer(make_client: MakeClient) -> None:
    engine = FakeEngine(says("abcdef"))

    answer = complete(make_client(engine), max_tokens=8, seed=7)

    assert re.fullmatch(r"cmpl-[0-9a-f]{32}", answer["id"])
    assert isinstance(answer["created"], int)
    assert answer["object"] == "text_completion"
    assert answer["model"] == "fake-model"
    assert answer["choices"] == [{"index": 0, "text": "abcdef", "logprobs": None, "finish_reason": "stop"}]
    assert answer["usage"] == {
        "prompt_tokens": 4,
        "completion_tokens": 7,
        "total_tokens": 11,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
    assert answer["elbarto"]["params"]["seed"] == 7
    assert engine.added[0].prompt_ids == tuple(PROMPT)
    assert engine.added[0].params.gen_length == 8


def test_a_text_is_encoded_as_a_beginning(make_client: MakeClient) -> None:
    """With the tokenizer's start token, if it has one; special tokens are encoded as such."""
    engine = FakeEngine()

    complete(make_client(engine), prompt="x<eos>y")

    assert engine.added[0].prompt_ids == (0, *byte_ids("x"), EOS, *byte_ids("y"))


class BareTokenizer(ByteTokenizer):
    """A tokenizer without a start token."""

    bos_token_id = None
    eos_token_id = EOS

    def encode(self, text: str, add_special_tokens: bool = False, split_special_tokens: bool = False) -> list[int]:
        return super().encode(text, False, split_special_tokens)


def test_an_empty_prompt(make_client: MakeClient) -> None:
    engine, bare = FakeEngine(), FakeEngine()

    assert complete(make_client(engine), prompt="")["choices"][0]["text"] == "Hello, world!"
    assert complete(make_client(bare, tokenizer=BareTokenizer()), prompt="")["usage"]["prompt_tokens"] == 1

    assert engine.added[0].prompt_ids == (0,)
    assert bare.added[0].prompt_ids == (EOS,)


@pytest.mark.parametrize("is_streamed", [False, True])
def test_lists_of_prompts(make_client: MakeClient, is_streamed: bool) -> None:
    """All choices of the first prompt come first."""
    engine = FakeEngine(says("a1", "a2", "b1", "b2", "c1", "c2"))
    client = make_client(engine)
    asked: dict[str, Any] = {"prompt": ["aa", "b", ""], "n": 2, "max_tokens": 4}

    if is_streamed:
        events = stream(client, **asked)
        texts = [text_of(events, index) for index in range(6)]
        reasons = [choice["finish_reason"] for event in events for choice in event["choices"]]
        assert [reason for reason in reasons if reason] == ["stop"] * 6
    else:
        answer = complete(client, **asked)
        texts = [choice["text"] for choice in answer["choices"]]
        assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2, 3, 4, 5]
        assert answer["usage"]["prompt_tokens"] == 3 + 2 + 1
        assert answer["usage"]["completion_tokens"] == 18

    assert texts == ["a1", "a2", "b1", "b2", "c1", "c2"]
    prompts = [(0, *byte_ids("aa")), (0, *byte_ids("b")), (0,)]
    assert [sequence.prompt_ids for sequence in engine.added] == [prompt for prompt in prompts for _ in range(2)]


def test_lists_of_token_ids(make_client: MakeClient) -> None:
    engine = FakeEngine()

    complete(make_client(engine), prompt=[byte_ids("ab"), byte_ids("cde")])

    assert [sequence.prompt_ids for sequence in engine.added] == [tuple(byte_ids("ab")), tuple(byte_ids("cde"))]


@pytest.mark.parametrize("prompt", [None, [], [[]], 5, [True], {"a": 1}, ["a", 5], [5, "a"], [[5], []], [1.5]])
def test_bad_prompts(client: FlaskClient, prompt: Any) -> None:
    error = refused(client, prompt=prompt)

    assert error["param"] == "prompt"
    assert "a string, a list of strings, a list of token ids, or a list of such lists" in error["message"]


def test_ids_outside_the_vocabulary(client: FlaskClient) -> None:
    assert refused(client, prompt=[[5], [99_999]])["message"] == "prompt must hold token ids from 0 to 263, got 99999."


def test_more_replies_than_the_server_takes(make_client: MakeClient) -> None:
    client = make_client(max_queue=3)

    assert refused(client, prompt=["a", "b", "c"], n=2)["message"] == (
        "This server takes at most 4 replies in one request, got 3 prompts times 2."
    )
    assert refused(client, n=5)["param"] == "n"
    assert len(complete(client, prompt=["a", "b"], n=2)["choices"]) == 4


def test_an_over_long_prompt(make_client: MakeClient) -> None:
    """With the message that clients recognise, before any header, whichever prompt is too long."""
    client = make_client(info={"max_model_len": 32})

    for asked in ({"prompt": "x" * 40}, {"prompt": ["x", "x" * 40]}, {"prompt": "x" * 40, "stream": True}):
        error = refused(client, **asked)
        assert error["message"].startswith(
            "This model's maximum context length is 32 tokens. However, you requested 45 tokens"
        )
        assert (error["code"], error["param"]) == ("context_length_exceeded", "prompt")


def test_max_tokens_is_lowered_to_the_room_there_is(make_client: MakeClient) -> None:
    client = make_client(info={"max_model_len": 32})

    answer = complete(client, max_tokens=100_000)

    assert answer["elbarto"]["params"]["gen_length"] == 28
    assert answer["elbarto"]["warnings"] == ["The reply is limited to 28 tokens, the room that the prompt leaves."]


def test_without_max_tokens_the_servers_default_counts(make_client: MakeClient) -> None:
    """OpenAI's default of 16 would be useless to editors, which omit the field."""
    assert complete(make_client(gen_length=64))["elbarto"]["params"]["gen_length"] == 64


def test_nulls_are_as_good_as_absent(make_client: MakeClient) -> None:
    nulls = ("suffix", "max_tokens", "n", "best_of", "echo", "logprobs", "stop", "stream", "fim_dialects", "logit_bias")

    assert complete(make_client(), **dict.fromkeys(nulls))["choices"][0]["text"] == "Hello, world!"


def test_echo(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abc")))

    assert complete(client, prompt="x<eos>", echo=True)["choices"][0]["text"] == "x<eos>abc"
    assert complete(client, prompt=byte_ids("xy"), echo=True)["choices"][0]["text"] == "xyabc"
    events = stream(client, prompt=["x", "y"], echo=True)
    assert [text_of(events, index) for index in (0, 1)] == ["xabc", "yabc"]
    assert [event["choices"][0]["text"] for event in events[:2]] == ["x", "y"]


def test_stops(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("one two three")))
    stops = [*(f"never {number}" for number in range(12)), "thr", "o th"]

    assert complete(client, stop=stops)["choices"][0]["text"] == "one tw"
    assert text_of(stream(client, stop=stops)) == "one tw"


def test_a_stream(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))

    *pieces, last = stream(client)

    assert [piece["choices"][0]["text"] for piece in pieces] == ["abcd", "ef"]
    assert all(piece["choices"][0]["finish_reason"] is None for piece in pieces)
    assert {piece["object"] for piece in (*pieces, last)} == {"text_completion"}
    assert len({(piece["id"], piece["created"], piece["model"]) for piece in (*pieces, last)}) == 1
    assert last["choices"] == [{"index": 0, "text": "", "logprobs": None, "finish_reason": "stop"}]
    assert last["elbarto"]["denoise_forwards"] == 4
    assert not any("usage" in piece for piece in (*pieces, last))


def test_usage_in_a_stream_when_asked_for(make_client: MakeClient) -> None:
    *pieces, last = stream(make_client(), stream_options={"include_usage": True})

    assert all(piece["usage"] is None and len(piece["choices"]) == 1 for piece in pieces)
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == 14


def test_token_ids_come_when_asked_for(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("日a")))
    expected = [*byte_ids("日a"), EOS]

    assert complete(client, return_token_ids=True)["choices"][0]["token_ids"] == expected
    streamed = stream(client, return_token_ids=True)
    assert [token_id for event in streamed for token_id in event["choices"][0]["token_ids"]] == expected


def test_log_probabilities_are_those_at_which_tokens_were_accepted(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abc")))

    logprobs = complete(client, logprobs=2)["choices"][0]["logprobs"]

    assert logprobs["tokens"] == ["a", "b", "c", "<eos>"]
    assert logprobs["token_logprobs"] == [round(math.log(1 / (place + 1)), 6) for place in range(4)]
    assert logprobs["text_offset"] == [0, 1, 2, 3]
    quarter = round(math.log(0.25), 6)
    assert logprobs["top_logprobs"][1] == {"<mask>": quarter, "b": round(math.log(1 / 2), 6)}
    assert [len(top) for top in logprobs["top_logprobs"]] == [2] * 4
    assert complete(client, logprobs=False)["choices"][0]["logprobs"] is None
    assert complete(client, logprobs=0)["choices"][0]["logprobs"]["top_logprobs"][0] == {"a": 0.0}
    assert complete(client)["choices"][0]["logprobs"] is None


def test_log_probabilities_go_with_the_text(make_client: MakeClient) -> None:
    """Up to a stop string, and in a stream never ahead of the text; a character's bytes are separate tokens."""
    client = make_client(FakeEngine(says("ab日c stop d")))

    whole = complete(client, logprobs=1, stop="stop")["choices"][0]
    streamed = stream(client, logprobs=1, stop="stop")

    first, second, third = (f"token_id:{token_id}" for token_id in byte_ids("日"))
    assert third not in whole["logprobs"]["tokens"]
    assert whole["text"] == "ab日c "
    assert whole["logprobs"]["tokens"] == ["a", "b", first, second, "日", "c", " "]
    assert whole["logprobs"]["text_offset"] == [0, 1, 2, 2, 2, 3, 4]
    shown, merged = 0, {name: [] for name in whole["logprobs"]}
    for event in streamed:
        choice = event["choices"][0]
        shown += len(choice["text"])
        for name, values in (choice["logprobs"] or {}).items():
            merged[name] += values
        assert all(offset < shown for offset in merged["text_offset"])
    assert merged == whole["logprobs"]


def test_log_probabilities_of_a_prompt_are_refused(client: FlaskClient) -> None:
    """Evaluation harnesses request them for the likelihood of an answer."""
    for asked in ({"max_tokens": 1}, {"max_tokens": 0}, {"max_tokens": 1, "logprobs": 0}, {"stream": True}):
        error = refused(client, **{"prompt": [PROMPT], "echo": True, "logprobs": 1, **asked})
        assert (error["param"], error["code"]) == ("echo", "unsupported_parameter")
        assert error["message"].startswith("logprobs of an echoed prompt are not supported")


def test_the_best_of_several(make_client: MakeClient) -> None:
    """The fake engine is more confident in shorter texts."""
    client = make_client(FakeEngine(says("longest of all", "ab", "abcdef", "longer", "x", "abc")))

    answer = complete(client, prompt=["p", "q"], n=2, best_of=3)

    assert [choice["text"] for choice in answer["choices"]] == ["ab", "abcdef", "x", "abc"]
    assert answer["usage"]["completion_tokens"] == 3 + 7 + 2 + 4
    assert refused(client, n=2, best_of=1)["param"] == "best_of"
    assert refused(client, best_of=2, stream=True)["param"] == "best_of"


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("max_tokens", 0, "an integer of at least 1"),
        ("max_tokens", -2, "an integer of at least 0"),
        ("n", 0, "an integer of at least 1"),
        ("logprobs", 21, "at most 20"),
        ("logprobs", True, "an integer of at least 0 and at most 20"),
        ("echo", "yes", "true or false"),
        ("suffix", 5, "a string"),
        ("temperature", float("nan"), "a number"),
        ("fim_dialects", "qwen", "a list of names"),
        ("fim_dialects", ["qwen", "klingon"], "a list of any of starcoder, qwen,"),
    ],
)
def test_bad_fields(client: FlaskClient, field: str, value: Any, allowed: str) -> None:
    error = refused(client, **{field: value})

    assert error["param"] == field
    assert allowed in error["message"]


def test_the_model_by_name(make_client: MakeClient) -> None:
    client = make_client(strict_model=True)

    assert error_of(post(client, PATH, prompt="x", model="gpt-9"), 404)["code"] == "model_not_found"


def test_an_engine_that_fails(make_client: MakeClient) -> None:
    engine = FakeEngine(failing_steps=1)
    client = make_client(engine)

    assert error_of(post(client, PATH, prompt="x"), 500)["code"] == "engine_failed"
    engine.failing_steps = 1
    assert events_in(post(client, PATH, prompt="x", stream=True))[-1]["error"]["code"] == "engine_failed"


def test_a_full_queue_takes_none_of_the_prompts(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, max_queue=2)
    running = Thread(target=post, args=(client, PATH), kwargs={"prompt": "x", "n": 2})
    running.start()
    engine.wait_until_stepping()

    error = error_of(post(client, PATH, prompt=["a", "b"]), 429)

    assert error["code"] == "queue_full"
    assert service_of(client).engine.queue_lengths == (1, 1)
    engine.allow()
    running.join(PATIENCE_S)


def test_closing_a_stream_leaves_the_engine(make_client: MakeClient) -> None:
    engine = FakeEngine(says("a" * 64), gated=True)
    client = make_client(engine)
    engine.allow(1)
    response = post(client, PATH, prompt="x", n=2, stream=True, buffered=False)
    assert next(response.iter_encoded())

    response.close()

    engine.allow(1)
    engine.wait_for(lambda: len(engine.aborted) == 2)
    assert engine.steps <= 2
