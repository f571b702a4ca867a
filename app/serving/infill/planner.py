"""Chooses and sets up the route of an infill."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from app.errors import RequestError
from app.messages.decoding import Decoding, without_effect
from app.messages.defaults import Defaults, InfillMode
from app.messages.params import GenerationParams
from app.serving.backend import ModelInfo
from app.serving.engine_client import EngineClient, SequenceRequest
from app.serving.infill.both_routes import BothRoutes, canvas_only
from app.serving.infill.canvas_route import CanvasRoute
from app.serving.infill.capabilities import InfillCapabilities, TokenBudget, visible_texts
from app.serving.infill.infill import Infill, Route
from app.serving.infill.pins import PinnedTexts
from app.serving.infill.plan import CanvasPlan, HolePlan, PromptPlan
from app.serving.infill.prompt_route import PromptRoute
from app.serving.infill.requests import EditRequest, InfillRequest
from app.serving.infill.revise_route import MAX_FORWARDS, ReviseRoute
from app.serving.infill.session import InfillSession
from app.serving.infill.syntax import error_counter
from app.serving.lengths import check_decoding, plan_lengths
from app.serving.requests import DecodingRequest
from app.text.layouts import chat_messages, files_with_room
from app.text.line_ends import LineEnds, with_lf
from app.text.syntax import Syntax
from app.text.tokenizer import Tokenizer

Begin = Callable[[InfillRequest, InfillSession], tuple[Route, GenerationParams]]


@dataclass(frozen=True, kw_only=True)
class InfillPlanner:
    """Sets up the routes of infills and edits."""

    engine: EngineClient
    tokenizer: Tokenizer
    model: ModelInfo
    capabilities: InfillCapabilities
    defaults: Defaults
    decoding: Decoding  # of the request
    max_tokens: int  # the operator's limit for a hole
    syntax: Syntax
    logit_bias: tuple[tuple[int, float], ...] = ()
    param: str = "segments"  # the request's field that holds the text

    def begin(self, request: InfillRequest, spans: Sequence[str] = ()) -> Infill:
        """`spans` are the present texts of the holes, if they have any.

        Raises RequestError, PromptTooLong, QueueFull, ModelLoading or ShuttingDown.
        """
        if request.n > self.engine.capacity:
            raise RequestError(f"n must be at most {self.engine.capacity} on this server, got {request.n}.", "n")
        mode = self._mode(request)
        if request.watch and mode != "canvas":
            raise RequestError(
                f"The steps of an infill are reported in infill_mode canvas only, not in {mode}.", "infill_mode"
            )
        session = InfillSession(self.engine, request.time_budget_ms, request.soft_budget_ms)
        check_decoding(self.decoding, self._block_length(request), self.model)
        routes: Mapping[InfillMode, Begin] = {
            "canvas": self._begin_canvas,
            "fim": self._begin_fim,
            "chat": self._begin_chat,
            "both": self._begin_both,
        }
        route, params = routes[mode](_with_lf(request), session)
        warnings, line_ends = self._warnings(request, mode), LineEnds([*request.texts, *spans])
        return Infill(route, session, request, mode, self.model, params, warnings, line_ends)

    def begin_edit(self, request: EditRequest) -> Infill:
        """Raises what `begin` does."""
        tokenizer, infill = self.tokenizer, request.infill
        most = self.model.max_model_len
        sizes = [tokenizer.count_plain(span, most) for span in request.spans]
        if request.mode == "rewrite":
            holes = [replace(hole, start=size + size // 2) for hole, size in zip(infill.holes, sizes, strict=True)]
            return self.begin(replace(infill, holes=holes), request.spans)
        mode = self.capabilities.choose(infill.mode)
        if mode == "both":
            mode = "canvas"
        if mode != "canvas":
            raise RequestError(
                f"mode must be rewrite for this model: {request.mode} needs one that was trained on canvases.", "mode"
            )
        check_decoding(self.decoding, self._block_length(infill), self.model)
        session = InfillSession(self.engine, infill.time_budget_ms)
        texts = visible_texts(_with_lf(infill), tokenizer, self._budget(sum(sizes)))
        params = self._params(infill, gen_length=self._block_length(infill), steps=1)
        plain = replace(request, spans=[with_lf(span) for span in request.spans])
        route = ReviseRoute(plain, texts, tokenizer, session, params)
        warnings = self._warnings(infill, mode)
        if infill.mode == "both" and not canvas_only(infill):
            warnings.append(f"infill_mode is canvas instead of both: {request.mode} works on a canvas only.")
        if request.mode == "polish" and request.num_forwards > MAX_FORWARDS:
            warnings.append(f"steps was lowered from {request.num_forwards} to {MAX_FORWARDS}.")
        line_ends = LineEnds([*infill.texts, *request.spans], kept=request.spans)
        return Infill(route, session, infill, mode, self.model, params, warnings, line_ends)

    def _mode(self, request: InfillRequest) -> InfillMode:
        """The route: of both, only the canvas if the other one cannot do what is asked."""
        mode = self.capabilities.choose(request.mode)
        return "canvas" if mode == "both" and canvas_only(request) else mode

    def _begin_both(self, request: InfillRequest, session: InfillSession) -> tuple[BothRoutes, GenerationParams]:
        errors = error_counter(request, self.syntax)
        unranked = replace(request, syntax=None)
        canvas, plan = self._canvas_route(unranked, session)

        def refill(lengths: Sequence[int]) -> CanvasRoute:
            return CanvasRoute(plan.of_lengths(lengths), self.tokenizer, session)

        try:
            prompt, _ = self._begin_fim(replace(unranked, n=1), session)  # the canvas has the further candidates
        except Exception:
            session.abort()
            raise
        return BothRoutes(canvas, prompt, refill, request, session, errors), plan.params

    def _begin_canvas(self, request: InfillRequest, session: InfillSession) -> tuple[CanvasRoute, GenerationParams]:
        route, plan = self._canvas_route(request, session)
        return route, plan.params

    def _canvas_route(self, request: InfillRequest, session: InfillSession) -> tuple[CanvasRoute, CanvasPlan]:
        if request.length_method == "delete" and self.capabilities.delete_token_id is None:
            raise RequestError(
                "length_method must be several or exact for this model, which has no delete token, got delete.",
                "length_method",
            )
        holes = self._hole_plans(request)
        plan = CanvasPlan(
            request=request,
            texts=visible_texts(request, self.tokenizer, self._budget(sum(hole.start for hole in holes))),
            holes=holes,
            params=self._params(request, gen_length=self._block_length(request), steps=1),
            canvas=self.capabilities.canvas,
            delete_token_id=self.capabilities.delete_token_id,
            end_token_ids=self.model.eos_token_ids,
            max_model_len=self.model.max_model_len,
            count_errors=error_counter(request, self.syntax),
        )
        return CanvasRoute(plan, self.tokenizer, session), plan

    def _begin_fim(self, request: InfillRequest, session: InfillSession) -> tuple[PromptRoute, GenerationParams]:
        fim, tokenizer = self.capabilities.fim, self.tokenizer
        assert fim is not None
        limits = self._limits(request)

        def make_request(texts: Sequence[str], hole: int) -> SequenceRequest:
            budget = self._budget(limits[hole] + 3 + self._rounding(request))
            prefix, suffix = visible_texts(self._only(request, texts, hole), tokenizer, budget)
            prompt = fim.prompt(tokenizer.encode_plain(prefix), tokenizer.encode_plain(suffix))
            return SequenceRequest(prompt, self._block_params(request, limits[hole], len(prompt), fim.ends))

        ends = frozenset((*fim.ends, *self.model.eos_token_ids))
        plan = PromptPlan(
            request=request,
            make_request=make_request,
            max_tokens=limits,
            end_token_ids=ends,
            is_chat=False,
            count_errors=error_counter(request, self.syntax),
        )
        return PromptRoute(plan, tokenizer, session), self._block_params(request, max(limits), 0, fim.ends)

    def _begin_chat(self, request: InfillRequest, session: InfillSession) -> tuple[PromptRoute, GenerationParams]:
        tokenizer = self.tokenizer
        limits = self._limits(request)

        def count(text: str) -> int:
            return tokenizer.count_plain(text, self.model.max_model_len)

        def make_request(texts: Sequence[str], hole: int) -> SequenceRequest:
            hole_request = self._only(request, texts, hole)
            hint = hole_request.holes[0].hint
            around = tokenizer.encode_chat(chat_messages("", "", request.language, hint), {})
            budget = self._budget(limits[hole] + len(around) + self._rounding(request))
            prefix, suffix = visible_texts(_without_hints(hole_request), tokenizer, budget, with_context=False)
            room = budget.num_tokens - count(prefix) - count(suffix)
            files = files_with_room(request.context, room, count)
            messages = chat_messages(prefix, suffix, request.language, hint, files)
            prompt = tokenizer.encode_chat(messages, {})
            return SequenceRequest(prompt, self._block_params(request, limits[hole], len(prompt), ()))

        ends = frozenset(self.model.eos_token_ids)
        plan = PromptPlan(
            request=request,
            make_request=make_request,
            max_tokens=limits,
            end_token_ids=ends,
            is_chat=True,
            count_errors=error_counter(request, self.syntax),
        )
        return PromptRoute(plan, tokenizer, session), self._block_params(request, max(limits), 0, ())

    def _limits(self, request: InfillRequest) -> list[int]:
        """The maximum tokens of each hole: the requested number, lowered to the operator's limit."""
        return [min(hole.length or hole.max_tokens or self._limit, self._limit) for hole in request.holes]

    @property
    def _limit(self) -> int:
        return min(self.max_tokens, self.model.max_model_len // 2)

    def _budget(self, reserved: int) -> TokenBudget:
        return TokenBudget(self.capabilities.context, self.model.max_model_len, reserved, self.param)

    def _hole_plans(self, request: InfillRequest) -> list[HolePlan]:
        """Raises RequestError if pinned texts leave nothing to fill in."""
        plans = []
        for number, (hole, limit) in enumerate(zip(request.holes, self._limits(request), strict=True)):
            num_pinned = self.tokenizer.count_plain("".join(pin.text for pin in hole.pinned), limit)
            pinned = PinnedTexts(hole.pinned if num_pinned <= limit else (), self.tokenizer)
            if max(num_pinned, pinned.min_length) > limit:
                raise RequestError(
                    f"pinned: the texts in hole {number} have {pinned.num_tokens or num_pinned} tokens, which leaves "
                    f"nothing to fill in: the hole has at most {limit}.",
                    self.param,
                )
            start = hole.length or max(min(limit, self.capabilities.canvas), pinned.min_length)
            plans.append(HolePlan(hole=hole, pinned=pinned, max_tokens=limit, start=start))
        return plans

    @staticmethod
    def _only(request: InfillRequest, texts: Sequence[str], hole: int) -> InfillRequest:
        """The request with one of its holes, between `texts`."""
        return replace(request, texts=texts, holes=[request.holes[hole]])

    def _block_length(self, request: InfillRequest) -> int:
        return min(request.block_length or self.defaults.block_length, self.model.max_model_len)

    def _rounding(self, request: InfillRequest) -> int:
        """The most tokens by which a canvas is longer than the reply."""
        return 1 if self.model.canvas_length == "exact" else self._block_length(request)

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
            speculation=request.speculation,
            logit_bias=self.logit_bias,
            end_token_ids=tuple(ends),
            watch=request.watch or request.scored,
            alternatives=request.alternatives,
            **self.decoding.values(),
        )

    def _block_params(
        self, request: InfillRequest, max_tokens: int, prompt_len: int, ends: Collection[int]
    ) -> GenerationParams:
        """The parameters of a reply with room for `max_tokens` and the end token."""
        reply = DecodingRequest(max_tokens=max_tokens + 1, steps=request.steps, block_length=request.block_length)
        lengths = plan_lengths(reply, self.defaults, prompt_len, self.model)
        params = self._params(request, lengths.gen_length, lengths.steps, ends)
        return replace(params, max_tokens=lengths.reply_limit)

    def _warnings(self, request: InfillRequest, mode: InfillMode) -> list[str]:
        warnings = [
            *request.warnings,
            *without_effect(request.decoding, self.decoding, request.time_budget_ms is not None),
        ]
        too_long = [hole.max_tokens for hole in request.holes if hole.max_tokens and hole.max_tokens > self._limit]
        if too_long:
            warnings.append(f"max_tokens was lowered from {max(too_long)} to {self._limit}.")
        if mode == "canvas" and mode not in self.capabilities.modes:
            warnings.append(f"{self.model.id} was not trained on canvases: its infills may be poor.")
        if request.mode == "both" and (reason := canvas_only(request)):
            warnings.append(f"infill_mode is canvas instead of both: {reason} on a canvas only.")
        if mode not in ("canvas", "both") and any(hole.pinned for hole in request.holes):
            warnings.append(f"pinned is ignored: the route {mode} cannot keep tokens in place.")
        if mode not in ("canvas", "both") and request.length_method is not None:
            warnings.append(f"length_method is ignored: on the route {mode} an end token ends a hole.")
        return warnings


def _with_lf(request: InfillRequest) -> InfillRequest:
    """As the model and the rules for its answer get it."""
    holes = []
    for hole in request.holes:
        pinned = [replace(pin, text=with_lf(pin.text)) for pin in hole.pinned]
        holes.append(replace(hole, pinned=pinned, hint=hole.hint and with_lf(hole.hint)))
    return replace(
        request,
        texts=[with_lf(text) for text in request.texts],
        holes=holes,
        stop=[with_lf(stop) for stop in request.stop],
        context=[replace(file, text=with_lf(file.text)) for file in request.context],
    )


def _without_hints(request: InfillRequest) -> InfillRequest:
    return replace(request, holes=[replace(hole, hint=None) for hole in request.holes])
