"""The pool's side of replicas: routing, losses, waiting, aborts. Replicas and time are the test's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from app.cluster.dispatch import ABORT_S, ARRIVAL_S, PoolLimits
from app.cluster.fleet import RETRY_S
from app.cluster.link import LOST_S, SILENT_S
from app.cluster.pool import ReplicaPool
from app.cluster.wire import Status
from app.errors import ModelLoading, QueueFull, RequestError, ShuttingDown, Unavailable
from app.messages.events import Committed, Event, Failed, Finished
from app.messages.params import GenerationParams
from app.messages.stats import EngineStats
from app.serving.engine_client import ReplicaHealth, SequenceRequest
from app.serving.generation import Generation
from tests.doubles.cluster import READY, FakeTransport, ReplicaLost, Started
from tests.scraping import Scrape
from tests.waiting import PATIENCE_S, wait_until

PROMPT = tuple(range(40, 60))
PARAMS = GenerationParams(gen_length=8, steps=8, block_length=4)
REQUEST = SequenceRequest(PROMPT, PARAMS)


@dataclass
class Cluster:
    pool: ReplicaPool
    transport: FakeTransport
    now: list[float] = field(default_factory=lambda: [0.0])

    def submit(self, *requests: SequenceRequest) -> Generation:
        return self.pool.submit_requests(requests or [REQUEST])

    def wait_for_starts(self, number: int) -> Started:
        """The last sequence that was sent to a replica, once there were that many."""
        wait_until(lambda: len(self.transport.started) >= number)
        return self.transport.started[-1]

    def join(self, *names: str) -> None:
        """These are the replicas, and they answer."""
        before = set(self.pool._fleet.links)
        self.transport.members(*names)
        self.transport.greet(*(name for name in names if name not in before))
        wait_until(lambda: len(self.pool._fleet.usable()) == len(names))


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Two replicas. At the end nothing may be left of any sequence."""
    transport, now = FakeTransport(), [0.0]
    pool = ReplicaPool(transport, PoolLimits(affinity_bound=1), clock=lambda: now[0])
    transport.connect(pool.set_members)  # without a thread of its own: tests call tick()
    cluster = Cluster(pool, transport, now)
    cluster.join("a", "b")
    yield cluster
    links = list(pool._fleet.links.values())
    pool.close()
    assert not pool._dispatch.jobs
    assert not pool._dispatch.homeless
    assert not any(link.jobs for link in links)


def end_of(generation: Generation) -> tuple[list[int], Event]:
    token_ids: list[int] = []
    while (item := generation.next(PATIENCE_S)) is not None:
        event = item[1]
        if isinstance(event, Finished | Failed):
            return token_ids, event
        if isinstance(event, Committed):
            token_ids += event.token_ids
    raise AssertionError("the generation never ended")


def test_before_the_first_replica_the_model_loads() -> None:
    pool = ReplicaPool(FakeTransport())

    assert pool.state == "loading"
    with pytest.raises(ModelLoading):
        _ = pool.info
    with pytest.raises(ModelLoading):
        pool.submit_requests([REQUEST])


def test_it_speaks_for_all_replicas(cluster: Cluster) -> None:
    pool = cluster.pool
    pool.wait_until_ready()

    assert (pool.state, pool.info.id, pool.max_running, pool.capacity) == ("ready", "elsewhere", 4, 8)
    cluster.submit(*[REQUEST] * 5)
    assert sum(pool.queue_lengths) == 5
    with pytest.raises(QueueFull):
        cluster.submit(*[REQUEST] * 4)


def test_it_lists_them(cluster: Cluster) -> None:
    cluster.transport.members("a", "b", "c")
    cluster.transport.report("b", status=Status("ready", 0.25, 3, 0))
    wait_until(lambda: cluster.pool._fleet.links["b"].status is not None)

    assert cluster.pool.replicas == [
        ReplicaHealth("a", "ready", 0, 0.0),
        ReplicaHealth("b", "ready", 3, 0.25),
        ReplicaHealth("c", "loading", 0, 0.0),
    ]


def test_what_engines_did_is_counted_also_when_they_are_gone(cluster: Cluster) -> None:
    for name in ("a", "b"):
        stats = EngineStats(slots=2, slots_held=1, steps=5, prefix_bytes=100, waiting={name: 1, "both": 2})
        cluster.transport.report(name, stats=stats)
    wait_until(lambda: (stats := cluster.pool.stats()) is not None and stats.steps == 10)
    stats = cluster.pool.stats()
    assert stats is not None
    assert stats.waiting == {"a": 1, "b": 1, "both": 4}

    cluster.transport.send("a", ReplicaLost("killed"))
    wait_until(lambda: "a" not in cluster.pool._fleet.links)

    left = {"b": 1, "both": 2}
    assert cluster.pool.stats() == EngineStats(slots=2, slots_held=1, steps=10, prefix_bytes=100, waiting=left)


def test_steps_of_all_replicas_are_counted(cluster: Cluster) -> None:
    cluster.transport.report("a", step_seconds=(0.5, 0.25))
    cluster.transport.report("b", step_seconds=(2.0,))

    def scraped() -> Scrape:
        return Scrape(cluster.pool._metrics.exposition("")[0].decode())

    wait_until(lambda: scraped()("elbarto:step_seconds_count") == 3)
    assert scraped()("elbarto:step_seconds_sum") == 2.75


def test_a_sequence_goes_to_one_replica_and_its_events_come_back(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    cluster.transport.commit(started, 1, 3, 4, 6)
    cluster.transport.finish(started)

    token_ids, end = end_of(generation)
    assert token_ids == [1, 3, 4, 6]
    assert isinstance(end, Finished)
    assert (end.reason, end.counters.restarts) == ("length", 0)
    assert cluster.pool.queue_lengths == (0, 0)


def test_wrong_ids_are_refused_in_the_front(cluster: Cluster) -> None:
    with pytest.raises(RequestError, match="token id 99999"):
        cluster.submit(SequenceRequest((99999,), PARAMS))
    assert not cluster.transport.started


def test_a_prompt_goes_where_its_prefix_is_unless_that_replica_is_busier(cluster: Cluster) -> None:
    for _ in range(4):
        cluster.submit()

    names = [each.name for each in cluster.transport.started]
    assert names[0] == names[1] != names[2]  # one more than the bound would allow
    assert sorted(names) == ["a", "a", "b", "b"]


def test_other_prompts_go_to_the_least_loaded(cluster: Cluster) -> None:
    cluster.submit(REQUEST, SequenceRequest((1, 2, 3), PARAMS))

    assert sorted(each.name for each in cluster.transport.started) == ["a", "b"]


def test_other_fronts_count_too(cluster: Cluster) -> None:
    cluster.transport.report("a", status=Status("ready", 0.0, 0, 5))
    wait_until(lambda: cluster.pool._fleet.links["a"].load == 5)

    cluster.submit(*[SequenceRequest((1, 2, 3), PARAMS)] * 3)

    assert [each.name for each in cluster.transport.started] == ["b", "b", "b"]


def test_a_lost_sequence_goes_on_at_the_other_replica(cluster: Cluster) -> None:
    generation = cluster.submit()
    first = cluster.wait_for_starts(1)
    cluster.transport.commit(first, 1, 3, 4, 6)
    cluster.transport.send(first.name, ReplicaLost("killed"))
    second = cluster.wait_for_starts(2)

    assert second.name != first.name
    assert list(second.request.prompt_ids) == [*PROMPT, 1, 3, 4, 6]
    assert second.request.params.gen_length == 4
    cluster.transport.commit(second, 7, 8, 9, 10)
    cluster.transport.finish(second)
    token_ids, end = end_of(generation)
    assert token_ids == [1, 3, 4, 6, 7, 8, 9, 10]
    assert isinstance(end, Finished)
    assert end.counters.restarts == 1


def test_a_sequence_that_every_replica_dies_of_fails() -> None:
    transport = FakeTransport()
    pool = ReplicaPool(transport, PoolLimits(max_restarts=1))
    transport.connect(pool.set_members)
    cluster = Cluster(pool, transport)
    cluster.join("a", "b", "c")
    generation = cluster.submit()

    for number in (1, 2):
        transport.send(cluster.wait_for_starts(number).name, ReplicaLost("killed"))

    assert isinstance(end_of(generation)[1], Failed)
    assert pool.state == "ready"
    pool.close()


def test_without_any_replica_requests_are_refused_and_those_in_progress_wait(cluster: Cluster) -> None:
    generation = cluster.submit()
    for name in ("a", "b"):
        cluster.transport.send(name, ReplicaLost("killed"))
    wait_until(lambda: cluster.pool.state == "loading")

    with pytest.raises(Unavailable, match="No replica") as refused:
        cluster.submit()
    assert refused.value.retry_after
    assert cluster.pool.capacity == 4  # of the last one: `n` is still checked against it
    cluster.join("c")
    again = cluster.wait_for_starts(2)
    cluster.transport.finish(again)
    assert isinstance(end_of(generation)[1], Finished)
    assert cluster.pool.state == "ready"


def test_waiting_for_a_replica_has_an_end(cluster: Cluster) -> None:
    generation = cluster.submit()
    for name in ("a", "b"):
        cluster.transport.send(name, ReplicaLost("killed"))
    wait_until(lambda: bool(cluster.pool._dispatch.homeless))

    cluster.now[0] += 61.0
    cluster.pool.tick()

    assert isinstance(end_of(generation)[1], Failed)


def test_a_replica_that_answers_and_takes_nothing_does_not_prolong_the_wait(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    (other,) = {"a", "b"} - {started.name}
    cluster.transport.report(other, status=Status("ready", 31.0, 0, 0))
    wait_until(lambda: len(cluster.pool._fleet.usable()) == 1)
    cluster.transport.send(started.name, ReplicaLost("killed"))
    wait_until(lambda: bool(cluster.pool._dispatch.homeless))

    cluster.now[0] += 61.0
    cluster.transport.greet(other)  # its stream of events is renewed, and its step still runs
    cluster.transport.report(other, status=Status("ready", 92.0, 0, 0))
    wait_until(lambda: cluster.pool._fleet.links[other].status == Status("ready", 92.0, 0, 0))
    cluster.pool.tick()

    assert isinstance(end_of(generation)[1], Failed)


def test_a_drained_replica_gets_nothing_new_and_finishes_what_it_has(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    (other,) = {"a", "b"} - {started.name}
    cluster.transport.members(other)

    cluster.submit()
    assert cluster.transport.started[-1].name == other
    assert started.name not in cluster.transport.ended
    cluster.transport.finish(started)
    assert isinstance(end_of(generation)[1], Finished)
    wait_until(lambda: started.name in cluster.transport.ended)


def test_what_a_draining_replica_does_not_finish_goes_on_elsewhere(cluster: Cluster) -> None:
    cluster.submit()
    started = cluster.wait_for_starts(1)
    (other,) = {"a", "b"} - {started.name}
    cluster.transport.members(other)

    cluster.transport.send(started.name, None)

    assert cluster.wait_for_starts(2).name == other


def test_while_all_replicas_are_replaced_nothing_is_refused(cluster: Cluster) -> None:
    cluster.transport.members("c")
    assert cluster.pool.state == "ready"
    generation = cluster.submit()
    assert not cluster.transport.started

    cluster.transport.greet("c")
    cluster.transport.finish(cluster.wait_for_starts(1))
    assert isinstance(end_of(generation)[1], Finished)


def test_a_new_replica_that_does_not_answer_is_not_waited_for(cluster: Cluster) -> None:
    cluster.transport.members("c")
    cluster.now[0] += SILENT_S + 1

    assert cluster.pool.state == "loading"
    with pytest.raises(Unavailable):
        cluster.submit()


def test_a_stream_of_events_is_renewed(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    cluster.transport.send(started.name, None)
    cluster.transport.greet(started.name)
    cluster.transport.finish(started)

    assert isinstance(end_of(generation)[1], Finished)
    assert len(cluster.transport.started) == 1


@pytest.mark.parametrize("status", [Status("failed", 0.0, 0, 0), Status("ready", 31.0, 0, 0)])
def test_a_replica_that_hangs_gets_nothing(cluster: Cluster, status: Status) -> None:
    cluster.transport.report("a", status=status)
    wait_until(lambda: len(cluster.pool._fleet.usable()) == 1)

    cluster.submit(REQUEST, REQUEST, REQUEST)

    assert {each.name for each in cluster.transport.started} == {"b"}


def test_a_silent_replica_gets_nothing_and_then_loses_what_it_has(cluster: Cluster) -> None:
    cluster.submit()
    silent = cluster.wait_for_starts(1).name
    (other,) = {"a", "b"} - {silent}
    cluster.now[0] += SILENT_S + 1
    cluster.transport.report(other)
    wait_until(lambda: len(cluster.pool._fleet.usable()) == 1)
    cluster.pool.tick()
    assert len(cluster.transport.started) == 1

    cluster.now[0] += LOST_S
    cluster.transport.report(other)
    wait_until(lambda: len(cluster.pool._fleet.usable()) == 1)
    cluster.pool.tick()

    assert cluster.transport.started[-1].name == other
    assert cluster.transport.started[0].is_cancelled


def test_a_lost_replica_that_is_still_a_member_is_asked_again(cluster: Cluster) -> None:
    cluster.transport.send("a", ReplicaLost("the network"))
    wait_until(lambda: "a" not in cluster.pool._fleet.links)
    cluster.pool.tick()
    assert "a" not in cluster.pool._fleet.links

    cluster.now[0] += RETRY_S + 1
    cluster.pool.tick()
    cluster.transport.greet("a")

    wait_until(lambda: any(link.name == "a" for link in cluster.pool._fleet.usable()))


def test_a_sequence_that_does_not_arrive_is_sent_again(cluster: Cluster) -> None:
    cluster.submit()
    started = cluster.wait_for_starts(1)
    cluster.transport.report(started.name, keys=())
    cluster.transport.report(started.name, status=Status("ready", 0.5, 0, 0))
    wait_until(lambda: cluster.pool._fleet.links[started.name].status == Status("ready", 0.5, 0, 0))
    assert len(cluster.transport.started) == 1  # it may be on its way

    cluster.now[0] += ARRIVAL_S + 1
    cluster.transport.report(started.name, keys=())

    again = cluster.wait_for_starts(2)
    cluster.transport.report(again.name, keys=(again.key,))


def test_a_replica_that_drops_a_sequence_does_not_end_it(cluster: Cluster) -> None:
    cluster.submit()
    started = cluster.wait_for_starts(1)
    cluster.transport.finish(started, "abort")
    again = cluster.wait_for_starts(2)
    cluster.transport.report(again.name, (again.key, Failed(0, by_shutdown=True)))

    cluster.wait_for_starts(3)


def test_an_engine_that_fails_a_sequence_does_end_it(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    cluster.transport.report(started.name, (started.key, Failed(0)))

    assert isinstance(end_of(generation)[1], Failed)
    assert len(cluster.transport.started) == 1


def test_an_abort_is_sent_on_and_the_replica_says_how_it_ended(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)

    generation.abort()

    assert started.is_cancelled
    cluster.transport.finish(started, "abort")
    end = end_of(generation)[1]
    assert isinstance(end, Finished)
    assert (end.reason, end.counters.steps) == ("abort", 8)


def test_a_client_that_has_gone_is_noticed(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    generation.is_gone = lambda: True

    cluster.pool.tick()

    assert started.is_cancelled
    cluster.now[0] += ABORT_S + 1  # and the replica says nothing
    cluster.pool.tick()
    end = end_of(generation)[1]
    assert isinstance(end, Finished)
    assert end.reason == "abort"


def test_an_aborted_sequence_is_not_started_again(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    generation.abort()
    cluster.transport.send(started.name, ReplicaLost("killed"))

    end = end_of(generation)[1]
    assert isinstance(end, Finished)
    assert end.reason == "abort"
    assert len(cluster.transport.started) == 1


def test_watching_is_sent_on_and_survives_a_restart(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    generation.watch(True)

    assert cluster.transport.watched == [(started.name, [started.key], True)]
    cluster.transport.send(started.name, ReplicaLost("killed"))
    assert cluster.wait_for_starts(2).is_watched


def test_a_replica_with_another_model_is_not_used(cluster: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    cluster.transport.members("a", "b", "c")
    cluster.transport.greet("c", id="another")
    wait_until(lambda: "not used" in caplog.text)

    cluster.submit(*[SequenceRequest((1, 2, 3), PARAMS)] * 6)

    assert {each.name for each in cluster.transport.started} == {"a", "b"}


def test_closing_lets_sequences_finish(cluster: Cluster) -> None:
    generation = cluster.submit()
    started = cluster.wait_for_starts(1)
    closing = threading.Thread(target=cluster.pool.close, args=(PATIENCE_S,))
    closing.start()
    wait_until(lambda: cluster.pool.state == "closed")

    cluster.transport.send(started.name, None)  # the stream of events is renewed as before
    cluster.transport.greet(started.name)
    cluster.transport.finish(started)

    assert isinstance(end_of(generation)[1], Finished)
    closing.join(PATIENCE_S)
    assert cluster.transport.is_closed


def test_closing_fails_what_is_left_and_refuses_more(cluster: Cluster) -> None:
    generation = cluster.submit()
    cluster.transport.report("a", status=READY)
    cluster.pool.close()

    assert end_of(generation)[1] == Failed(-1, by_shutdown=True)
    assert cluster.transport.is_closed
    assert cluster.pool.state == "closed"
    with pytest.raises(ShuttingDown):
        cluster.submit()
    with pytest.raises(ShuttingDown):
        cluster.pool.wait_until_ready()
