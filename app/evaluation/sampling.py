"""Asks a server for answers, several at a time, and waits for a server that is busy or restarting."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from app.errors import ElBartoError
from app.evaluation.problems import Mode, Problem
from app.remote import ApiServer, RemoteError

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
MAX_SERVER_ERRORS = 3  # for one answer; the others may still work
BUSY = (408, 429, 502, 503, 504)
TOO_LONG = "context_length_exceeded"


class ServerLost(ElBartoError):
    """No request has succeeded for too long."""


class Stopped(Exception):
    """The run has ended, and with it this request."""


@dataclass(frozen=True)
class Task:
    """One answer to ask for: a problem, and the answer's number among those to it."""

    problem: Problem
    number: int


@dataclass(frozen=True, kw_only=True)
class Request:
    """What all requests have in common. `fields` are further ones of the body."""

    mode: Mode
    model: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def body(self, task: Task) -> dict[str, Any]:
        prompt = task.problem.prompt(self.mode)
        asked: dict[str, Any] = (
            {"messages": [{"role": "user", "content": prompt}]}
            if self.mode == "chat"
            else {"prompt": prompt, "stop": list(task.problem.stop)}
        )
        common = {"model": self.model, "stream_options": {"include_usage": True}, "seed": self.seed + task.number}
        return {**common, **asked, **self.fields}

    @property
    def path(self) -> str:
        return "/chat/completions" if self.mode == "chat" else "/completions"


class Sampler:
    """Threads that ask `server`, `num_threads` at a time. Use it from one thread.

    `patience_s` is how long nothing may succeed before ServerLost.
    """

    def __init__(self, server: ApiServer, request: Request, num_threads: int, patience_s: float) -> None:
        self._server, self._request = server, request
        self._num_threads, self._patience_s = num_threads, patience_s
        self._stop = threading.Event()
        self._last_success = time.monotonic()

    def samples(self, tasks: Sequence[Task]) -> Iterator[dict[str, Any]]:
        """A record of each answer, in the order in which they are complete.

        Raises RemoteError, if the server refuses a request, and ServerLost. However it ends, so do the requests.
        """
        waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
        done: queue.SimpleQueue[dict[str, Any] | BaseException] = queue.SimpleQueue()
        for task in tasks:
            waiting.put(task)
        self._last_success = time.monotonic()
        threads = [
            threading.Thread(target=self._work, args=(waiting, done), daemon=True)  # may be waiting for a line
            for _ in range(min(self._num_threads, len(tasks)))
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in tasks:
                item = done.get()
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            self._stop.set()

    def _work(self, waiting: queue.SimpleQueue[Task], done: queue.SimpleQueue[dict[str, Any] | BaseException]) -> None:
        while not self._stop.is_set():
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put(self._sample(task))
            except Stopped:
                return
            except BaseException as error:  # for the thread that waits
                done.put(error)
                return

    def _sample(self, task: Task) -> dict[str, Any]:
        pause_s, num_errors = FIRST_PAUSE_S, 0
        while True:
            started = time.time()
            try:
                answer = self._ask(task)
            except RemoteError as error:
                is_broken = error.status == 500
                num_errors += is_broken
                if error.code == TOO_LONG or (is_broken and num_errors == MAX_SERVER_ERRORS):
                    answer = {"text": "", "error": str(error)}
                elif error.status is not None and not is_broken and error.status not in BUSY:
                    raise
                else:
                    self._pause(error, error.retry_after_s or pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                    continue
            self._last_success = time.monotonic()
            times = {"started": round(started, 3), "ended": round(time.time(), 3)}
            return {"task_id": task.problem.task_id, "sample": task.number, **answer, **times}

    def _pause(self, error: RemoteError, seconds: float) -> None:
        silence_s = time.monotonic() - self._last_success
        if silence_s > self._patience_s:
            raise ServerLost(f"the server has not answered any request for {silence_s:.0f} seconds: {error}")
        if self._stop.wait(seconds):
            raise Stopped

    def _ask(self, task: Task) -> dict[str, Any]:
        text, finish_reason = "", None
        usage: dict[str, Any] = {}
        counters: dict[str, Any] = {}
        with closing(self._server.stream(self._request.path, self._request.body(task))) as chunks:
            for chunk in chunks:
                if self._stop.is_set():
                    raise Stopped
                if chunk is None:
                    continue
                usage, counters = chunk.get("usage") or usage, chunk.get("elbarto") or counters
                for choice in chunk.get("choices") or ():
                    text += choice.get("text") or (choice.get("delta") or {}).get("content") or ""
                    finish_reason = choice.get("finish_reason") or finish_reason
        answer = {"text": text, "finish_reason": finish_reason, "tokens": usage.get("completion_tokens")}
        # Only this server has them.
        return {**answer, "forwards": counters.get("denoise_forwards"), "params": counters.get("params")}
