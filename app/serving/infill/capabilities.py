"""Which infill routes a checkpoint supports, and the texts around the holes as the model sees them."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import PromptTooLong, RequestError
from app.messages.defaults import Defaults, InfillMode
from app.serving.backend import ModelInfo
from app.serving.infill.requests import InfillRequest
from app.text.fim_tokens import FimTokens, find_fim_tokens
from app.text.layouts import context_text, near_texts, trim_context, with_hints
from app.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class InfillCapabilities:
    """What a checkpoint supports. Lengths are in tokens."""

    modes: tuple[InfillMode, ...]  # the first one is the default
    fim: FimTokens | None
    delete_token_id: int | None
    context: int  # around the holes; the model is not given more
    canvas: int  # initial number of masks in a hole of unknown length
    fills_canvas: bool = True

    def choose(self, mode: InfillMode | None) -> InfillMode:
        """Raises RequestError. A model that `fills_canvas` accepts one, whether it was trained on them or not."""
        if (mode == "canvas" and self.fills_canvas) or (mode is not None and mode in self.modes):
            return mode
        if not self.modes:
            raise RequestError(
                "This model cannot infill: it was not trained on canvases, its tokenizer has no fill-in-the-middle "
                "sentinels, and it has no chat template.",
                "infill_mode",
            )
        if mode is not None:
            allowed = ", ".join(dict.fromkeys([*self.modes, *(["canvas"] if self.fills_canvas else [])]))
            raise RequestError(f"infill_mode must be one of {allowed} for this model, got {mode}.", "infill_mode")
        return self.modes[0]


@dataclass(frozen=True)
class TokenBudget:
    """The room for texts around holes. Lengths are in tokens."""

    context: int  # the model is not given more
    max_model_len: int
    reserved: int  # of max_model_len, for everything else
    param: str  # the request's field that has the texts

    @property
    def num_tokens(self) -> int:
        return min(self.context, self.max_model_len - self.reserved)

    def check(self, num_tokens: int) -> None:
        """Raises PromptTooLong if there is no room for `num_tokens`, counted up to where they are too many."""
        if num_tokens > self.max_model_len - self.reserved:
            raise PromptTooLong(self.max_model_len, self.reserved + num_tokens, self.param, is_certain=False)
        if num_tokens > self.context:
            raise PromptTooLong(self.context, num_tokens, self.param, is_certain=False)


def find_capabilities(tokenizer: Tokenizer, model: ModelInfo, defaults: Defaults) -> InfillCapabilities:
    """A model with full attention was trained on masks anywhere in a text, so it fills canvases without deletes too."""
    fim = find_fim_tokens(tokenizer)
    fills_canvas = model.fills_canvas and (model.delete_token_id is not None or model.attention == "full")
    supported: dict[InfillMode, bool] = {
        "canvas": fills_canvas,
        "fim": fim is not None,
        "chat": tokenizer.has_chat_template,
        "both": fills_canvas and fim is not None,
    }
    modes = sorted(
        (mode for mode, is_supported in supported.items() if is_supported),
        key=lambda mode: mode != defaults.infill_mode,
    )
    context = min(defaults.infill_context or model.max_model_len, model.max_model_len)
    return InfillCapabilities(
        tuple(modes), fim, model.delete_token_id, context, defaults.infill_canvas, model.fills_canvas
    )


def visible_texts(
    request: InfillRequest, tokenizer: Tokenizer, budget: TokenBudget, with_context: bool = True
) -> list[str]:
    """The texts around the holes, with hints and other files, trimmed at the far ends to fit the budget.

    Text between holes is never trimmed: raises PromptTooLong if it does not fit.
    """

    def count(text: str) -> int:
        return tokenizer.count_plain(text, budget.max_model_len)

    near = near_texts(request.texts, budget.num_tokens)
    texts = with_hints(near, [hole.hint for hole in request.holes], request.language)
    if with_context and (request.context or request.filename):
        texts[0] = context_text(request.context, request.language, request.filename) + texts[0]
        texts = near_texts(texts, budget.num_tokens)
    between = "".join(texts[1:-1])
    budget.check(count(between) + 1)
    num_between = sum(count(text) for text in texts[1:-1])
    budget.check(num_between + 1)
    prefix, suffix = trim_context(texts[0], texts[-1], budget.num_tokens - num_between, count)
    return [prefix, *texts[1:-1], suffix]
