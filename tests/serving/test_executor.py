"""One thread owns the engine; the others submit, listen and abort."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Sequence

import pytest

from app.errors import CheckpointError, ModelLoading, QueueFull, ShuttingDown
from app.messages.events import Committed, Event, Failed, Finished
from app.messages.params import GenerationParams
from app.serving.engine_client import SequenceRequest
from app.serving.executor import MAX_FAILED_IN_A_ROW, LocalEngine
from app.serving.generation import Generation
from tests.doubles.app import fake_backend
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import byte_ids
from tests.waiting import PATIENCE_S, wait_until

MakeClient = Callable[..., LocalEngine]

PROMPT = byte_ids("four")  # a whole block
PARAMS = GenerationParams(gen_length=8, steps=8, block_length=4)


def submit(client: LocalEngine, prompt_ids: Sequence[int], params: Sequence[GenerationParams]) -> Generation:
    """One sequence for each of `params`."""
    return client.submit_requests([SequenceRequest(prompt_ids, each) for each in params])


def events_of(generation: Generation) -> list[tuple[int, Event]]:
    """All events, up to the end of every sequence."""
    events: list[tuple[int, Event]] = []
    while sum(isinstance(event, Finished | Failed) for _, event in events) < generation.num_sequences:
        item = generation.next(PATIENCE_S)
        assert item is not None, "the generation never ended"
        events.append(item)
    return events


def endings(generation: Generation) -> list[str]:
    """How each sequence ended, by index."""
    ends = {
        index: event.reason if isinstance(event, Finished) else "failed"
        for index, event in events_of(generation)
        if not isinstance(event, Committed)
    }
    return [ends[index] for index in range(generation.num_sequences)]


def test_events_come_in_order(make_local_engine: MakeClient) -> None:
    client = make_local_engine(FakeEngine(says("abcdef")))

    events = [event for _, event in events_of(submit(client, PROMPT, [PARAMS]))]

    assert [event.token_ids for event in events[:-1] if isinstance(event, Committed)] == [
        tuple(byte_ids("abcd")),
        (*byte_ids("ef"), 2),
    ]
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "stop"
    assert client.queue_lengths == (0, 0)


def test_each_sequence_has_its_index(make_local_engine: MakeClient) -> None:
    client = make_local_engine(FakeEngine(says("abcd", "efgh")))

    events = events_of(submit(client, PROMPT, [PARAMS, PARAMS]))

    texts = [(index, event.token_ids) for index, event in events if isinstance(event, Committed)]
    assert texts[0] == (0, tuple(byte_ids("abcd")))
    assert (1, tuple(byte_ids("efgh"))) in texts
    assert endings_in(events) == {0: "stop", 1: "stop"}


def endings_in(events: list[tuple[int, Event]]) -> dict[int, str]:
    return {index: event.reason for index, event in events if isinstance(event, Finished)}


def test_first_come_first_served(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)

    generations = [submit(client, byte_ids(name), [PARAMS]) for name in "abc"]
    engine.allow()

    assert [endings(generation) for generation in generations] == [["length"]] * 3
    assert [sequence.prompt_ids for sequence in engine.added] == [tuple(byte_ids(name)) for name in "abc"]


def test_one_thread_alone_touches_the_engine(make_local_engine: MakeClient) -> None:
    engine = FakeEngine()
    client = make_local_engine(engine)
    generations: list[Generation] = []
    callers = [threading.Thread(target=lambda: generations.append(submit(client, PROMPT, [PARAMS]))) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert [endings(generation) for generation in generations] == [["length"]] * 4
    assert engine.threads == {"elbarto-executor"}


# Loading


def test_nothing_is_taken_before_the_model_is_loaded(make_local_engine: MakeClient) -> None:
    gate = threading.Event()
    backend = fake_backend()

    def load():
        assert gate.wait(PATIENCE_S)
        return backend

    client = make_local_engine(load=load)
    assert client.state == "loading"
    with pytest.raises(ModelLoading):
        submit(client, PROMPT, [PARAMS])
    with pytest.raises(ModelLoading):
        _ = client.info
    gate.set()

    client.wait_until_ready()
    assert client.state == "ready"
    assert client.info is backend.info
    assert endings(submit(client, PROMPT, [PARAMS])) == ["length"]


def test_loading_that_fails_is_told_to_all_who_ask(make_local_engine: MakeClient) -> None:
    failure = CheckpointError("no such directory")
    told: list[BaseException] = []

    def load():
        raise failure

    client = make_local_engine(load=load, on_failure=told.append)

    with pytest.raises(CheckpointError) as error:
        client.wait_until_ready()
    client.thread.join(PATIENCE_S)
    assert error.value is failure
    assert told == [failure]
    with pytest.raises(ModelLoading):
        submit(client, PROMPT, [PARAMS])


def test_even_an_exit_while_loading_is_told(make_local_engine: MakeClient) -> None:
    told: list[BaseException] = []

    def load():
        raise SystemExit(4)

    client = make_local_engine(load=load, on_failure=told.append)
    client.thread.join(PATIENCE_S)

    assert [type(error) for error in told] == [SystemExit]


# The queue


def test_the_queue_is_bounded_and_counts_every_sequence(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine, max_queue=3)
    assert client.capacity == 4

    first = submit(client, PROMPT, [PARAMS] * 3)
    with pytest.raises(QueueFull, match="replies running or waiting: 3"):
        submit(client, PROMPT, [PARAMS] * 2)
    assert client.queue_lengths == (1, 2)  # all or none: neither of the two was taken
    second = submit(client, PROMPT, [PARAMS])
    with pytest.raises(QueueFull):
        submit(client, PROMPT, [PARAMS])
    engine.allow()

    assert endings(first) == ["length"] * 3
    assert endings(second) == ["length"]
    assert len(engine.added) == 4
    wait_until(lambda: client.queue_lengths == (0, 0))
    assert endings(submit(client, PROMPT, [PARAMS] * 4)) == ["length"] * 4  # there is room again


def test_without_a_queue_one_request_runs(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine, max_queue=0)

    running = submit(client, PROMPT, [PARAMS])
    with pytest.raises(QueueFull):
        submit(client, PROMPT, [PARAMS])
    engine.allow()

    assert endings(running) == ["length"]


def test_queue_lengths(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    seen = [client.queue_lengths]
    for _ in range(3):
        submit(client, PROMPT, [PARAMS])
        seen.append(client.queue_lengths)

    assert seen == [(0, 0), (1, 0), (1, 1), (1, 2)]


# Aborts


def test_abort_while_running(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    generation = submit(client, PROMPT, [PARAMS])
    engine.wait_until_stepping()

    generation.abort()
    engine.allow(1)  # the step that was under way

    assert endings(generation) == ["abort"]
    assert engine.steps == 1
    assert engine.aborted == [0]


def test_abort_while_queued(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    running, waiting = submit(client, PROMPT, [PARAMS]), submit(client, byte_ids("wait"), [PARAMS])

    waiting.abort()
    engine.allow()

    assert endings(running) == ["length"]
    assert endings(waiting) == ["abort"]
    assert engine.steps == 2  # none of them for the second


def test_who_is_gone_costs_no_further_step(make_local_engine: MakeClient) -> None:
    """Also if no event arrives that would make the caller check."""
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    is_gone = threading.Event()
    generation, other = submit(client, PROMPT, [PARAMS] * 2), submit(client, PROMPT, [PARAMS])
    generation.is_gone = is_gone.is_set
    engine.wait_until_stepping()

    is_gone.set()
    engine.allow()

    assert endings(generation) == ["abort", "abort"]
    assert endings(other) == ["length"]
    assert engine.aborted == [0, 1]


def test_abort_of_one_sequence_spares_its_siblings(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    generation = submit(client, PROMPT, [PARAMS] * 3)

    generation.abort(1)
    engine.allow()

    assert endings(generation) == ["length", "abort", "length"]


def test_abort_twice_and_after_the_end_does_nothing(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    twice, finished = submit(client, PROMPT, [PARAMS]), submit(client, PROMPT, [PARAMS])
    twice.abort()
    twice.abort()
    engine.allow()

    assert endings(twice) == ["abort"]
    assert endings(finished) == ["length"]
    finished.abort()
    assert endings(submit(client, PROMPT, [PARAMS])) == ["length"]  # so the aborts before it were obeyed
    assert twice.next(0) is None
    assert finished.next(0) is None
    assert engine.aborted == [0]


# Failures


def test_a_failed_sequence_fails_its_caller_alone(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True, failing_steps=1)
    client = make_local_engine(engine)
    bad, good = submit(client, PROMPT, [PARAMS]), submit(client, PROMPT, [PARAMS])
    engine.allow()

    assert endings(bad) == ["failed"]
    assert endings(good) == ["length"]


def test_an_engine_that_raises_fails_all_that_it_had_and_goes_on(
    make_local_engine: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    generations = [submit(client, PROMPT, [PARAMS]) for _ in range(2)]
    engine.wait_for(lambda: len(engine.added) >= 1)
    engine.step_errors.append(RuntimeError("out of memory"))
    engine.allow()

    first, second = (endings(generation) for generation in generations)
    assert first == ["failed"]
    assert second in (["failed"], ["length"])  # whether it was in the engine already
    assert endings(submit(client, PROMPT, [PARAMS])) == ["length"]
    assert "out of memory" in caplog.text


def test_an_engine_that_cannot_even_abort_still_answers(
    make_local_engine: MakeClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    engine.step_errors.append(RuntimeError("out of memory"))
    client = make_local_engine(engine)
    real_abort = engine.abort

    def abort(sequence_id: int) -> None:
        real_abort(sequence_id)
        raise RuntimeError("cannot abort")

    monkeypatch.setattr(engine, "abort", abort)

    assert endings(submit(client, PROMPT, [PARAMS])) == ["failed"]
    assert "cannot abort" in caplog.text
    assert endings(submit(client, PROMPT, [PARAMS])) == ["length"]


def test_an_abort_that_fails_leaves_no_caller_waiting(
    make_local_engine: MakeClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    real_abort, calls = engine.abort, itertools.count()

    def abort(sequence_id: int) -> Finished | None:
        if next(calls) == 0:
            raise RuntimeError("cannot abort")
        return real_abort(sequence_id)

    monkeypatch.setattr(engine, "abort", abort)
    left, other = submit(client, PROMPT, [PARAMS]), submit(client, PROMPT, [PARAMS])
    left.abort()
    engine.allow()

    assert endings(left) == ["failed"]
    assert endings(other) == ["failed"]
    assert endings(submit(client, PROMPT, [PARAMS])) == ["length"]
    assert "cannot abort" in caplog.text


def test_an_engine_that_cannot_be_emptied_ends_the_executor(make_local_engine: MakeClient) -> None:
    class BrokenEngine(FakeEngine):
        has_work = property(lambda self: broken)  # type: ignore[assignment]

    broken = False
    told: list[BaseException] = []
    engine = BrokenEngine()
    engine.step_errors.append(RuntimeError("broken"))
    client = make_local_engine(engine, on_failure=told.append)
    broken = True
    generation = submit(client, PROMPT, [PARAMS])

    assert endings(generation) == ["failed"]
    wait_until(lambda: client.state == "failed")
    assert [str(error) for error in told] == ["the engine cannot continue"]
    broken = False


@pytest.mark.parametrize(("failing_steps", "is_broken"), [(MAX_FAILED_IN_A_ROW, False), (100, True)])
def test_replies_that_fail_one_after_another_lead_to_a_test(
    make_local_engine: MakeClient, failing_steps: int, is_broken: bool
) -> None:
    told: list[BaseException] = []
    engine = FakeEngine(failing_steps=failing_steps)
    client = make_local_engine(engine, on_failure=told.append)

    for _ in range(MAX_FAILED_IN_A_ROW):
        assert endings(submit(client, PROMPT, [PARAMS])) == ["failed"]
    wait_until(lambda: len(engine.added) == MAX_FAILED_IN_A_ROW + 1)

    if is_broken:
        wait_until(lambda: bool(told))
        assert "replies failed one after another, and so did a test" in str(told[0])
        assert client.state == "failed"
    else:
        assert endings(submit(client, PROMPT, [PARAMS])) != ["failed"]
        assert told == []


def test_the_age_of_a_step_is_known(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    assert client.step_age_s == 0.0

    generation = submit(client, PROMPT, [PARAMS])
    wait_until(lambda: client.step_age_s > 0.01)
    engine.allow()

    assert endings(generation) == ["length"]
    wait_until(lambda: client.step_age_s == 0.0)


def test_a_sequence_that_cannot_be_added_fails(make_local_engine: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    engine = FakeEngine()
    engine.add_errors.append(RuntimeError("no slot"))
    client = make_local_engine(engine)

    assert endings(submit(client, PROMPT, [PARAMS, PARAMS])) == ["failed", "length"]
    assert "no slot" in caplog.text
    assert client.queue_lengths == (0, 0)


# Closing


def test_close_refuses_then_waits_for_what_runs(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    running = submit(client, PROMPT, [PARAMS])
    closing = threading.Thread(target=client.close, args=(PATIENCE_S,))
    closing.start()
    wait_until(lambda: client.state == "closed")

    with pytest.raises(ShuttingDown):
        submit(client, PROMPT, [PARAMS])
    with pytest.raises(ShuttingDown):
        _ = client.info
    engine.allow()
    closing.join(PATIENCE_S)

    assert endings(running) == ["length"]
    assert not client.thread.is_alive()


def test_close_fails_what_does_not_end_in_time(make_local_engine: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_local_engine(engine)
    generation = submit(client, PROMPT, [PARAMS, PARAMS])  # one runs, one waits
    engine.wait_until_stepping()
    closing = threading.Thread(target=client.close)  # ends when the step that is under way does
    closing.start()
    wait_until(lambda: not client._commands.empty())  # the command to end
    engine.allow(1)
    closing.join(PATIENCE_S)

    assert endings(generation) == ["failed", "failed"]
    assert not client.thread.is_alive()


def test_close_again_does_nothing(make_local_engine: MakeClient) -> None:
    client = make_local_engine()

    client.close()
    client.close()

    assert client.state == "closed"


def test_close_while_loading_ends_the_thread_after_it(make_local_engine: MakeClient) -> None:
    gate = threading.Event()

    def load():
        assert gate.wait(PATIENCE_S)
        return fake_backend()

    client = make_local_engine(load=load)
    client.close()  # does not wait for the loading
    assert client.state == "closed"
    gate.set()
    client.thread.join(PATIENCE_S)

    assert not client.thread.is_alive()
    with pytest.raises(ShuttingDown):
        client.wait_until_ready()


def test_no_message_of_the_executor_names_a_prompt(
    make_local_engine: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    engine = FakeEngine()
    engine.add_errors.append(RuntimeError("no slot"))
    client = make_local_engine(engine)
    endings(submit(client, [7, 111], [PARAMS]))

    assert "111" not in caplog.text
