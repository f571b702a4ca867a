"""`serve --benchmark`: one line in the log before the server is ready."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from app import create_service
from app.engine.engine import Engine
from app.models.checkpoint import Checkpoint
from app.serving.backend import Backend, Frontend, ModelInfo
from app.serving.benchmark import run_benchmark
from app.settings import Settings
from app.text.tokenizer import Tokenizer
from tests.doubles.engine import FakeEngine
from tests.reference import CHECKPOINT, MASK, VOCAB_SIZE

LINE = r"benchmark: [\d.]+ tokens/s in one stream, 1\.00 tokens per forward, [\d.]+ ms per forward \(float32 on cpu\)"


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the benchmark logged. A server of an earlier test may still be logging in this process."""
    return [record.getMessage() for record in caplog.records if record.name == "app.serving.benchmark"]


@pytest.fixture
def backend(make_engine: Callable[..., Engine], checkpoint: Checkpoint) -> Backend:
    engine = make_engine()
    info = ModelInfo("fixture", "stable-diffcoder", "cpu", "float32", 512, 4, MASK, VOCAB_SIZE)
    return Backend(engine, info)


def test_one_line_says_how_fast_one_stream_is(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        run_benchmark(backend)

    assert re.fullmatch(LINE, "\n".join(logged(caplog)))
    assert not backend.engine.has_work


def test_steps_that_share_a_forward_are_counted_once(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    """32 tokens in blocks of 4, each in one forward."""
    with caplog.at_level(logging.INFO):
        run_benchmark(replace(backend, engine=FakeEngine(drafts=3)))

    assert " 4.00 tokens per forward, 8 of 24 drafts reached, " in "\n".join(logged(caplog))


def test_a_context_without_room_for_a_block_is_no_reason_to_fail(
    backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    run_benchmark(replace(backend, info=replace(backend.info, max_model_len=4)))

    assert logged(caplog) == ["no benchmark: max_model_len 4 leaves no room for a block"]


@pytest.mark.parametrize("max_model_len", [5, 9, 33, 40])
def test_the_reply_fits_into_a_short_context(
    max_model_len: int, make_engine: Callable[..., Engine], backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    engine = make_engine(max_model_len=max_model_len)
    with caplog.at_level(logging.INFO):
        run_benchmark(replace(backend, engine=engine, info=replace(backend.info, max_model_len=max_model_len)))

    assert re.fullmatch(LINE, "\n".join(logged(caplog)))


def test_a_reply_that_fails_is_an_error(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.engine.propose", lambda logits, rows, *rest: [None for _ in rows])

    with pytest.raises(RuntimeError, match="the benchmark's reply failed"):
        run_benchmark(backend)


@pytest.mark.parametrize("is_wanted", [True, False])
def test_the_setting_decides_and_ready_comes_after(
    is_wanted: bool, backend: Backend, checkpoint: Checkpoint, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(model_path=str(CHECKPOINT), benchmark=is_wanted)
    with caplog.at_level(logging.INFO):
        service = create_service(settings, lambda: (backend, Frontend(Tokenizer(checkpoint.tokenizer))))
        service.wait_until_ready()
        service.close()

    messages = [message.partition(":")[0] for message in caplog.messages]
    assert messages.count("benchmark") == is_wanted
    if is_wanted:
        assert messages.index("benchmark") < messages.index("ready to serve fixture")
