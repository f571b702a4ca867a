"""llama.cpp's native endpoints, with the fields that llama.vim and llama.vscode send and read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.llama_cpp import timings
from app.messages.events import Counters
from app.messages.params import GenerationParams
from app.serving.work import Usage
from tests.api.wire import error_of, events_in, post
from tests.doubles.app import service_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import EOS, FimTokenizer, byte_ids, fim_ids
from tests.waiting import PATIENCE_S, wait_until

MakeClient = Callable[..., FlaskClient]

# A cursor at the end of "    total", between the lines before and after it.
AROUND = {"input_prefix": "def f(xs):\n", "prompt": "    total", "input_suffix": "\n    return total\n"}
BEFORE, AFTER = "def f(xs):\n    total", "\n    return total\n"
TIMINGS = [
    *("prompt_n", "prompt_ms", "prompt_per_token_ms", "prompt_per_second"),
    *("predicted_n", "predicted_ms", "predicted_per_token_ms", "predicted_per_second"),
]
LLAMA_VIM = {
    **AROUND,
    "id_slot": 0,
    "input_extra": [{"text": "X = 1", "time": [1, 2], "filename": "x.py"}],
    "n_predict": 128,
    "stop": [],
    "n_indent": 4,
    "top_k": 40,
    "top_p": 0.99,
    "stream": False,
    "samplers": ["top_k", "top_p", "infill"],
    "cache_prompt": True,
    "t_max_prompt_ms": 500,
    "t_max_predict_ms": 1000,
    "response_fields": ["content", *(f"timings/{name}" for name in TIMINGS), "truncated", "tokens_cached"],
}
LLAMA_VSCODE = {
    **AROUND,
    "input_extra": [{"text": "X = 1", "time": 17, "filename": "x.py"}],
    "n_predict": 128,
    "top_k": 40,
    "top_p": 0.99,
    "stream": False,
    "samplers": ["top_k", "top_p", "infill"],
    "cache_prompt": True,
    "n_indent": 4,
    "t_max_prompt_ms": 500,
    "t_max_predict_ms": 1000,
    "lora": [{"id": 0, "scale": 0.5}],
}


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(says(" = sum(xs)"))


@pytest.fixture
def client(make_client: MakeClient, engine: FakeEngine) -> FlaskClient:
    return make_client(engine, tokenizer=FimTokenizer())


def infill(client: FlaskClient, path: str = "/infill", **body: Any) -> dict[str, Any]:
    response = post(client, path, **body)
    assert response.status_code == 200, response.text
    return response.json


def test_llama_vim(client: FlaskClient, engine: FakeEngine) -> None:
    """It reads the fields that it requested, including paths."""
    answer = infill(client, **LLAMA_VIM)

    assert list(answer) == LLAMA_VIM["response_fields"]
    assert answer["content"] == " = sum(xs)"
    assert (answer["truncated"], answer["tokens_cached"]) == (False, 0)
    assert answer["timings/predicted_n"] == len(" = sum(xs)")
    assert engine.added[0].prompt_ids == fim_ids("# x.py\nX = 1\n\n" + BEFORE, AFTER)
    params = engine.added[0].params
    assert (params.top_k, params.top_p, params.time_budget_ms) == (40, 0.99, None)


def test_llama_vim_looks_for_the_content_in_the_bytes(client: FlaskClient) -> None:
    """With a regular expression, before it decodes the JSON: no space may follow the colon."""
    assert re.match(r'\{.*"content"\s*:"', post(client, "/infill", **LLAMA_VIM).text)


def late_answer(make_client: MakeClient, text: str) -> dict[str, Any]:
    """The answer if the prediction time is over before there is any text."""
    engine = FakeEngine(says(text), gated=True)
    client = make_client(engine, tokenizer=FimTokenizer())
    answers: list[dict[str, Any]] = []
    asking = Thread(target=lambda: answers.append(infill(client, **AROUND, t_max_predict_ms=1)))
    asking.start()
    engine.wait_until_stepping()
    time.sleep(0.01)
    engine.allow(8)
    if len(text) > 80:  # the reply was ended before the engine's current step was over
        engine.wait_until_stepping()
        wait_until(lambda: service_of(client).engine._commands.qsize() == 1)
        engine.allow(1)
    asking.join(PATIENCE_S)
    return answers[0]


def test_the_time_for_predicting_does_not_cut_the_first_line(make_client: MakeClient) -> None:
    line = " = sum(x for x in xs)"

    short, long = late_answer(make_client, line), late_answer(make_client, f"{line}\n" + 80 * "z")

    assert (short["content"], short["stop_type"]) == (line, "eos")
    assert (long["content"].partition("\n")[0], long["stop_type"]) == (line, "limit")
    assert len(long["content"]) < 40


def test_llama_vscode(client: FlaskClient, engine: FakeEngine) -> None:
    """It reads the whole answer, and the timings as an object."""
    answer = infill(client, **LLAMA_VSCODE)

    assert answer["content"] == " = sum(xs)"
    assert answer["tokens_cached"] == 0
    assert answer["truncated"] is False
    assert isinstance(answer["generation_settings"], dict)
    assert set(TIMINGS) < answer["timings"].keys()
    assert engine.added[0].prompt_ids == fim_ids("# x.py\nX = 1\n\n" + BEFORE, AFTER)


@pytest.mark.parametrize("is_streamed", [False, True])
def test_plugins_warm_the_prefix_cache_and_read_nothing(
    client: FlaskClient, engine: FakeEngine, is_streamed: bool
) -> None:
    warming = {**LLAMA_VIM, "n_predict": 0, "samplers": [], "t_max_predict_ms": 1, "stream": is_streamed}

    asked = [post(client, "/infill", **{**warming, "response_fields": fields}) for fields in ([""], None)]
    answers = [events_in(response) if is_streamed else [response.json] for response in asked]

    assert answers[0] == [{}]
    (answer,) = answers[1]
    assert (answer["content"], answer["tokens"], answer["tokens_predicted"]) == ("", [], 0)
    assert answer["timings"]["predicted_n"] == 0
    assert answer["tokens_evaluated"] > 0
    infill(client, **LLAMA_VIM)
    assert len({tuple(sequence.prompt_ids) for sequence in engine.added}) == 1
    assert len(engine.added) == 3


def test_everything_that_is_told(client: FlaskClient) -> None:
    answer = infill(client, **AROUND, seed=3)

    assert answer["model"] == "fake-model"
    assert (answer["index"], answer["stop"], answer["stop_type"]) == (0, True, "eos")
    assert answer["tokens"] == byte_ids(" = sum(xs)")
    assert answer["tokens_predicted"] == len(answer["tokens"])
    assert answer["tokens_evaluated"] == len(fim_ids(BEFORE, AFTER))
    assert answer["generation_settings"]["seed"] == 3
    assert answer["has_new_line"] is False
    assert answer["elbarto"]["infill_mode"] == "fim"


def usage_of(counters: Counters) -> Usage:
    """The usage of a reply with one sequence."""
    return Usage(
        prompt_tokens=counters.prompt_tokens,
        completion_tokens=counters.generated_tokens,
        cached_prompt_tokens=counters.cached_tokens,
        cached_tokens=counters.cached_tokens,
        tpf=0.0,
        total_ms=counters.total_ms,
        params=GenerationParams(gen_length=8, steps=8, block_length=4),
        reply_counters=(counters,),
    )


def test_timings_share_the_time_by_forwards() -> None:
    counters = Counters(
        24, 4, 20, 1, steps=4, forwards=4, fused_commits=0, generated_tokens=8, queue_ms=10.0, total_ms=60.0
    )

    told = timings(usage_of(counters), 8)

    assert told == {
        "cache_n": 4,
        "prompt_n": 20,
        "prompt_ms": 10.0,
        "prompt_per_token_ms": 0.5,
        "prompt_per_second": 2000.0,
        "predicted_n": 8,
        "predicted_ms": 40.0,
        "predicted_per_token_ms": 5.0,
        "predicted_per_second": 200.0,
    }


def test_timings_of_nothing(client: FlaskClient) -> None:
    told = timings(usage_of(Counters(4, 4, 0, 0, 0, 0, 0, 0, queue_ms=1.0, total_ms=1.0)), 0)

    assert {value for name, value in told.items() if name != "cache_n"} == {0}
    assert infill(client, **AROUND)["timings"]["predicted_n"] == len(" = sum(xs)")


@pytest.mark.parametrize(("n_predict", "num_tokens"), [(4096, 12), (5, 5), (-1, 12), (-2, 12)])
def test_n_predict_is_clamped(make_client: MakeClient, n_predict: int, num_tokens: int) -> None:
    client = make_client(FakeEngine(says("x" * 80)), tokenizer=FimTokenizer(), infill_max_tokens=12)

    answer = infill(client, **AROUND, n_predict=n_predict)

    assert answer["content"] == "x" * num_tokens
    assert answer["stop_type"] == "limit"


def test_a_text_ends_before_a_line_that_is_indented_less(make_client: MakeClient) -> None:
    """`n_indent` is the cursor's indent; blank lines do not count."""
    text = "a = 1\n\n    b = 2\n  c = 3\nd = 4"
    client = make_client(FakeEngine(says(text)), tokenizer=FimTokenizer())
    around = {"input_prefix": "def f():\n    ", "input_suffix": ""}

    for n_indent, expected in ((0, text), (2, "a = 1\n\n    b = 2\n  c = 3"), (4, "a = 1\n\n    b = 2")):
        assert infill(client, **around, n_indent=n_indent)["content"] == expected
        events = events_in(post(client, "/infill", **around, n_indent=n_indent, stream=True))
        assert "".join(event["content"] for event in events) == expected
        assert events[-1]["tokens_predicted"] == len(expected), "tokens that are cut off are not delivered"


def test_a_stream_ends_with_stop_and_nothing_behind_it(client: FlaskClient) -> None:
    *pieces, last = events_in(post(client, "/infill", **AROUND, stream=True))

    assert "".join(piece["content"] for piece in pieces) == " = sum(xs)"
    assert not any(piece["stop"] for piece in pieces)
    assert (last["content"], last["stop"], last["tokens_predicted"]) == ("", True, len(" = sum(xs)"))
    assert last["timings"]["predicted_n"] == last["tokens_predicted"]


def test_stops(client: FlaskClient) -> None:
    assert infill(client, **AROUND, stop=["(", "nothing"])["content"] == " = sum"


def test_other_files_without_names(client: FlaskClient, engine: FakeEngine) -> None:
    infill(client, **AROUND, input_extra=[{"text": "A = 1\n"}, {"text": "B = 2", "filename": "b.py"}])

    assert engine.added[0].prompt_ids == fim_ids("A = 1\n\n# b.py\nB = 2\n\n" + BEFORE, AFTER)


def test_nothing_around_the_hole(client: FlaskClient, engine: FakeEngine) -> None:
    assert infill(client)["content"] == " = sum(xs)"

    assert engine.added[0].prompt_ids == fim_ids("", "")


def test_sentinels_around_the_hole_are_code(client: FlaskClient, engine: FakeEngine) -> None:
    prefix = "<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>"

    infill(client, input_prefix=prefix, input_suffix=AFTER)

    assert engine.added[0].prompt_ids == fim_ids(prefix, AFTER)


def test_a_temperature_beyond_ours_is_the_highest(client: FlaskClient, engine: FakeEngine) -> None:
    infill(client, **AROUND, temperature=5, repeat_penalty=1.5, seed=-1)

    assert engine.added[0].params.temperature == 2
    assert engine.added[0].params.repetition_penalty == 1.5


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("input_prefix", 5, "a string"),
        ("input_suffix", ["a"], "a string"),
        ("input_extra", {"text": "a"}, "a list of objects"),
        ("n_predict", -3, "an integer of at least -2"),
        ("n_predict", "many", "an integer of at least -2"),
        ("response_fields", "content", "a list of names"),
        ("response_fields", [5], "a list of names"),
        ("n_indent", -1, "an integer of at least 0"),
    ],
)
def test_bad_values(client: FlaskClient, field: str, value: Any, allowed: str) -> None:
    error = error_of(post(client, "/infill", **{**LLAMA_VIM, field: value}), 400)

    assert error["param"] == field
    assert allowed in error["message"]


def test_another_file_without_a_text(client: FlaskClient) -> None:
    error = error_of(post(client, "/infill", **AROUND, input_extra=[{"filename": "a.py"}]), 400)

    assert error["message"] == "input_extra[0].text is required: a string"


def test_completion_goes_on_from_a_prompt(client: FlaskClient, engine: FakeEngine) -> None:
    """As Continue's llama.cpp provider sends it, streamed."""
    asked = {"prompt": "def f(xs):", "n_predict": 40}

    answer = infill(client, "/completion", **asked)
    *pieces, last = events_in(post(client, "/completion", **asked, stream=True))

    assert answer["content"] == " = sum(xs)"
    assert "".join(piece["content"] for piece in pieces) == " = sum(xs)"
    assert last["stop"]
    assert engine.added[0].prompt_ids == (0, *byte_ids("def f(xs):"))
    assert engine.added[0].params.gen_length == 40


@pytest.mark.parametrize(("path", "prompt"), [("/infill", AROUND), ("/completion", {"prompt": "def f(xs):"})])
def test_a_stop_string_is_told(client: FlaskClient, path: str, prompt: dict[str, Any]) -> None:
    for stop, kind, word in ((["+", "sum"], "word", "sum"), (["+"], "eos", "")):
        answer = infill(client, path, **prompt, stop=stop)
        *_, last = events_in(post(client, path, **prompt, stop=stop, stream=True))

        assert (answer["stop_type"], answer["stopping_word"]) == (kind, word)
        assert (last["stop_type"], last["stopping_word"]) == (kind, word)
    assert infill(client, path, **prompt, n_predict=2)["stop_type"] == "limit"


def test_no_named_field_is_every_field(client: FlaskClient) -> None:
    assert infill(client, **AROUND, response_fields=[]).keys() == infill(client, **AROUND).keys()


def test_completion_takes_prompts_apart(client: FlaskClient, engine: FakeEngine) -> None:
    prompt = f"<fim_prefix>{BEFORE}<fim_suffix>{AFTER}<fim_middle>"

    infill(client, "/completion", prompt=prompt)
    infill(client, "/completion", prompt=prompt, fim_dialects=[])
    infill(client, "/completion", prompt=byte_ids("ids"))

    prompts = [fim_ids(BEFORE, AFTER), (0, *byte_ids(prompt)), tuple(byte_ids("ids"))]
    assert [sequence.prompt_ids for sequence in engine.added] == prompts


def test_completion_takes_one_prompt(client: FlaskClient) -> None:
    assert error_of(post(client, "/completion", prompt=["a", "b"]), 400)["param"] == "prompt"
    assert error_of(post(client, "/completion"), 400)["param"] == "prompt"


def test_props(client: FlaskClient) -> None:
    """Plugins read the context length and the model's name."""
    props = client.get("/props").json

    assert props["default_generation_settings"]["n_ctx"] == 1024
    assert props["model_alias"] == "fake-model"
    assert props["total_slots"] == 1
    assert props["is_sleeping"] is False


def test_health_under_v1(client: FlaskClient) -> None:
    assert client.get("/v1/health").json == client.get("/health").json
    assert client.get("/v1/health").json["status"] == "ok"


def test_what_needs_the_key(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says([EOS])), tokenizer=FimTokenizer(), api_key="sk-key")

    for path in ("/infill", "/completion"):
        assert error_of(post(client, path, **AROUND), 401)["code"] == "invalid_api_key"
        assert post(client, path, headers={"X-Api-Key": "sk-key"}, **AROUND).status_code == 200
    assert error_of(client.get("/props"), 401)
    assert client.get("/v1/health").status_code == 200
