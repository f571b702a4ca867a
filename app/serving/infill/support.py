"""Which routes a checkpoint has, and the texts around the holes as the model is to see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import PromptTooLong, RequestError
from app.serving.infill.requests import InfillRequest
from app.serving.requests import Defaults, InfillMode
from app.text.fim_tokens import FimTokens, find_fim_tokens
from app.text.layouts import context_text, trim_context, with_hints
from app.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Support:
    """`modes`: the first is the default. `context`: tokens around the holes that the model makes use of."""

    modes: tuple[InfillMode, ...]
    fim: FimTokens | None
    delete_token_id: int | None
    context: int
    canvas: int

    def choose(self, mode: InfillMode | None) -> InfillMode:
        """Raises RequestError. Any masked model can be put before a canvas, whether it was trained for one or not."""
        if mode == "canvas" or (mode is not None and mode in self.modes):
            return mode
        if not self.modes:
            raise RequestError(
                "This model cannot infill: it was not trained on canvases, its tokenizer has no fill-in-the-middle "
                "sentinels, and it has no chat template.",
                "infill_mode",
            )
        if mode is not None:
            allowed = ", ".join(dict.fromkeys([*self.modes, "canvas"]))
            raise RequestError(f"infill_mode must be one of {allowed} for this model, got {mode}.", "infill_mode")
        return self.modes[0]


@dataclass(frozen=True)
class Room:
    """For texts, in a model that makes use of `context` tokens and where so many of `max_model_len` are `reserved`.
    `param` is the field that the texts come from."""

    context: int
    max_model_len: int
    reserved: int
    param: str

    @property
    def num_tokens(self) -> int:
        return min(self.context, self.max_model_len - self.reserved)

    def check(self, num_tokens: int) -> None:
        """Raises PromptTooLong where there is no room for so many."""
        if num_tokens > self.max_model_len - self.reserved:
            raise PromptTooLong(self.max_model_len, self.reserved + num_tokens, self.param)
        if num_tokens > self.context:
            raise PromptTooLong(self.context, num_tokens, self.param)


def find_support(tokenizer: Tokenizer, delete_token_id: int | None, max_model_len: int, defaults: Defaults) -> Support:
    fim = find_fim_tokens(tokenizer)
    found: dict[InfillMode, bool] = {
        "canvas": delete_token_id is not None,
        "fim": fim is not None,
        "chat": tokenizer.has_chat_template,
    }
    modes = sorted((mode for mode, has in found.items() if has), key=lambda mode: mode != defaults.infill_mode)
    context = min(defaults.infill_context or max_model_len, max_model_len)
    return Support(tuple(modes), fim, delete_token_id, context, defaults.infill_canvas)


def visible_texts(request: InfillRequest, tokenizer: Tokenizer, room: Room, with_context: bool = True) -> list[str]:
    """The texts around the holes with hints and other files, cut at the far ends so that there is room for them.

    What stands between holes is never cut: raises PromptTooLong where it alone is too long.
    """

    def count(text: str) -> int:
        return len(tokenizer.encode_plain(text))

    texts = with_hints(request.texts, [hole.hint for hole in request.holes], request.language)
    if with_context and (request.context or request.filename):
        texts[0] = context_text(request.context, request.language, request.filename) + texts[0]
    between = sum(count(text) for text in texts[1:-1])
    room.check(between + 1)
    prefix, suffix = trim_context(texts[0], texts[-1], room.num_tokens - between, count)
    return [prefix, *texts[1:-1], suffix]


def joined(texts: Sequence[str], holes: Sequence[str]) -> str:
    return "".join(text + hole for text, hole in zip(texts, [*holes, ""], strict=True))
