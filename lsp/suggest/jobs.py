"""Running computations, at most one per document.

A request that the running job covers shares it; any other request replaces it, and the older request gets no
result. A job that nobody waits for any more is cancelled, and with it the request to the model server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class JobKey:
    """What a job computes: a number of candidates at an offset in a version of a document."""

    version: int | None
    offset: int
    candidates: int
    variant: str = ""  # whatever else changes the result, such as the item selected in a popup

    def is_covered_by(self, other: JobKey) -> bool:
        same_place = (self.version, self.offset, self.variant) == (other.version, other.offset, other.variant)
        return same_place and self.candidates <= other.candidates


class _Job(Generic[T]):
    def __init__(self, key: JobKey, task: asyncio.Task[T], is_speculative: bool) -> None:
        self.key = key
        self.task = task
        self.waiters = 0
        self.is_speculative = is_speculative  # runs on without waiters


class DocumentJobs(Generic[T]):
    """The running jobs by document URI. Only for the event loop's thread."""

    def __init__(self) -> None:
        self._jobs: dict[str, _Job[T]] = {}
        self.cancelled = 0

    async def run(self, uri: str, key: JobKey, work: Callable[[], Awaitable[T]]) -> T | None:
        """The result of `work`, or of a running job that covers it; None if a newer request replaced it."""
        job = self._jobs.get(uri)
        if job is None or job.task.done() or not key.is_covered_by(job.key):
            job = self._start(uri, key, work, is_speculative=False)
        job.waiters += 1
        try:
            await asyncio.wait((job.task,))
        finally:
            job.waiters -= 1
            if not job.waiters and not job.is_speculative and not job.task.done():
                self._cancel(uri, job)
        return None if job.task.cancelled() else job.task.result()

    def speculate(self, uri: str, key: JobKey, work: Callable[[], Awaitable[T]]) -> None:
        """Start computing a probable next request, unless a job is running. Any other request replaces it."""
        job = self._jobs.get(uri)
        if job is None or job.task.done():
            started = self._start(uri, key, work, is_speculative=True)
            # If no request ever waits for it, retrieve its exception so that asyncio does not log it.
            started.task.add_done_callback(lambda task: task.cancelled() or task.exception())

    def cancel(self, uri: str | None = None) -> None:
        """Cancel the job of a document, or all jobs."""
        for name, job in list(self._jobs.items()):
            if uri in (None, name):
                self._cancel(name, job)

    def _start(self, uri: str, key: JobKey, work: Callable[[], Awaitable[T]], is_speculative: bool) -> _Job[T]:
        older = self._jobs.get(uri)
        if older is not None:
            self._cancel(uri, older)
        task: asyncio.Task[T] = asyncio.ensure_future(_call(work))
        job = self._jobs[uri] = _Job(key, task, is_speculative)
        task.add_done_callback(lambda _: self._forget(uri, job))
        return job

    def _cancel(self, uri: str, job: _Job[T]) -> None:
        if not job.task.done():
            self.cancelled += 1
            job.task.cancel()
        self._forget(uri, job)

    def _forget(self, uri: str, job: _Job[T]) -> None:
        if self._jobs.get(uri) is job:
            del self._jobs[uri]


async def _call(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
