"""The engine in this process."""

from __future__ import annotations

import dataclasses
import logging
import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from app.cli.replies import End, Filled, FillRequest, Item, Message, Piece, SpanRequest, WatchedStep
from app.settings import Settings

if TYPE_CHECKING:
    from app.serving.infill.infill import Infill
    from app.serving.reply import Reply
    from app.serving.requests import TokenText
    from app.serving.service import Service
    from app.serving.updates import Step


class LocalModel:
    def __init__(self, settings: Settings, max_tokens: int | None) -> None:
        """Load the model; raises StartError."""
        from app import create_service, model_source
        from app.inspection.preflight import check_before_loading

        check_before_loading(model_source(settings))
        logging.basicConfig(level=logging.ERROR)  # warnings are part of a reply
        if sys.stderr.isatty():
            print(f"elbarto: loading {settings.model_path or 'the embedded model'} ...", file=sys.stderr)
        self._max_tokens = max_tokens
        self._service: Service = create_service(settings)
        try:
            self._service.wait_until_ready()
        except BaseException:
            self.close()
            raise

    def follow(self, messages: Sequence[Message], is_watched: bool = False) -> Generator[Item]:
        from app.serving.requests import ChatRequest
        from app.serving.updates import Delta, Step

        reply = self._service.chat(ChatRequest(messages=messages, max_tokens=self._max_tokens, watch=is_watched))
        text = self._service.token_text() if is_watched else None
        try:
            for item in reply:
                if isinstance(item, Delta):
                    yield Piece(item.text)
                elif isinstance(item, Step) and text is not None:
                    yield _step(item, reply, text)
            yield _end(reply)
        finally:
            reply.abort()

    def fill(self, request: FillRequest) -> Filled:
        from app.serving.infill.requests import Hole, InfillRequest

        return _filled(
            self._service.infill(
                InfillRequest(
                    texts=request.texts,
                    holes=[Hole(hole.max_tokens, hole.single_line, hint=hole.hint) for hole in request.holes],
                    language=request.language,
                    filename=request.filename,
                    n=request.n,
                )
            )
        )

    def denoise_again(self, request: SpanRequest) -> Filled:
        from app.serving.infill.requests import EditRequest, Hole, InfillRequest

        text, spans = request.text, request.spans
        starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)]
        infill = InfillRequest(
            texts=[text[start:end] for start, end in zip(starts, ends, strict=True)],
            holes=[Hole() for _ in spans],
            language=request.language,
        )
        present = [text[start:end] for start, end in spans]
        return _filled(self._service.edit(EditRequest(infill=infill, spans=present, mode=request.mode)))

    def close(self) -> None:
        self._service.close()


def _step(item: Step, reply: Reply, text: TokenText) -> WatchedStep:
    prompt = reply.prompt_tokens
    final = [proposal for proposal in item.event.proposals if proposal.is_final]
    tokens = [(each.position - prompt, text.of(each.token_id) or "", each.confidence) for each in final]
    return WatchedStep(max(0, item.event.start - prompt), item.event.end - prompt, tokens)


def _end(reply: Reply) -> End:
    choice = reply.choices[0]
    stats: dict[str, object] = {} if choice.counters is None else dataclasses.asdict(choice.counters)
    return End(choice.finish_reason, {**stats, "tokens_per_forward": reply.usage().tpf}, reply.warnings)


def _filled(infill: Infill) -> Filled:
    try:
        for _ in infill:
            pass
    finally:
        infill.abort()
    candidates = [[hole.text for hole in candidate.holes] for candidate in infill.candidates]
    return Filled(candidates, infill.usage().warnings)
