"""A replica with a fake engine, and fronts that read its events."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.cluster import replica as replica_module
from app.cluster.replica import Replica
from app.cluster.wire import Hello, Report
from app.messages.events import Committed, Event, Failed, Finished, SequenceSnapshot
from app.messages.params import GenerationParams
from app.serving.engine_client import SequenceRequest
from tests.doubles.app import fake_backend
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import byte_ids
from tests.waiting import PATIENCE_S

PARAMS = GenerationParams(gen_length=8, steps=8, block_length=4, ignore_eos=True)
REQUEST = SequenceRequest(byte_ids("four"), PARAMS)
Test = Callable[[Replica], Awaitable[None]]


def with_replica(engine: FakeEngine, test: Test) -> None:
    """Run the test in a loop. At the end, the engine must be empty."""
    replica = Replica(lambda: fake_backend(engine), lambda error: None, 8)
    replica.engine.start()
    replica.engine.wait_until_ready()
    try:
        asyncio.run(asyncio.wait_for(_run(test, replica, engine), PATIENCE_S))
    finally:
        engine.allow()
        replica.engine.close()
    assert replica.num_sequences == 0


async def _run(test: Test, replica: Replica, engine: FakeEngine) -> None:
    await test(replica)
    engine.allow()
    await soon(lambda: replica.num_sequences == 0 and not engine.has_work)


async def read(replica: Replica, front: str, number: int) -> tuple[dict[int, list[Event]], list[Report]]:
    """Each sequence's events until that many have ended, and the reports that had any."""
    events: dict[int, list[Event]] = {}
    reports = []
    async for message in replica.events(front):
        if isinstance(message, Hello):
            continue
        for key, event in message.events:
            events.setdefault(key, []).append(event)
        reports += [message] if message.events else []
        if sum(isinstance(each[-1], Finished | Failed) for each in events.values()) == number:
            return events, reports
    raise AssertionError("they did not end")


async def soon(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def test_events_come_in_order_and_together_if_the_front_was_busy() -> None:
    engine = FakeEngine(says("abcdefgh"))

    async def test(replica: Replica) -> None:
        runs = [asyncio.create_task(replica.run("front", key, REQUEST, False)) for key in (1, 2)]
        await soon(lambda: len(engine.added) == 2 and replica.num_sequences == 0)
        events, reports = await read(replica, "front", 2)
        await asyncio.gather(*runs)  # they return once their sequences have ended

        assert events.keys() == {1, 2}
        assert [event.token_ids for event in events[1] if isinstance(event, Committed)] == [
            tuple(byte_ids("abcd")),
            tuple(byte_ids("efgh")),
        ]
        assert [len(report.events) for report in reports] == [6]

    with_replica(engine, test)


def test_it_says_what_it_is_first() -> None:
    async def test(replica: Replica) -> None:
        async for message in replica.events("front"):
            assert message == Hello(replica.engine.info, replica.engine.max_running, 8)
            break

    with_replica(FakeEngine(), test)


def test_each_front_gets_its_own_events_and_hears_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_module, "HEARTBEAT_S", 0.01)
    engine = FakeEngine(says("abcdefgh"), gated=True)

    async def test(replica: Replica) -> None:
        runs = [asyncio.create_task(replica.run(front, 1, REQUEST, False)) for front in ("one", "two")]
        await soon(lambda: replica.num_sequences == 2)
        async for message in replica.events("three"):
            if isinstance(message, Report):
                assert message.status.num_others == 2
                assert message.keys == ()
                break
        engine.allow()
        for front in ("one", "two"):
            assert (await read(replica, front, 1))[0].keys() == {1}
        await asyncio.gather(*runs)

    with_replica(engine, test)


def test_each_front_gets_the_times_of_all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_module, "HEARTBEAT_S", 0.01)
    engine = FakeEngine(says("abcdefgh"), gated=True)
    times: dict[str, list[float]] = {"one": [], "two": []}

    async def test(replica: Replica) -> None:
        async def listen(front: str) -> None:
            async for message in replica.events(front):
                if isinstance(message, Report):
                    times[front] += message.step_seconds

        listeners = [asyncio.create_task(listen(front)) for front in times]
        await soon(lambda: replica._fronts.keys() == times.keys())
        run = asyncio.create_task(replica.run("one", 1, REQUEST, False))
        engine.allow()
        await run
        await soon(lambda: all(len(each) == engine.steps > 0 for each in times.values()))
        for listener in listeners:
            listener.cancel()

    with_replica(engine, test)
    assert times["one"] == times["two"]


def test_a_cancelled_call_aborts_its_sequence() -> None:
    engine = FakeEngine(gated=True)

    async def test(replica: Replica) -> None:
        run = asyncio.create_task(replica.run("front", 1, REQUEST, False))
        await soon(lambda: len(engine.added) == 1)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        engine.allow(1)
        events, _ = await read(replica, "front", 1)
        assert isinstance(end := events[1][-1], Finished)
        assert end.reason == "abort"

    with_replica(engine, test)


def test_an_aborted_sequence_s_end_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that a stop string ends waits for it, and the engine may have no other work."""
    monkeypatch.setattr(replica_module, "HEARTBEAT_S", 2 * PATIENCE_S)

    class SilentEngine(FakeEngine):
        """Its steps make nothing final, and so nothing is reported after them."""

        def step(self) -> list[Event]:
            super().step()
            return []

    engine = SilentEngine(gated=True)

    async def test(replica: Replica) -> None:
        reading = asyncio.create_task(read(replica, "front", 1))
        run = asyncio.create_task(replica.run("front", 1, REQUEST, False))
        await soon(lambda: len(engine.added) == 1)
        run.cancel()
        await asyncio.sleep(0)  # in which the call is cancelled
        engine.allow(1)
        events, _ = await reading
        assert isinstance(end := events[1][-1], Finished)
        assert end.reason == "abort"

    with_replica(engine, test)


def test_watching_waits_for_the_sequence() -> None:
    engine = FakeEngine(gated=True)

    async def test(replica: Replica) -> None:
        watch = asyncio.create_task(replica.watch("front", [1], True))
        await asyncio.sleep(0)
        run = asyncio.create_task(replica.run("front", 1, REQUEST, False))
        await watch
        engine.allow()
        events, _ = await read(replica, "front", 1)
        assert any(isinstance(event, SequenceSnapshot) for event in events[1])
        await run

    with_replica(engine, test)


def test_sequences_of_a_front_that_is_gone_are_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_module, "GONE_S", 0.03)
    engine = FakeEngine(gated=True)

    async def test(replica: Replica) -> None:
        run = asyncio.create_task(replica.run("front", 1, REQUEST, False))
        await soon(lambda: len(engine.added) == 1)
        await asyncio.sleep(0.05)
        engine.allow(1)  # what is aborted leaves the engine between steps
        await run
        assert engine.aborted
        await soon(lambda: not replica._fronts)

    with_replica(engine, test)


def test_a_stream_ends_with_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_module, "LEASE_S", 0.02)

    async def test(replica: Replica) -> None:
        messages = [message async for message in replica.events("front")]
        assert isinstance(messages[0], Hello)
        assert isinstance(messages[-1], Report)

    with_replica(FakeEngine(), test)


def test_it_is_unhealthy_once_its_engine_takes_nothing() -> None:
    async def test(replica: Replica) -> None:
        replica.check_health()
        replica.engine.close()
        with pytest.raises(RuntimeError, match="closed"):
            replica.check_health()

    with_replica(FakeEngine(), test)
