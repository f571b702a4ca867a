"""An infill while it is made, and how its route is set up."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.engine.events import Stepped
from app.engine.params import GenerationParams
from app.errors import RequestError
from app.serving.backend import Backend, ModelInfo
from app.serving.calls import DecodingCall, Defaults, InfillMode
from app.serving.executor import Executor, Job
from app.serving.infill.calls import EditCall, HoleDelta, HoleDone, InfillCall, Outcome, WindowStep
from app.serving.infill.canvas import CanvasRoute
from app.serving.infill.one_by_one import PromptRoute
from app.serving.infill.pins import PinnedTexts
from app.serving.infill.revise import ReviseRoute
from app.serving.infill.session import Session
from app.serving.infill.support import Room, Support, visible_texts
from app.serving.lengths import plan_lengths
from app.text.layouts import chat_messages, files_with_room

Route = CanvasRoute | PromptRoute | ReviseRoute
Begin = Callable[[InfillCall, Session], tuple[Route, GenerationParams]]


class Infill:
    """Iterate it for HoleDelta, HoleDone, WindowStep or Stepped where it is watched or scored, and None about every
    TICK_S of silence.

    `outcome` is there once the iteration is over. Raises EngineFailed or ShuttingDown. `abort` may come at any time,
    from any thread, and again.
    """

    def __init__(
        self,
        route: Route,
        session: Session,
        call: InfillCall,
        mode: InfillMode,
        model: ModelInfo,
        params: GenerationParams,
        warnings: Sequence[str],
    ) -> None:
        self._route, self._session = route, session
        self.call, self.mode, self.model, self.params = call, mode, model, params
        self._warnings = list(warnings)
        self._started = time.monotonic()
        self.outcome: Outcome | None = None

    @property
    def is_complete(self) -> bool:
        return self.outcome is not None

    @property
    def num_tokens(self) -> int:
        """Of all candidates that are told."""
        return sum(len(hole.tokens) for one in self.outcome.candidates for hole in one.holes) if self.outcome else 0

    def abort(self) -> None:
        self._session.abort()

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step that finds the client gone."""
        self._session.watch_client(is_gone)

    def __iter__(self) -> Iterator[HoleDelta | HoleDone | WindowStep | Stepped | None]:
        yield from self._route
        if self._session.is_aborted:
            return
        candidates = tuple(self._route.candidates)
        if len(candidates) < self.call.n:
            self._warnings.append(f"Only {len(candidates)} of {self.call.n} candidates are distinct.")
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
    sampling: Mapping[str, Any]  # of GenerationParams, the call's own among them
    max_tokens: int
    param: str = "segments"

    def begin(self, call: InfillCall) -> Infill:
        """Raises RequestError, PromptTooLong, QueueFull, ModelLoading or ShuttingDown."""
        if call.n > self.executor.capacity:
            raise RequestError(f"n must be at most {self.executor.capacity} on this server, got {call.n}.", "n")
        mode = self.support.choose(call.mode)
        if call.watch and mode != "canvas":
            raise RequestError(
                f"The steps of an infill are told in the mode canvas alone, not in {mode}.", "infill_mode"
            )
        session = Session(self.executor, call.time_budget_ms, call.soft_budget_ms)
        self._check_parts(call)
        routes: Mapping[InfillMode, Begin] = {
            "canvas": self._begin_canvas,
            "fim": self._begin_fim,
            "chat": self._begin_chat,
        }
        route, params = routes[mode](call, session)
        return Infill(route, session, call, mode, self.backend.info, params, self._warnings(call, mode))

    def begin_edit(self, call: EditCall) -> Infill:
        """Raises what `begin` does."""
        tokenizer, infill = self.backend.tokenizer, call.infill
        sizes = [len(tokenizer.encode_plain(span)) for span in call.spans]
        if call.mode == "rewrite":
            holes = [replace(hole, start=size + size // 2) for hole, size in zip(infill.holes, sizes, strict=True)]
            return self.begin(replace(infill, holes=holes))
        mode = self.support.choose(infill.mode)
        if mode != "canvas":
            raise RequestError(
                f"mode must be rewrite for this model: {call.mode} needs one that was trained on canvases.", "mode"
            )
        self._check_parts(infill)
        session = Session(self.executor, infill.time_budget_ms)
        texts = visible_texts(infill, tokenizer, self._room(sum(sizes)))
        params = self._params(infill, gen_length=self._block_length(infill), steps=1)
        route = ReviseRoute(
            infill, texts, call.spans, call.mode, call.threshold, call.num_forwards, tokenizer, session, params
        )
        return Infill(route, session, infill, mode, self.backend.info, params, self._warnings(infill, mode))

    def _begin_canvas(self, call: InfillCall, session: Session) -> tuple[CanvasRoute, GenerationParams]:
        if call.length_method == "delete" and self.support.delete_token_id is None:
            raise RequestError(
                "length_method must be several or exact for this model, which has no delete token, got delete.",
                "length_method",
            )
        limits = self._limits(call)
        pinned = [PinnedTexts(hole.pinned, self.backend.tokenizer) for hole in call.holes]
        self._check_pinned(pinned, limits)
        starts = [
            hole.length or max(min(limit, self.support.canvas), own.min_length)
            for hole, limit, own in zip(call.holes, limits, pinned, strict=True)
        ]
        texts = visible_texts(call, self.backend.tokenizer, self._room(sum(starts)))
        params = self._params(call, gen_length=call.block_length or self.defaults.block_length, steps=1)
        route = CanvasRoute(
            call,
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

    def _begin_fim(self, call: InfillCall, session: Session) -> tuple[PromptRoute, GenerationParams]:
        fim, tokenizer = self.support.fim, self.backend.tokenizer
        assert fim is not None
        limits = self._limits(call)

        def make_job(texts: Sequence[str], hole: int) -> Job:
            room = self._room(limits[hole] + 3 + self._block_length(call))
            prefix, suffix = visible_texts(self._only(call, texts, hole), tokenizer, room)
            prompt = fim.prompt(tokenizer.encode_plain(prefix), tokenizer.encode_plain(suffix))
            return Job(prompt, self._block_params(call, limits[hole], len(prompt), fim.ends))

        ends = frozenset((*fim.ends, *self.backend.info.eos_token_ids))
        route = PromptRoute(call, tokenizer, session, make_job, limits, ends, is_chat=False)
        return route, self._block_params(call, max(limits), 0, fim.ends)

    def _begin_chat(self, call: InfillCall, session: Session) -> tuple[PromptRoute, GenerationParams]:
        tokenizer = self.backend.tokenizer
        limits = self._limits(call)

        def count(text: str) -> int:
            return len(tokenizer.encode_plain(text))

        def make_job(texts: Sequence[str], hole: int) -> Job:
            own = self._only(call, texts, hole)
            hint = own.holes[0].hint
            around = tokenizer.encode_chat(chat_messages("", "", call.language, hint), {})
            room = self._room(limits[hole] + len(around) + self._block_length(call))
            bare = visible_texts(_without_hints(own), tokenizer, room, with_context=False)
            left = room.num_tokens - sum(map(count, bare))
            files = files_with_room(call.context, left, count)
            messages = chat_messages(bare[0], bare[1], call.language, hint, files)
            prompt = tokenizer.encode_chat(messages, {})
            return Job(prompt, self._block_params(call, limits[hole], len(prompt), ()))

        ends = frozenset(self.backend.info.eos_token_ids)
        route = PromptRoute(call, tokenizer, session, make_job, limits, ends, is_chat=True)
        return route, self._block_params(call, max(limits), 0, ())

    def _check_parts(self, call: InfillCall) -> None:
        part = self.sampling["small_block_length"]
        if part and self._block_length(call) % part:
            raise RequestError(
                f"small_block_length must divide the block length, {self._block_length(call)}, got {part}.",
                "small_block_length",
            )

    def _limits(self, call: InfillCall) -> list[int]:
        """At most so many tokens in each hole; what is asked for beyond the operator's limit is lowered to it."""
        return [min(hole.length or hole.max_tokens or self._limit, self._limit) for hole in call.holes]

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
    def _only(call: InfillCall, texts: Sequence[str], hole: int) -> InfillCall:
        """The call for one of its holes."""
        return replace(call, texts=texts, holes=[call.holes[hole]])

    def _block_length(self, call: InfillCall) -> int:
        return call.block_length or self.defaults.block_length

    def _params(self, call: InfillCall, gen_length: int, steps: int, ends: Collection[int] = ()) -> GenerationParams:
        seed = call.seed if call.seed is not None else secrets.randbits(32)
        return GenerationParams(
            gen_length=gen_length,
            steps=steps,
            block_length=self._block_length(call),
            seed=seed,
            time_budget_ms=call.time_budget_ms,
            end_token_ids=tuple(ends),
            watch=call.watch or call.scored,
            alternatives=call.alternatives,
            **self.sampling,
        )

    def _block_params(
        self, call: InfillCall, max_tokens: int, prompt_len: int, ends: Collection[int]
    ) -> GenerationParams:
        """One token more than the limit, for the end token."""
        wanted = DecodingCall(max_tokens=max_tokens + 1, steps=call.steps, block_length=call.block_length)
        lengths = plan_lengths(wanted, self.defaults, prompt_len, self.backend.info.max_model_len)
        return self._params(call, lengths.gen_length, lengths.steps, ends)

    def _warnings(self, call: InfillCall, mode: InfillMode) -> list[str]:
        warnings = []
        too_long = [hole.max_tokens for hole in call.holes if hole.max_tokens and hole.max_tokens > self._limit]
        if too_long:
            warnings.append(f"max_tokens was lowered from {max(too_long)} to {self._limit}.")
        if mode == "canvas" and self.support.delete_token_id is None:
            warnings.append(f"{self.backend.info.id} was not trained on canvases: what it fills in may be poor.")
        if mode != "canvas" and any(hole.pinned for hole in call.holes):
            warnings.append(f"pinned is ignored: the route {mode} cannot keep tokens in place.")
        if mode != "canvas" and call.length_method is not None:
            warnings.append(f"length_method is ignored: on the route {mode} an end token ends a hole.")
        return warnings


def _without_hints(call: InfillCall) -> InfillCall:
    return replace(call, holes=[replace(hole, hint=None) for hole in call.holes])
