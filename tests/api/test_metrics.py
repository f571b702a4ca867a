"""GET /metrics: it agrees with what clients counted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.serving.metric_table import exposed
from tests.api.sockets import converse, listening
from tests.api.wire import CHAT, USER, error_of, post, stream
from tests.doubles.app import service_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always
from tests.doubles.tokenizer import FimTokenizer, byte_ids
from tests.scraping import Scrape
from tests.test_keys import line, write
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]
BY_KEY = "elbarto:num_requests_waiting_by_key"


def scrape(client: FlaskClient) -> Scrape:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain")
    return Scrape(response.text)


def test_metrics_agree_with_the_traffic(make_client: MakeClient) -> None:
    """Of all kinds of generating requests, whole and streamed."""
    client = make_client(InfillEngine(says("abcdef"), fills=always("x", "y"), drafts=2), tokenizer=FimTokenizer())
    usages: list[dict[str, Any]] = []
    reasons: list[str] = []
    for body in ({}, {"n": 2}, {"max_tokens": 3}, {"prompt_token_ids": byte_ids("four")}):
        whole = post(client, **body).json
        *_, last = stream(client, **body, stream_options={"include_usage": True})
        usages += [whole["usage"], last["usage"]]
        reasons += 2 * [choice["finish_reason"] for choice in whole["choices"]]
    for path, body in (
        ("/v1/completions", {"prompt": ["a", "b"]}),
        ("/v1/completions", {"prompt": "a = ", "suffix": "\n"}),
        ("/v1/fim/completions", {"prompt": "a = ", "suffix": "\n"}),
    ):
        answer = post(client, path, **body).json
        usages.append(answer["usage"])
        reasons += [choice["finish_reason"] for choice in answer["choices"]]
    seen = scrape(client)

    assert seen("elbarto:prompt_tokens_total") == sum(usage["prompt_tokens"] for usage in usages)
    assert seen("elbarto:generation_tokens_total") == sum(usage["completion_tokens"] for usage in usages)
    assert {reason: seen("elbarto:request_success_total", finished_reason=reason) for reason in set(reasons)} == {
        reason: reasons.count(reason) for reason in set(reasons)
    }
    assert seen("elbarto:http_requests_total", status="200") == len(usages)
    assert seen("elbarto:http_requests_total", route=CHAT, method="POST") == 8
    for histogram in ("e2e_request_latency", "time_to_first_token"):
        assert seen(f"elbarto:{histogram}_seconds_count") == len(usages)
    assert seen("elbarto:request_generation_tokens_sum") == seen("elbarto:generation_tokens_total")
    assert seen("elbarto:holes_filled_total") == 2
    assert seen("elbarto:request_aborts_total") == seen("elbarto:errors_total") == 0


def test_the_engine_s_counters_are_those_of_the_answers(make_client: MakeClient) -> None:
    engine = FakeEngine(says("abcdefghij"), drafts=2)
    client = make_client(engine)
    answers = [post(client).json["elbarto"] for _ in range(3)]
    seen = scrape(client)

    assert seen("elbarto:denoising_steps_total") == sum(answer["steps"] for answer in answers)
    assert seen("elbarto:sequence_forwards_total") == sum(answer["denoise_forwards"] for answer in answers)
    assert seen("elbarto:drafts_tried_total") == sum(answer["drafts"]["tried"] for answer in answers)
    assert seen("elbarto:request_tokens_per_forward_sum") == pytest.approx(
        sum(answer["tpf"] for answer in answers), abs=0.01
    )
    assert seen("elbarto:step_seconds_count") == engine.steps
    assert seen("elbarto:inter_block_latency_seconds_count") == engine.steps - 3  # a reply's first has none before it
    assert seen("elbarto:request_queue_time_seconds_count") == 3
    assert seen("elbarto:request_queue_time_seconds_sum") == pytest.approx(0.003)
    assert seen("elbarto:request_decode_time_seconds_sum") == pytest.approx(0.006)


def test_infills_and_sockets(make_client: MakeClient) -> None:
    engine = InfillEngine(says("abcdef"), fills=always("x", "y"))
    client = make_client(engine, info=CANVAS_MODEL)
    holes = {"segments": ["a = ", {"hole": {}}, "\nb = ", {"hole": {}}, "\n"], "n": 2}

    assert post(client, "/v1/infill", **holes).status_code == 200
    with listening(client) as address:
        converse(address, {"messages": [USER]})
        wait_until(lambda: scrape(client)("elbarto:http_requests_total", route="/v1/steps") == 1)
    seen = scrape(client)

    assert seen("elbarto:holes_filled_total") == 2  # the same two, twice
    assert seen("elbarto:http_requests_total", route="/v1/steps", status="101") == 1
    assert seen("elbarto:e2e_request_latency_seconds_count") == 2


def test_errors_by_code_and_requests_without_a_route(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(failing_steps=2), api_key="secret")
    client.environ_base["HTTP_X_API_KEY"] = "secret"
    post(client)
    post(client, stream=True)
    post(client, n=0)
    client.get("/v1/models/none", buffered=True)
    client.get("/nowhere", buffered=True)
    client.open("/nowhere", method="BREW\x1b", buffered=True)
    client.get("/v1/models", headers={"X-Api-Key": "wrong"}, buffered=True)
    seen = scrape(client)

    codes = {"engine_failed": 2, "invalid_value": 1, "model_not_found": 1, "not_found": 2, "invalid_api_key": 1}
    assert {code: seen("elbarto:errors_total", code=code) for code in codes} == codes
    assert seen("elbarto:errors_total") == sum(codes.values())
    assert seen("elbarto:request_aborts_total", reason="engine_failed") == 2
    assert seen("elbarto:http_requests_total", route=CHAT, status="500") == 2  # also the one that began with 200
    assert seen("elbarto:http_requests_total", route="(unknown)", status="404") == 2
    assert seen("elbarto:http_requests_total", method="(unknown)") == 1  # as many series as there are methods


@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_leaves_is_an_abort(make_client: MakeClient, streamed: bool) -> None:
    ours, theirs = socket.socketpair()
    engine = FakeEngine(gated=True)
    client = make_client(engine)
    with ours:
        engine.allow(1)
        theirs.close()
        post(client, environ={"gunicorn.socket": ours}, stream=streamed, ignore_eos=True, gen_length=40)
    seen = scrape(client)

    assert seen("elbarto:request_aborts_total", reason="client_gone") == 1
    assert seen("elbarto:http_requests_total", status="499") == 1
    assert seen("elbarto:request_success_total") == seen("elbarto:e2e_request_latency_seconds_count") == 0


def test_the_queue_and_the_model(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, max_queue=1)
    with ThreadPoolExecutor(2) as clients:
        answers = [clients.submit(post, client) for _ in range(2)]
        wait_until(lambda: service_of(client).engine.queue_lengths == (1, 1))
        engine.wait_until_stepping()
        assert error_of(post(client), 429)["code"] == "queue_full"
        busy = scrape(client)
        engine.allow()
        assert [answer.result().status_code for answer in answers] == [200, 200]
    wait_until(lambda: service_of(client).engine.queue_lengths == (0, 0))

    assert [busy(f"elbarto:num_requests_{state}") for state in ("running", "waiting")] == [1, 1]
    assert busy("elbarto:queue_capacity") == 2
    assert busy("elbarto:slots_held") == busy("elbarto:kv_cache_usage_perc") == 1
    assert busy("elbarto:errors_total", code="queue_full") == 1
    assert busy("elbarto:model_info", model_name="fake-model", device="cpu", max_model_len="1024") == 1
    assert scrape(client)("elbarto:num_requests_running") == 0


def test_the_queue_by_key(make_client: MakeClient, tmp_path: Path) -> None:
    write(tmp_path / "keys", line("alice", "a-key") + line("bob", "b-key"))
    engine = FakeEngine(gated=True)
    client = make_client(engine, api_keys_file=str(tmp_path / "keys"), api_key="own")
    client.environ_base["HTTP_X_API_KEY"] = "own"
    lengths = service_of(client).engine
    with ThreadPoolExecutor(4) as clients:
        # The step that runs is that of the first; the next one waits for the engine, and those after the step in it.
        for number, key in enumerate(("a-key", "a-key", "b-key", "own")):
            clients.submit(post, client.application.test_client(), headers={"X-Api-Key": key}, n=2)
            wait_until(lambda: sum(lengths.queue_lengths) == 2 * number + 2)  # noqa: B023 - it does not outlive the turn
            engine.wait_until_stepping()
            if number == 2:
                engine.allow(1)
                wait_until(lambda: len(engine.added) == 6)
        busy = scrape(client)
        engine.allow()
    wait_until(lambda: lengths.queue_lengths == (0, 0))
    idle = scrape(client)

    by_key = {name: busy(BY_KEY, key=name) for name in ("alice", "bob", "default")}
    assert by_key == {"alice": 3, "bob": 2, "default": 2}
    assert busy(BY_KEY) == busy("elbarto:num_requests_waiting")
    assert idle(BY_KEY) == 0
    assert idle.values("key") == {"alice", "bob", "default"}  # 0 each
    assert "a-key" not in busy.text


def test_the_queue_of_clients_without_keys_is_one_series(make_client: MakeClient) -> None:
    """However many addresses there are."""
    engine = FakeEngine(gated=True)
    client = make_client(engine)
    with ThreadPoolExecutor(3) as clients:
        for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
            clients.submit(post, client.application.test_client(), environ={"REMOTE_ADDR": address})
        wait_until(lambda: service_of(client).engine.queue_lengths == (1, 2))
        engine.wait_until_stepping()
        busy = scrape(client)
        engine.allow()

    assert busy(BY_KEY, key="anonymous") == busy(BY_KEY) == 2
    assert busy.values("key") == {"anonymous"}


def test_a_server_that_loads_has_metrics_too(make_client: MakeClient) -> None:
    loads = threading.Event()

    def load() -> Any:
        loads.wait()
        raise AssertionError("not reached before the end")

    client = make_client(load=load)
    try:
        seen = scrape(client)
        assert seen("elbarto:ready") == 0
        assert "elbarto:model_info" not in seen.names
        assert seen("elbarto:build_info") == 1
    finally:
        service_of(client).close()


def test_every_declared_metric_is_exposed_and_no_other(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(failing_steps=1))
    post(client)
    post(client)
    families = {name for name in scrape(client).names if name.startswith("elbarto:")}
    series = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in families}

    assert series == set(exposed())


def test_two_servers_in_one_process_count_apart(make_client: MakeClient) -> None:
    first, second = make_client(), make_client()
    post(first)

    assert scrape(first)("elbarto:request_success_total") == 1
    assert scrape(second)("elbarto:request_success_total") == 0


def test_openmetrics_for_those_who_prefer_it(client: FlaskClient) -> None:
    answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.content_type.startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
    assert "process_resident_memory_bytes" in answer.text


def test_the_key_is_needed(make_client: MakeClient) -> None:
    client = make_client(api_key="secret")

    error_of(client.get("/metrics"), 401)
    assert client.get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200
