"""An engine that hangs, dies, or fails every reply."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from app.errors import EngineBroken
from app.messages.params import GenerationParams
from app.serving.engine_client import SequenceRequest
from app.serving.executor import LocalEngine
from app.serving.watchdog import Watchdog
from tests.doubles.app import fake_backend
from tests.doubles.engine import FakeEngine
from tests.waiting import wait_until


class Executor:
    """What a watchdog sees."""

    def __init__(self) -> None:
        self.thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
        self.thread.start()
        self.is_expected_to_run = True
        self.step_age_s = 0.0


@pytest.fixture
def failures() -> list[BaseException]:
    return []


def watch(executor: Executor, failures: list[BaseException]) -> Watchdog:
    watchdog = Watchdog(executor, 0.05, failures.append)
    watchdog.start()
    return watchdog


def test_a_step_that_hangs_is_reported_once_with_its_place(
    failures: list[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    executor = Executor()
    watchdog = watch(executor, failures)
    assert watchdog.fault() is None

    executor.step_age_s = 0.2

    wait_until(lambda: bool(failures))
    time.sleep(0.1)
    (failure,) = failures
    assert isinstance(failure, EngineBroken)
    assert str(failure) == "a step has not ended within 0.05 s (ELBARTO_STEP_TIMEOUT_S)"
    assert "in run" in caplog.text, "the thread's stack"


def test_a_thread_that_has_ended_is_reported(failures: list[BaseException]) -> None:
    executor = Executor()
    executor.thread = threading.Thread(target=lambda: None)
    executor.thread.start()
    executor.thread.join()

    watch(executor, failures)

    wait_until(lambda: bool(failures))
    assert str(failures[0]) == "the executor's thread has ended"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_it_sees_of_a_real_executor() -> None:
    engine = FakeEngine(gated=True)
    executor = LocalEngine(lambda: fake_backend(engine), lambda error: None, max_queue=8)
    watchdog = Watchdog(executor, 0.01, lambda error: None)
    executor.start()
    executor.wait_until_ready()
    assert watchdog.fault() is None

    engine.step_errors.append(SystemExit())  # no Exception: it ends the thread
    executor.submit_requests([SequenceRequest((65,), GenerationParams(gen_length=4, steps=4, block_length=4))])
    wait_until(lambda: watchdog.fault() == "a step has not ended within 0.01 s (ELBARTO_STEP_TIMEOUT_S)")
    engine.allow()
    wait_until(lambda: watchdog.fault() == "the executor's thread has ended")
    executor.close()
    assert watchdog.fault() is None


def end(executor: Executor) -> None:
    executor.is_expected_to_run = False


@pytest.mark.parametrize("calm", [end, lambda executor: None])
def test_otherwise_it_is_silent(failures: list[BaseException], calm: Callable[[Executor], None]) -> None:
    executor = Executor()
    calm(executor)
    watchdog = watch(executor, failures)
    time.sleep(0.1)
    watchdog.stop()
    executor.step_age_s = 1.0 if not executor.is_expected_to_run else 0.0
    time.sleep(0.1)

    assert failures == []
