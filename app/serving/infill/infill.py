"""An infill while it is made, and how its route is set up."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.errors import RequestError
from app.messages.events import Stepped
from app.messages.params import GenerationParams
from app.serving.backend import Backend, ModelInfo
from app.serving.executor import Executor, SequenceRequest
from app.serving.feed import Feed
from app.serving.generation import SILENCE, Silence
from app.serving.infill.canvas import CanvasRoute
from app.serving.infill.one_by_one import PromptRoute
from app.serving.infill.pins import PinnedTexts
from app.serving.infill.requests import (
    EditRequest,
    FilledHole,
    HoleDelta,
    HoleDone,
    InfillRequest,
    Outcome,
    WindowSnapshot,
    WindowStep,
)
from app.serving.infill.revise import ReviseRoute
from app.serving.infill.session import Session
from app.serving.infill.support import Room, Support, visible_texts
from app.serving.lengths import plan_lengths
from app.serving.requests import DecodingRequest, Defaults, InfillMode
from app.serving.work import Usage
from app.text.layouts import chat_messages, files_with_room

Route = CanvasRoute | PromptRoute | ReviseRoute
Begin = Callable[[InfillRequest, Session], tuple[Route, GenerationParams]]


class Infill:
    """Work on the holes of a text: iterate it for HoleDelta, HoleDone and, where it is watched or scored, WindowStep or
    Stepped. `outcome` is there once the iteration is over."""

    def __init__(
        self,
        route: Route,
        session: Session,
        request: InfillRequest,
        mode: InfillMode,
        model: ModelInfo,
        params: GenerationParams,
        warnings: Sequence[str],
    ) -> None:
        self._route, self._session = route, session
        self.feed = Feed(session.watch)
        self.request, self.mode, self.model, self.params = request, mode, model, params
        self._warnings = list(warnings)
        self._started = time.monotonic()
        self._done: list[HoleDone] = []
        self.outcome: Outcome | None = None

    @property
    def is_complete(self) -> bool:
        return self.outcome is not None

    def abort(self) -> None:
        self._session.abort()
        self.feed.end()

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        self._session.watch_client(is_gone)

    def usage(self) -> Usage:
        counters, outcome = tuple(self._session.counters), self.outcome
        holes = [hole for each in outcome.candidates for hole in each.holes] if outcome else self._filled()
        completion_tokens = sum(not token.is_pinned for hole in holes for token in hole.tokens)
        forwards = sum(each.steps for each in counters)
        return Usage(
            prompt_tokens=self._route.prompt_tokens,
            completion_tokens=completion_tokens,
            cached_prompt_tokens=min((each.cached_tokens for each in counters), default=0),
            cached_tokens=sum(each.cached_tokens for each in counters),
            tpf=completion_tokens / max(1, forwards) if outcome else 0.0,
            total_ms=outcome.total_ms if outcome else 1000 * (time.monotonic() - self._started),
            params=self.params,
            varied_params=("steps", "gen_length") if self.mode == "canvas" else (),
            warnings=tuple(self._warnings),
            infill_mode=self.mode,
            infill_counters=counters,
        )

    def progress(self) -> Mapping[str, int]:
        filled = Counter(done.candidate for done in list(self._done))
        return {"holes_filled": max(filled.values(), default=0), "holes": len(self.request.holes)}

    def texts(self) -> list[str | None]:
        filled = {done.hole: done.filled.text for done in list(self._done) if done.candidate == 0}
        return [filled.get(hole) for hole in range(len(self.request.holes))]

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | WindowStep | Stepped | Silence]:
        with self.feed.told():
            for item in self._route:
                if item is SILENCE:
                    yield SILENCE
                elif isinstance(item, Stepped):  # of a hole without a canvas, whose positions mean nothing to others
                    if self.request.watch:
                        yield item
                else:
                    self._note(item)
                    if not isinstance(item, WindowSnapshot) and (item.kind == "result" or self.request.watch):
                        yield item
            self._conclude()

    def _note(self, update: HoleDelta | HoleDone | WindowStep | WindowSnapshot) -> None:
        if isinstance(update, HoleDone):
            self._done.append(update)
        self.feed.tell(update)

    def _filled(self) -> list[FilledHole]:
        """So far."""
        return [done.filled for done in list(self._done)]

    def _conclude(self) -> None:
        if self._session.is_aborted:
            return
        candidates = tuple(self._route.candidates)
        if len(candidates) < self.request.n:
            self._warnings.append(f"Only {len(candidates)} of {self.request.n} candidates are distinct.")
        total_ms = 1000 * (time.monotonic() - self._started)
        self.outcome = Outcome(
            candidates, tuple(self._session.counters), self._route.prompt_tokens, total_ms, tuple(self._warnings)
        )


@dataclass(frozen=True)
class InfillPlanner:
    """Sets up the routes. `max_tokens` is the operator's limit for a hole, `param` the request's field that has the
    text."""

    backend: Backend
    executor: Executor
    support: Support
    defaults: Defaults
    sampling: Mapping[str, Any]  # of GenerationParams, the request's own among them
    max_tokens: int
    param: str = "segments"

    def begin(self, request: InfillRequest) -> Infill:
        """Raises RequestError, PromptTooLong, QueueFull, ModelLoading or ShuttingDown."""
        if request.n > self.executor.capacity:
            raise RequestError(f"n must be at most {self.executor.capacity} on this server, got {request.n}.", "n")
        mode = self.support.choose(request.mode)
        if request.watch and mode != "canvas":
            raise RequestError(
                f"The steps of an infill are told in the mode canvas alone, not in {mode}.", "infill_mode"
            )
        session = Session(self.executor, request.time_budget_ms, request.soft_budget_ms)
        self._check_parts(request)
        routes: Mapping[InfillMode, Begin] = {
            "canvas": self._begin_canvas,
            "fim": self._begin_fim,
            "chat": self._begin_chat,
        }
        route, params = routes[mode](request, session)
        return Infill(route, session, request, mode, self.backend.info, params, self._warnings(request, mode))

    def begin_edit(self, request: EditRequest) -> Infill:
        """Raises what `begin` does."""
        tokenizer, infill = self.backend.tokenizer, request.infill
        sizes = [len(tokenizer.encode_plain(span)) for span in request.spans]
        if request.mode == "rewrite":
            holes = [replace(hole, start=size + size // 2) for hole, size in zip(infill.holes, sizes, strict=True)]
            return self.begin(replace(infill, holes=holes))
        mode = self.support.choose(infill.mode)
        if mode != "canvas":
            raise RequestError(
                f"mode must be rewrite for this model: {request.mode} needs one that was trained on canvases.", "mode"
            )
        self._check_parts(infill)
        session = Session(self.executor, infill.time_budget_ms)
        texts = visible_texts(infill, tokenizer, self._room(sum(sizes)))
        params = self._params(infill, gen_length=self._block_length(infill), steps=1)
        route = ReviseRoute(
            infill,
            texts,
            request.spans,
            request.mode,
            request.threshold,
            request.num_forwards,
            tokenizer,
            session,
            params,
        )
        return Infill(route, session, infill, mode, self.backend.info, params, self._warnings(infill, mode))

    def _begin_canvas(self, request: InfillRequest, session: Session) -> tuple[CanvasRoute, GenerationParams]:
        if request.length_method == "delete" and self.support.delete_token_id is None:
            raise RequestError(
                "length_method must be several or exact for this model, which has no delete token, got delete.",
                "length_method",
            )
        limits = self._limits(request)
        pinned = [PinnedTexts(hole.pinned, self.backend.tokenizer) for hole in request.holes]
        self._check_pinned(pinned, limits)
        starts = [
            hole.length or max(min(limit, self.support.canvas), own.min_length)
            for hole, limit, own in zip(request.holes, limits, pinned, strict=True)
        ]
        texts = visible_texts(request, self.backend.tokenizer, self._room(sum(starts)))
        params = self._params(request, gen_length=request.block_length or self.defaults.block_length, steps=1)
        route = CanvasRoute(
            request,
            texts,
            self.backend.tokenizer,
            session,
            params,
            self.support.canvas,
            limits,
            starts,
            pinned,
            self.support.delete_token_id,
            self.backend.info.eos_token_ids,
            self.backend.info.max_model_len,
        )
        return route, params

    def _begin_fim(self, request: InfillRequest, session: Session) -> tuple[PromptRoute, GenerationParams]:
        fim, tokenizer = self.support.fim, self.backend.tokenizer
        assert fim is not None
        limits = self._limits(request)

        def make_job(texts: Sequence[str], hole: int) -> SequenceRequest:
            room = self._room(limits[hole] + 3 + self._block_length(request))
            prefix, suffix = visible_texts(self._only(request, texts, hole), tokenizer, room)
            prompt = fim.prompt(tokenizer.encode_plain(prefix), tokenizer.encode_plain(suffix))
            return SequenceRequest(prompt, self._block_params(request, limits[hole], len(prompt), fim.ends))

        ends = frozenset((*fim.ends, *self.backend.info.eos_token_ids))
        route = PromptRoute(request, tokenizer, session, make_job, limits, ends, is_chat=False)
        return route, self._block_params(request, max(limits), 0, fim.ends)

    def _begin_chat(self, request: InfillRequest, session: Session) -> tuple[PromptRoute, GenerationParams]:
        tokenizer = self.backend.tokenizer
        limits = self._limits(request)

        def count(text: str) -> int:
            return len(tokenizer.encode_plain(text))

        def make_job(texts: Sequence[str], hole: int) -> SequenceRequest:
            own = self._only(request, texts, hole)
            hint = own.holes[0].hint
            around = tokenizer.encode_chat(chat_messages("", "", request.language, hint), {})
            room = self._room(limits[hole] + len(around) + self._block_length(request))
            bare = visible_texts(_without_hints(own), tokenizer, room, with_context=False)
            left = room.num_tokens - sum(map(count, bare))
            files = files_with_room(request.context, left, count)
            messages = chat_messages(bare[0], bare[1], request.language, hint, files)
            prompt = tokenizer.encode_chat(messages, {})
            return SequenceRequest(prompt, self._block_params(request, limits[hole], len(prompt), ()))

        ends = frozenset(self.backend.info.eos_token_ids)
        route = PromptRoute(request, tokenizer, session, make_job, limits, ends, is_chat=True)
        return route, self._block_params(request, max(limits), 0, ())

    def _check_parts(self, request: InfillRequest) -> None:
        part = self.sampling["small_block_length"]
        if part and self._block_length(request) % part:
            raise RequestError(
                f"small_block_length must divide the block length, {self._block_length(request)}, got {part}.",
                "small_block_length",
            )

    def _limits(self, request: InfillRequest) -> list[int]:
        """At most so many tokens in each hole; what is asked for beyond the operator's limit is lowered to it."""
        return [min(hole.length or hole.max_tokens or self._limit, self._limit) for hole in request.holes]

    @property
    def _limit(self) -> int:
        return min(self.max_tokens, self.backend.info.max_model_len // 2)

    def _room(self, reserved: int) -> Room:
        return Room(self.support.context, self.backend.info.max_model_len, reserved, self.param)

    def _check_pinned(self, pinned: Sequence[PinnedTexts], limits: Sequence[int]) -> None:
        for hole, (own, limit) in enumerate(zip(pinned, limits, strict=True)):
            if own.min_length > limit:
                raise RequestError(
                    f"pinned: the texts in hole {hole} have {own.num_tokens} tokens, which leaves nothing to fill in: "
                    f"the hole has at most {limit}.",
                    self.param,
                )

    @staticmethod
    def _only(request: InfillRequest, texts: Sequence[str], hole: int) -> InfillRequest:
        """The request for one of its holes."""
        return replace(request, texts=texts, holes=[request.holes[hole]])

    def _block_length(self, request: InfillRequest) -> int:
        return request.block_length or self.defaults.block_length

    def _params(
        self, request: InfillRequest, gen_length: int, steps: int, ends: Collection[int] = ()
    ) -> GenerationParams:
        seed = request.seed if request.seed is not None else secrets.randbits(32)
        return GenerationParams(
            gen_length=gen_length,
            steps=steps,
            block_length=self._block_length(request),
            seed=seed,
            time_budget_ms=request.time_budget_ms,
            end_token_ids=tuple(ends),
            watch=request.watch or request.scored,
            alternatives=request.alternatives,
            **self.sampling,
        )

    def _block_params(
        self, request: InfillRequest, max_tokens: int, prompt_len: int, ends: Collection[int]
    ) -> GenerationParams:
        """One token more than the limit, for the end token."""
        wanted = DecodingRequest(max_tokens=max_tokens + 1, steps=request.steps, block_length=request.block_length)
        lengths = plan_lengths(wanted, self.defaults, prompt_len, self.backend.info.max_model_len)
        return self._params(request, lengths.gen_length, lengths.steps, ends)

    def _warnings(self, request: InfillRequest, mode: InfillMode) -> list[str]:
        warnings = []
        too_long = [hole.max_tokens for hole in request.holes if hole.max_tokens and hole.max_tokens > self._limit]
        if too_long:
            warnings.append(f"max_tokens was lowered from {max(too_long)} to {self._limit}.")
        if mode == "canvas" and self.support.delete_token_id is None:
            warnings.append(f"{self.backend.info.id} was not trained on canvases: what it fills in may be poor.")
        if mode != "canvas" and any(hole.pinned for hole in request.holes):
            warnings.append(f"pinned is ignored: the route {mode} cannot keep tokens in place.")
        if mode != "canvas" and request.length_method is not None:
            warnings.append(f"length_method is ignored: on the route {mode} an end token ends a hole.")
        return warnings


def _without_hints(request: InfillRequest) -> InfillRequest:
    return replace(request, holes=[replace(hole, hint=None) for hole in request.holes])
