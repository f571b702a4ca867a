"""From requests to the engine's parameters, and from its events to replies."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import EngineFailed, ModelNotFound, PromptTooLong, QueueFull, RequestError, Unsupported
from app.messages.defaults import Defaults
from app.messages.params import GenerationParams
from app.serving.generation import SILENCE
from app.serving.reply import Reply
from app.serving.requests import ChatRequest, Tool, ToolUse
from app.serving.service import Service
from app.serving.updates import Delta, Ended, Step
from tests.doubles.app import nest_decoding
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import EOS, FIRST_BYTE, VOCAB_SIZE, ByteTokenizer, byte_ids

MakeService = Callable[..., Service]

PROMPT = tuple(byte_ids("four"))
MESSAGES = [{"role": "user", "content": "Hi"}]


def call(prompt: tuple[int, ...] = PROMPT, **fields: Any) -> ChatRequest:
    """A chat request; `fields` are those of ChatRequest and of Decoding."""
    return ChatRequest(prompt_token_ids=prompt, **nest_decoding(fields))


def finish(reply: Reply) -> Reply:
    for _ in reply:
        pass
    return reply


def params_for(service: Service, chat_call: ChatRequest) -> GenerationParams:
    return finish(service.chat(chat_call)).params


# Lengths


@pytest.mark.parametrize(
    ("asked", "gen_length", "steps"),
    [
        ({"gen_length": 10, "steps": 8}, 8, 8),
        ({"gen_length": 3, "steps": 4}, 4, 4),  # at least one block
        ({"gen_length": 16, "steps": 7}, 16, 4),  # whole steps a block
        ({"gen_length": 16, "steps": 1}, 16, 4),  # at least one
        ({"gen_length": 16, "steps": 100}, 16, 100),
        ({"gen_length": 16, "steps": 10**30}, 16, 10**30 // 4 * 4),
        ({"gen_length": 15, "steps": 6, "block_length": 5}, 15, 6),
        ({"gen_length": 8, "steps": 3, "max_tokens": 2}, 8, 2),
        ({"max_tokens": 3, "steps": 3}, 4, 4),  # max_tokens alone: up, and the steps with it
        ({"max_tokens": 10, "steps": 5}, 12, 6),
        ({}, 64, 32),  # the defaults
        ({"gen_length": 16}, 16, 32),  # shorter: as many steps as ever
        ({"gen_length": 128}, 128, 64),  # longer: as many for each token
        ({"max_tokens": 96}, 96, 48),
    ],
)
def test_lengths_are_rounded(make_service: MakeService, asked: dict[str, int], gen_length: int, steps: int) -> None:
    service = make_service(defaults=Defaults(steps=32, gen_length=64, block_length=4))

    params = params_for(service, call(**asked))

    assert (params.gen_length, params.steps) == (gen_length, steps)


@pytest.mark.parametrize("field", ["max_tokens", "gen_length"])
def test_huge_lengths_are_clamped(make_service: MakeService, field: str) -> None:
    service = make_service(max_model_len=32)

    assert params_for(service, call(**{field: 10**400})).gen_length == 28


def test_what_is_asked_for_reaches_the_engine(make_service: MakeService) -> None:
    engine = FakeEngine()
    asked: dict[str, Any] = {
        "gen_length": 12,
        "steps": 12,
        "block_length": 4,
        "decode_mode": "adaptive",
        "threshold": 0.5,
        "factor": 2.0,
        "gamma": 0.25,
        "small_block_length": 2,
        "time_budget_ms": 60_000,
        "speculation": 4,
        "remasking": "random",
        "temperature": 0.7,
        "top_p": 0.9,
        "top_k": 40,
        "repetition_penalty": 1.1,
        "presence_penalty": -0.5,
        "frequency_penalty": 0.25,
        "seed": 11,
        "ignore_eos": True,
    }

    reply = finish(make_service(engine).chat(call(**asked)))

    assert engine.added[0].prompt_ids == PROMPT
    assert engine.added[0].params == reply.params == GenerationParams(**asked)


@pytest.mark.parametrize(
    ("server", "asked", "mode"),
    [
        ({}, {}, "static"),
        ({}, {"threshold": 0.5}, "threshold"),
        ({"threshold": 0.5}, {}, "threshold"),
        ({"decode_mode": "greedy"}, {}, "greedy"),
        ({"decode_mode": "greedy"}, {"threshold": 0.5}, "threshold"),
        ({"decode_mode": "adaptive"}, {"threshold": 0.5}, "adaptive"),
        ({"decode_mode": "greedy"}, {"decode_mode": "static"}, "static"),
        ({"threshold": 0.5}, {"decode_mode": "static"}, "static"),
        ({"threshold": 0.5}, {"decode_mode": "factor"}, "factor"),
    ],
)
def test_which_decode_mode_is_meant(
    server: dict[str, Any], asked: dict[str, Any], mode: str, make_service: MakeService
) -> None:
    assert params_for(make_service(chosen=server), call(**asked)).mode == mode


def test_parts_of_a_block_must_divide_it(make_service: MakeService) -> None:
    with pytest.raises(RequestError, match="small_block_length must divide the block length, 4, got 3") as error:
        make_service().chat(call(small_block_length=3))
    assert error.value.param == "small_block_length"


def test_defaults_fill_what_is_left_open(make_service: MakeService) -> None:
    service = make_service(
        chosen={"steps": 8, "gen_length": 16, "threshold": 0.25, "remasking": "random", "temperature": 0.5}
    )

    params = params_for(service, call())
    chosen = params_for(service, call(threshold=1.0, remasking="low_confidence", temperature=0.0))

    assert (params.steps, params.gen_length, params.block_length) == (8, 16, 4)
    assert (params.threshold, params.remasking, params.temperature) == (0.25, "random", 0.5)
    assert (params.top_p, params.ignore_eos) == (1.0, False)
    assert 0 <= params.seed < 2**32
    assert (chosen.threshold, chosen.remasking, chosen.temperature) == (1.0, "low_confidence", 0.0)


# The budget


@pytest.mark.parametrize("prompt", ["four", "seven77"])  # with a tail in the first block, or without
@pytest.mark.parametrize("max_tokens", [1, 2, 3, 4, 5, 6, 7, 8])
def test_max_tokens_cuts_inside_a_block(make_service: MakeService, prompt: str, max_tokens: int) -> None:
    service = make_service(FakeEngine(says("abcdefghijkl")))

    reply = finish(service.chat(call(tuple(byte_ids(prompt)), max_tokens=max_tokens, gen_length=12)))

    assert reply.choices[0].text == "abcdefghijkl"[:max_tokens]
    assert reply.choices[0].finish_reason == "length"
    assert reply.completion_tokens == max_tokens


def test_a_cut_reply_leaves_the_engine(make_service: MakeService) -> None:
    engine = FakeEngine(says("abcdefghijkl"), gated=True)
    reply = make_service(engine).chat(call(max_tokens=2, gen_length=12))
    events = iter(reply)
    engine.allow(1)
    assert next(item for item in events if item is not SILENCE) == Delta(0, "ab", tuple(byte_ids("ab")))
    engine.allow(1)  # one step may have begun before the abort came

    ended = next(item for item in events if item)

    assert isinstance(ended, Ended)
    assert ended.finish_reason == "length"
    assert engine.aborted == [0]
    assert engine.steps <= 2


def test_a_character_that_the_budget_cuts_is_dropped(make_service: MakeService) -> None:
    reply = finish(make_service(FakeEngine(says("ab日cd"))).chat(call(max_tokens=4, gen_length=8)))

    assert reply.choices[0].text == "ab"
    assert reply.completion_tokens == 4


def test_the_engines_own_end_is_length_too(make_service: MakeService) -> None:
    reply = finish(make_service(FakeEngine(says("abcdefgh"))).chat(call(gen_length=8)))

    assert (reply.choices[0].text, reply.choices[0].finish_reason) == ("abcdefgh", "length")


@pytest.mark.parametrize("prompt", ["four", "seven77"])
@pytest.mark.parametrize("text", ["", "a", "abc", "abcdefg"])
def test_an_end_token_is_stop_even_as_the_last_allowed_token(make_service: MakeService, prompt: str, text: str) -> None:
    service = make_service(FakeEngine(says(text)))

    reply = finish(service.chat(call(tuple(byte_ids(prompt)), max_tokens=len(text) + 1, gen_length=12)))

    assert (reply.choices[0].text, reply.choices[0].finish_reason) == (text, "stop")
    assert reply.choices[0].token_ids == [*byte_ids(text), EOS]


def test_an_end_token_after_the_budget_is_not_seen(make_service: MakeService) -> None:
    for max_tokens in (3, 4):
        service = make_service(FakeEngine(says("abcdefgh"[:max_tokens])))

        reply = finish(service.chat(call(max_tokens=max_tokens, gen_length=12)))

        assert reply.choices[0].finish_reason == "length"
        assert reply.completion_tokens == max_tokens


def test_ignore_eos_goes_on(make_service: MakeService) -> None:
    service = make_service(FakeEngine(says([*byte_ids("ab"), EOS, *byte_ids("cdefgh")])))

    reply = finish(service.chat(call(gen_length=8, ignore_eos=True)))

    assert (reply.choices[0].text, reply.choices[0].finish_reason) == ("abcdefg", "length")
    assert reply.completion_tokens == 8


# Canvases that do not end where the reply does


@pytest.mark.parametrize(
    ("asked", "gen_length", "max_tokens", "steps"),
    [
        ({"max_tokens": 8}, 8, None, 8),  # the prompt is a block
        ({"max_tokens": 9}, 12, 9, 12),
        ({"gen_length": 9}, 12, 9, 12),
        ({"gen_length": 9, "max_tokens": 2}, 12, 2, 12),
        ({"max_tokens": 1}, 4, 1, 8),
        ({"max_tokens": 100}, 24, None, 24),  # all the room there is
        ({"max_tokens": 9, "steps": 3}, 12, 9, 6),  # whole steps in each of three blocks, at least as many
    ],
)
def test_a_canvas_may_go_on_to_the_end_of_a_block(
    make_service: MakeService, asked: dict[str, int], gen_length: int, max_tokens: int | None, steps: int
) -> None:
    defaults = Defaults(steps=8, gen_length=8)
    service = make_service(canvas_length="to_block_end", max_model_len=31, defaults=defaults)

    params = params_for(service, call(**asked))

    assert (params.gen_length, params.max_tokens, params.steps) == (gen_length, max_tokens, steps)


@pytest.mark.parametrize(("prompt_len", "gen_length"), [(1, 11), (3, 9), (4, 8), (5, 11)])
def test_the_end_of_a_block_depends_on_the_prompt(make_service: MakeService, prompt_len: int, gen_length: int) -> None:
    service = make_service(canvas_length="to_block_end")

    reply = finish(service.chat(call(tuple(byte_ids("x" * prompt_len)), gen_length=8)))

    assert (reply.params.gen_length, reply.max_tokens, reply.completion_tokens) == (gen_length, 8, 8)
    assert reply.warnings == []


def test_a_canvas_may_be_just_as_long_as_the_reply(make_service: MakeService) -> None:
    service = make_service(canvas_length="exact", max_model_len=31, defaults=Defaults(steps=8, gen_length=8))

    assert params_for(service, call(max_tokens=9)).gen_length == 9
    assert params_for(service, call(max_tokens=100)).gen_length == 27


def test_a_reply_knows_where_it_ends_within_its_canvas(make_service: MakeService) -> None:
    """What is behind it need not be denoised."""
    assert params_for(make_service(), call(max_tokens=2)).max_tokens == 2
    assert params_for(make_service(), call(max_tokens=4)).max_tokens is None


def test_block_cache_is_only_for_models_that_have_it(make_service: MakeService) -> None:
    assert params_for(make_service(block_cache=True), call(block_cache=True)).block_cache

    with pytest.raises(RequestError, match=r"^block_cache must be false for fake-model: ") as refusal:
        make_service().chat(call(block_cache=True))

    assert refusal.value.param == "block_cache"
    assert not params_for(make_service(), call(block_cache=False)).block_cache


# Room


def test_a_reply_is_clamped_to_the_room_that_the_prompt_leaves(make_service: MakeService) -> None:
    service = make_service(max_model_len=31)

    reply = finish(service.chat(call(max_tokens=1000)))

    assert reply.params.gen_length == 24  # 27 in whole blocks
    assert reply.max_tokens == 24
    assert reply.warnings == ["The reply is limited to 24 tokens, the room that the prompt leaves."]


def test_steps_follow_a_clamped_reply_unless_they_were_asked_for(make_service: MakeService) -> None:
    service = make_service(max_model_len=204, defaults=Defaults(steps=32, gen_length=64))

    assert params_for(service, call(gen_length=10**9)).steps == 100
    assert params_for(service, call(gen_length=10**9, steps=150)).steps == 150


def test_no_warning_where_the_budget_fits(make_service: MakeService) -> None:
    service = make_service(max_model_len=32)

    assert finish(service.chat(call(max_tokens=28))).warnings == []
    assert finish(service.chat(call(max_tokens=8, gen_length=100))).warnings == []


@pytest.mark.parametrize(("prompt_len", "fits"), [(28, True), (29, False), (32, False), (40, False)])
def test_a_prompt_must_leave_room_for_a_block(make_service: MakeService, prompt_len: int, fits: bool) -> None:
    service = make_service(max_model_len=32)
    asked = call(tuple(byte_ids("x" * prompt_len)))
    if fits:
        assert params_for(service, asked).gen_length == 4
        return

    with pytest.raises(PromptTooLong) as error:
        service.chat(asked)

    assert error.value.message.startswith(
        "This model's maximum context length is 32 tokens. "
        f"However, you requested {prompt_len + 4} tokens (the prompt and at least one block of reply)."
    )
    assert (error.value.code, error.value.param) == ("context_length_exceeded", "prompt_token_ids")
    assert service.engine.queue_lengths == (0, 0)


def test_long_messages_are_refused_by_their_own_name(make_service: MakeService) -> None:
    service = make_service(max_model_len=32)

    with pytest.raises(PromptTooLong) as error:
        service.chat(ChatRequest(messages=[{"role": "user", "content": "x" * 100}]))

    assert error.value.param == "messages"


# Several answers


def test_every_choice_has_its_own_seed(make_service: MakeService) -> None:
    engine = FakeEngine(lambda prompt_ids, params: byte_ids(f"seed {params.seed}"))

    reply = finish(make_service(engine).chat(call(n=3, seed=41)))

    assert [sequence.params.seed for sequence in engine.added] == [41, 42, 43]
    assert [choice.text for choice in reply.choices] == ["seed 41", "seed 42", "seed 43"]
    assert reply.params.seed == 41


def test_the_choices_of_an_unseeded_request_differ_too(make_service: MakeService) -> None:
    engine = FakeEngine()
    finish(make_service(engine).chat(call(n=2)))

    first, second = (sequence.params.seed for sequence in engine.added)

    assert second == first + 1


def test_counters_are_summed_over_the_choices(make_service: MakeService) -> None:
    reply = finish(make_service(FakeEngine(says("abcde", "ab"))).chat(call(n=2)))

    assert reply.completion_tokens == 6 + 3
    assert reply.usage().steps == 2 * (2 + 1)
    assert reply.usage().fused_commits == 1
    assert reply.usage().tpf == 9 / 6
    assert reply.usage().total_ms == 3.0
    assert reply.prompt_tokens == 4


def test_drafts_are_summed_over_the_choices_and_steps_share_forwards(make_service: MakeService) -> None:
    usage = finish(make_service(FakeEngine(says("abcde", "ab"), drafts=3)).chat(call(n=2))).usage()

    assert (usage.steps, usage.denoise_forwards) == (6, 3)
    assert (usage.drafts_tried, usage.drafts_accepted) == (9, 3)
    assert usage.tpf == 9 / 3


def test_more_choices_than_the_server_holds_are_refused(make_service: MakeService) -> None:
    service = make_service(max_queue=2)

    assert len(finish(service.chat(call(n=3))).choices) == 3
    with pytest.raises(RequestError, match="n must be at most 3 on this server, got 4") as error:
        service.chat(call(n=4))
    assert error.value.param == "n"
    assert not isinstance(error.value, QueueFull)  # no use in trying again


# Stop strings


def test_a_stop_string_inside_a_block_ends_its_choice_alone(make_service: MakeService) -> None:
    engine = FakeEngine(says("abSTOPabcdef", "abcdefghijkl"), gated=True)
    reply = make_service(engine).chat(call(n=2, gen_length=12, stop=["STOP"]))
    engine.allow(2)  # "abST" and "OPab"
    events = iter(reply)
    deltas = [next(item for item in events if item) for _ in range(2)]
    engine.allow()
    finish(reply)

    assert [delta.text for delta in deltas if isinstance(delta, Delta)] == ["ab", ""]
    assert [choice.text for choice in reply.choices] == ["ab", "abcdefghijkl"]
    assert [choice.finish_reason for choice in reply.choices] == ["stop", "length"]
    assert reply.choices[0].token_ids == byte_ids("abSTOP")
    assert engine.aborted in ([0], [])  # [] where its last block was under way


def test_what_might_have_become_a_stop_string_is_shown_at_the_end(make_service: MakeService) -> None:
    for text in ("abcdST", "abcdeSTO"):
        reply = make_service(FakeEngine(says(text))).chat(call(gen_length=8, stop=["STOP"]))
        shown = "".join(item.text for item in reply if isinstance(item, Delta))

        assert shown == reply.choices[0].text == text


def test_a_stop_string_that_only_the_end_reveals(make_service: MakeService) -> None:
    """The last token ends the stop string and starts a character that is never completed."""
    tokenizer = ByteTokenizer(extra=[b"OP\xe6"])
    engine = FakeEngine(says([*byte_ids("abcdeST"), VOCAB_SIZE]))
    reply = finish(make_service(engine, tokenizer).chat(call(gen_length=8, stop=["STOP"])))

    assert (reply.choices[0].text, reply.choices[0].finish_reason) == ("abcde", "stop")


def test_a_budget_that_ends_with_a_block_ends_the_engines_work(make_service: MakeService) -> None:
    """It is aborted at once: the engine would continue to the end of the canvas."""
    engine = FakeEngine(says("abcdefghijklmnop"), gated=True)
    reply = make_service(engine).chat(call(gen_length=16, max_tokens=4))
    engine.allow(1)
    items = iter(reply)
    delta = next(item for item in items if item is not None)
    engine.allow()  # only now: the abort is on its way

    *_, ended = items
    assert isinstance(delta, Delta)
    assert isinstance(ended, Ended)
    assert (delta.text, reply.choices[0].text, ended.finish_reason) == ("abcd", "abcd", "length")
    assert engine.aborted == [0]


def test_a_stop_string_after_the_budget_is_not_seen(make_service: MakeService) -> None:
    reply = finish(make_service(FakeEngine(says("abSTOP"))).chat(call(gen_length=12, max_tokens=5, stop=["STOP"])))

    assert (reply.choices[0].text, reply.choices[0].finish_reason) == ("abSTO", "length")


def test_blocks_that_come_after_a_stop_string_are_dropped(make_service: MakeService) -> None:
    engine = FakeEngine(says("STOPabcdefgh"), gated=True)
    reply = make_service(engine).chat(call(gen_length=12, stop=["STOP"]))
    engine.allow()  # all blocks are there before anybody looks
    engine.wait_for(lambda: engine.steps == 3)

    assert finish(reply).choices[0].text == ""
    assert reply.completion_tokens == 4


# What a caller sees while it waits, and when it fails


def test_deltas_come_as_blocks_are_committed(make_service: MakeService) -> None:
    engine = FakeEngine(says("abcdefgh"), gated=True)
    events = iter(make_service(engine).chat(call(gen_length=8)))

    for text in ("abcd", "efgh"):
        assert next(events) is SILENCE  # nothing is there before its step
        engine.allow(1)
        assert next(item for item in events if item is not SILENCE) == Delta(0, text, tuple(byte_ids(text)))
    assert isinstance(next(events), Ended)
    assert next(events, "over") == "over"


def test_a_failed_step_raises_and_takes_the_siblings_out(make_service: MakeService) -> None:
    engine = FakeEngine(says("abcdefgh"), gated=True)
    service = make_service(engine)
    reply = service.chat(call(n=3, gen_length=8))
    engine.wait_until_stepping()
    engine.failing_steps = 1
    engine.allow(1)

    with pytest.raises(EngineFailed):
        finish(reply)

    engine.allow(1)  # the sibling's step that may be under way
    engine.wait_for(lambda: engine.aborted == [1, 2])
    engine.allow()
    assert finish(service.chat(call(gen_length=8))).choices[0].text == "abcdefgh"


def test_abort_from_another_thread_ends_the_iteration(make_service: MakeService) -> None:
    engine = FakeEngine(gated=True)
    reply = make_service(engine).chat(call())
    engine.wait_until_stepping()
    reply.abort()
    reply.abort()
    engine.allow(1)

    finish(reply)

    assert engine.aborted == [0]


# The model


def test_block_length_warning_is_logged_once_and_in_every_reply(
    make_service: MakeService, caplog: pytest.LogCaptureFixture
) -> None:
    service = make_service()
    warning = "block_length is 8; fake-model was trained with 4: replies may be worse."

    replies = [finish(service.chat(call(block_length=length))) for length in (8, 8, 4, 2)]

    assert [reply.warnings[:1] for reply in replies[:3]] == [[warning], [warning], []]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        warning,
        warning.replace("8", "2"),
    ]


def test_any_model_may_be_named(make_service: MakeService) -> None:
    service = make_service()

    for name in ("fake-model", "gpt-4o", "", None):
        service.check_model(name)


def test_a_strict_server_knows_its_own_name_alone(make_service: MakeService) -> None:
    service = make_service(strict_model=True)
    service.check_model("fake-model")
    service.check_model(None)

    for name in ("gpt-4o", "", "FAKE-MODEL"):
        with pytest.raises(ModelNotFound) as error:
            service.check_model(name)
        assert (error.value.status, error.value.code, error.value.param) == (404, "model_not_found", "model")


# The prompt


def test_messages_are_rendered(make_service: MakeService) -> None:
    engine = FakeEngine()

    reply = finish(make_service(engine).chat(ChatRequest(messages=MESSAGES)))

    prompt = ByteTokenizer().encode("<bos>user\nHi<eos><bos>assistant\n")
    assert list(engine.added[0].prompt_ids) == prompt
    assert reply.prompt_tokens == len(prompt)


@pytest.mark.parametrize("wrong", [-1, VOCAB_SIZE, 10**30])
def test_token_ids_must_be_in_the_vocabulary(make_service: MakeService, wrong: int) -> None:
    service = make_service()

    with pytest.raises(RequestError, match=rf"from 0 to {VOCAB_SIZE - 1}, got {wrong}") as error:
        service.chat(call((8, wrong)))
    assert error.value.param == "prompt_token_ids"
    with pytest.raises(RequestError) as error:
        service.detokenize([wrong])
    assert error.value.param == "tokens"


WEATHER = Tool("weather", {"type": "function", "function": {"name": "weather", "strict": True}}, {})
CALL = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}
RESULT = {"role": "tool", "content": "sunny", "tool_call_id": "1"}
CALLED = [*MESSAGES, {"role": "assistant", "content": "", "tool_calls": [CALL]}, RESULT]
KNOWING = (
    "{% for tool in tools or [] %}{{ tool | tojson }}<tool_call>{% endfor %}{% for message in messages %}"
    "{{ message.role }}:{{ message.content }}{% for call in message.tool_calls %}"
    "{% for name, value in call.function.arguments.items() %}{{ name }}={{ value }}{% endfor %}{% endfor %}{% endfor %}"
)


def test_tools_and_calls_go_to_a_template_that_knows_them(make_service: MakeService) -> None:
    engine = FakeEngine()
    service = make_service(engine, ByteTokenizer(KNOWING))

    finish(service.chat(ChatRequest(messages=CALLED, tools=ToolUse([WEATHER]))))

    expected = '{"function": {"name": "weather"}, "type": "function"}<tool_call>user:Hiassistant:city=Paristool:sunny'
    assert list(engine.added[0].prompt_ids) == byte_ids(expected)
    assert service.tokenize_messages(CALLED) == byte_ids("user:Hiassistant:city=Paristool:sunny")


def test_a_template_without_tools_gets_a_description_of_them(make_service: MakeService) -> None:
    engine = FakeEngine()
    service = make_service(engine)

    finish(service.chat(ChatRequest(messages=CALLED, tools=ToolUse([WEATHER]))))

    prompt = service.detokenize(engine.added[0].prompt_ids)
    assert prompt.startswith("<bos>system\nYou may call functions.")
    assert '{"name": "weather"}' in prompt
    assert (
        '<bos>assistant\n<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call><eos>' in prompt
    )
    assert prompt.endswith("<bos>user\n<tool_response>\nsunny\n</tool_response><eos><bos>assistant\n")
    assert service.detokenize(service.tokenize_messages(CALLED)) in prompt


def test_the_callers_own_tokens_are_left_alone(make_service: MakeService) -> None:
    engine = FakeEngine()

    finish(make_service(engine).chat(call((8, 9), tools=ToolUse([WEATHER]))))

    assert list(engine.added[0].prompt_ids) == [8, 9]


def test_forced_calls_need_grammars(make_service: MakeService) -> None:
    with pytest.raises(Unsupported) as error:
        make_service().chat(ChatRequest(messages=MESSAGES, tools=ToolUse([WEATHER], "required")))

    assert error.value.param == "tools"


def test_tools_that_are_nested_too_deeply_are_refused(make_service: MakeService) -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"items": deep}
    function = {"name": "f", "parameters": deep}
    tools = ToolUse([Tool("f", {"type": "function", "function": function}, deep)])

    with pytest.raises(RequestError, match="nested too deeply") as error:
        make_service().chat(ChatRequest(messages=MESSAGES, tools=tools))
    assert error.value.param == "tools"


def test_tokenize_and_back(make_service: MakeService) -> None:
    service = make_service()

    assert service.tokenize("a<eos>", add_special_tokens=False) == [*byte_ids("a"), EOS]
    assert service.tokenize("a", add_special_tokens=True) == [0, *byte_ids("a")]
    assert service.detokenize(service.tokenize_messages(MESSAGES)) == "<bos>user\nHi<eos><bos>assistant\n"


def test_a_block_beyond_the_context_is_refused_by_name(make_service: MakeService) -> None:
    with pytest.raises(RequestError, match=r"block_length must be below 64, .* got 64") as refusal:
        make_service(max_model_len=64).chat(call(block_length=64))

    assert refusal.value.param == "block_length"


def test_what_was_raised_is_said(make_service: MakeService) -> None:
    service = make_service()
    raised = finish(service.chat(call(gen_length=3)))
    stepped = finish(service.chat(call(gen_length=16, steps=2)))

    assert raised.warnings == ["gen_length was raised from 3 to 4, one block."]
    assert stepped.warnings == ["steps was raised from 2 to 4, one for each block."]


def test_a_watched_reply_tells_its_steps(make_service: MakeService) -> None:
    service = make_service(FakeEngine(says("abcdef")))

    items = [item for item in service.chat(call(watch=True, alternatives=1, gen_length=8)) if item is not SILENCE]
    quiet = [item for item in service.chat(call(gen_length=8)) if item is not SILENCE]

    steps = [item.event for item in items if isinstance(item, Step)]
    assert [step.step for step in steps] == list(range(len(steps)))
    final = [proposal for step in steps for proposal in step.proposals if proposal.is_final]
    assert bytes(item.token_id - FIRST_BYTE for item in sorted(final, key=lambda item: item.position)[:6]) == b"abcdef"
    assert all(len(item.alternatives) == 1 for item in final)
    assert [item for item in items if not isinstance(item, Step)] == quiet


def test_a_reply_that_has_ended_tells_no_more_steps(make_service: MakeService) -> None:
    reply = make_service(FakeEngine(says("abcdefghijkl"))).chat(call(watch=True, max_tokens=2, gen_length=12))

    items = [type(item) for item in reply if item is not SILENCE]

    assert Step not in items[items.index(Delta) + 1 :]
