"""Completions in OpenAI's format, as text or as chat messages, whole and streamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.api.context import service
from app.api.logprobs import LoggedText, completion_logprobs
from app.api.running import RunningAnswer, answer_head
from app.api.sse import DONE, StreamEvent
from app.api.usage import completion_elbarto_body, usage_body
from app.serving.completion import Completion
from app.serving.completion_parts import CompletionDelta, CompletionEnded
from app.serving.generation import SILENCE
from app.serving.token_log import Entry, Scored, TokenLog


class TextAnswer(RunningAnswer):
    """`choices[].text`."""

    id_prefix, kind, chunk_kind = "cmpl", "text_completion", "text_completion"

    def __init__(self, completion: Completion, body: dict[str, Any]) -> None:
        self._completion = completion
        self._with_usage = body.get("stream_options", {}).get("include_usage", False)
        self._with_token_ids = body["return_token_ids"]
        self._echo = body["echo"]
        self._num_logprobs: int | None = body.get("logprobs")
        self._head = answer_head(self.id_prefix, completion.model.id)
        super().__init__(completion, self._head)

    def body(self) -> dict[str, Any]:
        choices = []
        for index, completed in enumerate(self._completion.choices):
            choice = self._choice(index, self._echoed(index) + completed.text, completed.finish_reason)
            log = self._log(index)
            if log is not None:
                log.add(completed.tokens)
                choice["logprobs"] = completion_logprobs(log.take(len(choice["text"]), is_over=True))
            choices.append(self._with_ids(choice, completed.tokens))
        return {**self._head, "object": self.kind, "choices": choices, **self._counters()}

    def stream(self) -> Iterator[StreamEvent]:
        num_choices = self._completion.request.n * len(self._completion.prompts)
        yield from self._openings(num_choices)
        streams = [LoggedText(self._log(index), len(self._echoed(index))) for index in range(num_choices)]
        num_ended = 0
        for event in self.updates():
            if isinstance(event, CompletionDelta):
                logged = streams[event.index].add(event.text, event.tokens)
                if event.text or logged or (self._with_token_ids and event.tokens):
                    yield self._chunk(self._piece(event.index, event.text, None), logged, event.tokens)
            elif isinstance(event, CompletionEnded):
                num_ended += 1
                piece = self._piece(event.index, "", event.finish_reason)
                yield self._last(self._chunk(piece, streams[event.index].end(), ()), num_ended == num_choices)
            else:
                yield SILENCE
        if not self.is_complete:
            return
        if self._with_usage:
            yield {**self._head, "object": self.chunk_kind, "choices": [], **self._counters()}
        yield DONE

    def _counters(self) -> dict[str, Any]:
        usage = self._completion.usage()
        return {"usage": usage_body(usage), "elbarto": completion_elbarto_body(usage)}

    def _openings(self, num_choices: int) -> Iterator[StreamEvent]:
        """The chunks before any generated text."""
        for index in range(num_choices if self._echo else 0):
            yield self._chunk(self._piece(index, self._echoed(index), None), [], ())

    def _choice(self, index: int, text: str, finish_reason: str | None) -> dict[str, Any]:
        return {"index": index, "text": text, "logprobs": None, "finish_reason": finish_reason}

    def _piece(self, index: int, text: str, finish_reason: str | None) -> dict[str, Any]:
        """A choice in a chunk."""
        return self._choice(index, text, finish_reason)

    def _last(self, chunk: dict[str, Any], is_last: bool) -> dict[str, Any]:
        """A chunk with a finish_reason; the last chunk of the stream also has the counters."""
        return chunk | {"elbarto": self._counters()["elbarto"]} if is_last and not self._with_usage else chunk

    def _chunk(self, choice: dict[str, Any], logged: Sequence[Entry], tokens: Sequence[Scored]) -> dict[str, Any]:
        if logged:
            choice["logprobs"] = completion_logprobs(logged)
        chunk = {**self._head, "object": self.chunk_kind, "choices": [self._with_ids(choice, tokens)]}
        return chunk | {"usage": None} if self._with_usage else chunk

    def _with_ids(self, choice: dict[str, Any], tokens: Sequence[Scored]) -> dict[str, Any]:
        return choice | {"token_ids": [token.id for token in tokens]} if self._with_token_ids else choice

    def _echoed(self, index: int) -> str:
        return self._completion.prompt_of(index) if self._echo else ""

    def _log(self, index: int) -> TokenLog | None:
        return None if self._num_logprobs is None else service().token_log(len(self._echoed(index)))


class ChatShapedAnswer(TextAnswer):
    """`choices[].message`, and `delta` in a stream: Mistral's format, whose last chunk has the usage."""

    id_prefix, kind, chunk_kind = "fim", "chat.completion", "chat.completion.chunk"

    def _openings(self, num_choices: int) -> Iterator[StreamEvent]:
        for index in range(num_choices):
            choice = self._piece(index, self._echoed(index), None)
            choice["delta"] = {"role": "assistant", **choice["delta"]}
            yield self._chunk(choice, [], ())

    def _choice(self, index: int, text: str, finish_reason: str | None) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        return {"index": index, "message": message, "logprobs": None, "finish_reason": finish_reason}

    def _piece(self, index: int, text: str, finish_reason: str | None) -> dict[str, Any]:
        return {"index": index, "delta": {"content": text}, "logprobs": None, "finish_reason": finish_reason}

    def _last(self, chunk: dict[str, Any], is_last: bool) -> dict[str, Any]:
        chunk = super()._last(chunk, is_last)
        return chunk | {"usage": self._counters()["usage"]} if is_last and not self._with_usage else chunk
