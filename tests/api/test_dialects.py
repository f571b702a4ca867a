"""Fill-in-the-middle prompts at /v1/completions, in the sentinels of other models, and with OpenAI's suffix."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.wire import error_of, events_in, post
from tests.doubles.app import BLOCK_LENGTH, service_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import ByteTokenizer, FimTokenizer, byte_ids, fim_ids
from tests.waiting import PATIENCE_S, wait_until

MakeClient = Callable[..., FlaskClient]

PATH = "/v1/completions"
P, S = "def área(r):\n    return ", " * r ** 2\n"
# What the model should see of two other files and of the hole's filename.
FILES = "# utils.py\ndef f():\n    pass\n\n# lib/b.py\nB = 1\n\n# main.py\n"
QWEN_FILES = "<|repo_name|>shop\n<|file_sep|>utils.py\ndef f():\n    pass\n<|file_sep|>lib/b.py\nB = 1\n"
STARCODER_FILES = "<repo_name>shop<file_sep>utils.py\ndef f():\n    pass\n<file_sep>lib/b.py\nB = 1\n"

DIALECTS = [
    pytest.param(f"<fim_prefix>{P}<fim_suffix>{S}<fim_middle>", "", id="starcoder"),
    pytest.param(f"<fim_suffix>{S}<fim_prefix>{P}<fim_middle>", "", id="starcoder, suffix first"),
    pytest.param(
        f"{STARCODER_FILES}<file_sep>main.py\n<fim_prefix>{P}<fim_suffix>{S}<fim_middle>", FILES, id="starcoder, files"
    ),
    pytest.param(f"<|fim_prefix|>{P}<|fim_suffix|>{S}<|fim_middle|>", "", id="qwen"),
    pytest.param(
        f"{QWEN_FILES}<|file_sep|>main.py\n<|fim_prefix|>{P}<|fim_suffix|>{S}<|fim_middle|>", FILES, id="qwen, files"
    ),
    pytest.param(f"<PRE> {P} <SUF>{S} <MID>", "", id="codellama"),
    pytest.param(f"<｜fim▁begin｜>{P}<｜fim▁hole｜>{S}<｜fim▁end｜>", "", id="deepseek"),
    pytest.param(f"[SUFFIX]{S}[PREFIX]{P}", "", id="codestral"),
    pytest.param(
        f"[SUFFIX]{S}[PREFIX]+++++ utils.py \ndef f():\n    pass\n\n+++++ lib/b.py \nB = 1\n\n+++++ main.py\n{P}",
        FILES,
        id="codestral, files",
    ),
    pytest.param(f"<[fim-suffix]>{S}<[fim-prefix]>{P}<[fim-middle]>", "", id="seed-coder"),
    pytest.param(f"<[fim-prefix]>{P}<[fim-suffix]>{S}<[fim-middle]>", "", id="seed-coder, as plugins send it"),
]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(says("math.pi"))


@pytest.fixture
def client(make_client: MakeClient, engine: FakeEngine) -> FlaskClient:
    """Its model infills between sentinels; the tests read them in the engine's prompts."""
    return make_client(engine, tokenizer=FimTokenizer())


def complete(client: FlaskClient, path: str = PATH, **body: Any) -> dict[str, Any]:
    response = post(client, path, **body)
    assert response.status_code == 200, response.text
    return response.json


def stream(client: FlaskClient, path: str = PATH, **body: Any) -> list[dict[str, Any]]:
    events = events_in(post(client, path, **body, stream=True))
    assert events.pop() == "[DONE]"
    return events


def texts_in(response: TestResponse) -> Iterator[str]:
    """The non-empty texts of the chunks, as they arrive."""
    for frame in response.iter_encoded():
        data = frame.decode().removeprefix("data: ")
        if data.startswith("{") and (text := json.loads(data)["choices"][0]["text"]):
            yield text


@pytest.mark.parametrize(("prompt", "files"), DIALECTS)
def test_every_dialect_is_written_anew_for_the_model(
    client: FlaskClient, engine: FakeEngine, prompt: str, files: str
) -> None:
    answer = complete(client, prompt=prompt)
    events = stream(client, prompt=prompt)

    assert [sequence.prompt_ids for sequence in engine.added] == [fim_ids(files + P, S)] * 2
    assert answer["choices"] == [{"index": 0, "text": "math.pi", "logprobs": None, "finish_reason": "stop"}]
    assert answer["elbarto"]["infill_mode"] == "fim"
    assert "".join(event["choices"][0]["text"] for event in events) == "math.pi"


@pytest.mark.parametrize(("prompt", "files"), DIALECTS)
def test_no_dialect_is_looked_for_where_none_is_wanted(
    client: FlaskClient, engine: FakeEngine, prompt: str, files: str
) -> None:
    """The model's tokenizer then encodes the sentinels like any text."""
    answer = complete(client, prompt=prompt, fim_dialects=[])

    assert engine.added[0].prompt_ids == (0, *byte_ids(prompt))
    assert "infill_mode" not in answer["elbarto"]


def test_the_dialects_that_are_wanted(client: FlaskClient, engine: FakeEngine) -> None:
    prompt = f"<fim_prefix>{P}<fim_suffix>{S}<fim_middle>"

    complete(client, prompt=prompt, fim_dialects=["qwen", "deepseek"])
    complete(client, prompt=prompt, fim_dialects=["qwen", "starcoder"])
    error = error_of(post(client, PATH, prompt=prompt, fim_dialects=["qwen", "gpt"]), 400)

    assert [sequence.prompt_ids for sequence in engine.added] == [(0, *byte_ids(prompt)), fim_ids(P, S)]
    assert error["message"] == (
        "fim_dialects must be a list of any of starcoder, qwen, codegemma, codellama, deepseek, codestral, seed-coder, "
        'glm, got "gpt"'
    )
    assert error_of(post(client, PATH, prompt=prompt, fim_dialects="qwen"), 400)["param"] == "fim_dialects"


@pytest.mark.parametrize(("prompt", "files"), DIALECTS)
def test_chat_takes_sentinels_for_text(client: FlaskClient, engine: FakeEngine, prompt: str, files: str) -> None:
    answer = complete(client, "/v1/chat/completions", messages=[{"role": "user", "content": prompt}])

    assert byte_ids(prompt) == list(engine.added[0].prompt_ids[1 + len("user\n") :][: len(byte_ids(prompt))])
    assert "infill_mode" not in answer["elbarto"]
    assert answer["choices"][0]["message"]["content"] == "math.pi"


def test_code_that_mentions_sentinels_is_text(client: FlaskClient, engine: FakeEngine) -> None:
    code = 'FIM = ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"]\nQWEN = ["<|fim_prefix|>", "<|fim_suffix|>", "'

    complete(client, prompt=code)

    assert engine.added[0].prompt_ids == (0, *byte_ids(code))


def test_sentinels_in_the_hole_s_own_code_stay_text(client: FlaskClient, engine: FakeEngine) -> None:
    """A separate suffix determines where the hole is."""
    prefix = "TOKENS = ['<[fim-prefix]>', "

    complete(client, prompt=prefix, suffix="]\n")

    assert engine.added[0].prompt_ids == fim_ids(prefix, "]\n")


@pytest.mark.parametrize("suffix", ["", "<|endoftext|>"])
def test_an_empty_suffix_is_one(client: FlaskClient, engine: FakeEngine, suffix: str) -> None:
    """Inception's clients, including Continue, have to send it."""
    assert complete(client, prompt=P, suffix=suffix)["elbarto"]["infill_mode"] == "fim"

    assert engine.added[0].prompt_ids == fim_ids(P, "")


def test_prompts_of_both_kinds_in_one_request(make_client: MakeClient) -> None:
    engine = FakeEngine(lambda ids, params: byte_ids("hole" if ids[0] == FimTokenizer.SUFFIX else "plain"))
    client = make_client(engine, tokenizer=FimTokenizer())
    asked = {"prompt": ["a", f"<PRE> {P} <SUF>{S} <MID>", "b"], "n": 2}

    answer = complete(client, **asked)
    events = stream(client, **asked)

    texts = ["plain", "plain", "hole", "hole", "plain", "plain"]
    assert [choice["text"] for choice in answer["choices"]] == texts
    assert [choice["index"] for choice in answer["choices"]] == list(range(6))
    assert answer["usage"]["completion_tokens"] == 4 * len("plain.") + 2 * len("hole")
    assert answer["elbarto"]["infill_mode"] == "fim"
    for index, text in enumerate(texts):
        choices = [choice for event in events for choice in event["choices"] if choice["index"] == index]
        assert "".join(choice["text"] for choice in choices) == text
        assert [choice["finish_reason"] for choice in choices if choice["finish_reason"]] == ["stop"]


def test_token_ids_with_a_suffix(client: FlaskClient, engine: FakeEngine) -> None:
    complete(client, prompt=byte_ids(P), suffix=S)

    assert engine.added[0].prompt_ids == fim_ids(P, S)
    error = error_of(post(client, PATH, prompt=[99_999], suffix=S), 400)
    assert error["message"] == "prompt must hold token ids from 0 to 263, got 99999."


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_more_tokens_than_a_hole_may_have(make_client: MakeClient, field: str) -> None:
    """Editors request thousands; a 400 would leave them without a suggestion."""
    engine = FakeEngine(says("x" * 400))
    client = make_client(engine, tokenizer=FimTokenizer(), infill_max_tokens=18)

    answer = complete(client, prompt=P, suffix=S, **{field: 4096})

    assert answer["choices"][0]["text"] == "x" * 18
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["elbarto"]["warnings"] == ["max_tokens was lowered from 4096 to 18."]
    assert engine.added[0].params.gen_length == 20, "one more for the end token, in whole blocks"
    assert complete(client, prompt=P, suffix=S, **{field: 5})["choices"][0]["text"] == "x" * 5


def test_a_hole_that_is_finished_ends_the_work(make_client: MakeClient) -> None:
    """Here the reply reaches the suffix's first line."""
    engine = FakeEngine(says("total = 0\n    return total\n" + "z" * 80), gated=True)
    client = make_client(engine, tokenizer=FimTokenizer())
    asked = {"prompt": "def f():\n    ", "suffix": "\n    return total\n"}
    answers: list[dict[str, Any]] = []
    asking = Thread(target=lambda: answers.append(complete(client, **asked)))
    asking.start()

    engine.allow(9)
    engine.wait_until_stepping()
    wait_until(lambda: service_of(client).engine._commands.qsize() == 1)
    engine.allow(1)
    asking.join(PATIENCE_S)

    assert answers[0]["choices"][0]["text"] == "total = 0"
    assert answers[0]["choices"][0]["finish_reason"] == "stop"
    assert (engine.aborted, engine.steps) == ([0], 10)


def test_the_first_line_comes_before_the_rest_is_made(make_client: MakeClient) -> None:
    """When late, Continue shows what it has after the first non-blank line."""
    engine = FakeEngine(says("\n  first = 1\n  second = 2\n"), gated=True)
    client = make_client(engine, tokenizer=FimTokenizer())
    engine.allow(len("\n  first = 1\n  sec") // BLOCK_LENGTH + 1)

    response = post(client, PATH, prompt=P, suffix="", stream=True, buffered=False)
    arriving, text = texts_in(response), ""
    while not text.startswith("\n  first = 1\n"):
        text += next(arriving)

    assert "second = 2" not in text
    engine.allow()
    assert text + "".join(arriving) == "\n  first = 1\n  second = 2\n"


def test_a_client_that_leaves_a_hole(make_client: MakeClient) -> None:
    """As editors do with every keystroke."""
    engine = FakeEngine(says("a" * 64), gated=True)
    client = make_client(engine, tokenizer=FimTokenizer())
    engine.allow(2)
    response = post(client, PATH, prompt=P, suffix=S, stream=True, buffered=False)
    assert next(texts_in(response))

    response.close()

    engine.allow(1)
    engine.wait_for(lambda: engine.aborted == [0])
    assert engine.steps <= 3


def test_stops_in_a_hole(client: FlaskClient) -> None:
    """Continue sends a dozen."""
    stops = [
        "<fim_prefix>",
        "/src/",
        "#- coding: utf-8",
        "```",
        "\ndef ",
        "\nclass ",
        "x",
        "y",
        "z",
        "\n\n",
        "h.",
        ".p",
    ]

    assert complete(client, prompt=P, suffix=S, stop=stops)["choices"][0]["text"] == "mat"
    assert stream(client, prompt=P, suffix=S, stop=stops)[-1]["choices"][0]["finish_reason"] == "stop"


def test_several_for_a_hole(make_client: MakeClient) -> None:
    """Distinct ones, the most likely first; if there are too few, they repeat."""
    engine = FakeEngine(says("longest", "ab", "longest"))
    client = make_client(engine, tokenizer=FimTokenizer())

    answer = complete(client, prompt=P, suffix=S, n=3)

    assert [choice["text"] for choice in answer["choices"]] == ["ab", "longest", "ab"]
    assert answer["elbarto"]["warnings"] == ["Only 2 of 3 candidates are distinct."]


def test_the_best_of_several_for_a_hole(make_client: MakeClient) -> None:
    engine = FakeEngine(says("longest", "ab", "longer"))
    client = make_client(engine, tokenizer=FimTokenizer())

    answer = complete(client, prompt=P, suffix=S, best_of=3)

    assert [choice["text"] for choice in answer["choices"]] == ["ab"]
    assert len(engine.added) == 3


def test_log_probabilities_in_a_hole(client: FlaskClient) -> None:
    """Only of the tokens that remain after cleanup."""
    answer = complete(client, prompt=P, suffix=".pi\n", logprobs=1)["choices"][0]
    streamed = stream(client, prompt=P, suffix=".pi\n", logprobs=1)

    logprobs = answer["logprobs"]
    assert logprobs["tokens"] == list(answer["text"])
    assert logprobs["text_offset"] == list(range(len(answer["text"])))
    assert logprobs["token_logprobs"][:2] == [0.0, -0.693147]
    merged = [token for event in streamed for token in (event["choices"][0]["logprobs"] or {"tokens": []})["tokens"]]
    assert merged == logprobs["tokens"]


def test_the_most_likely_tokens_in_a_hole(client: FlaskClient) -> None:
    tops = complete(client, prompt=P, suffix=".pi\n", logprobs=2)["choices"][0]["logprobs"]["top_logprobs"]

    assert all(len(top) == 2 and "<mask>" in top for top in tops)


def test_a_model_that_cannot_infill(make_client: MakeClient) -> None:
    client = make_client(tokenizer=ByteTokenizer(chat_template=None))

    error = error_of(post(client, PATH, prompt=P, suffix=S), 400)

    assert error["message"].startswith("This model cannot infill")
