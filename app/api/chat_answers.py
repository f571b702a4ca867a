"""Chat replies in OpenAI's format, whole and streamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.api.context import service
from app.api.errors import error_event
from app.api.logprobs import LoggedText, chat_logprobs
from app.api.running import RunningAnswer, answer_head
from app.api.sse import DONE, StreamEvent
from app.api.step_encoders import step_encoder
from app.api.tools import delta_body, message_body
from app.api.usage import elbarto_body, usage_body
from app.messages.events import Token
from app.serving.generation import SILENCE, Silence
from app.serving.reply import Reply
from app.serving.requests import ChatRequest, Part
from app.serving.token_log import Alternatives, Entry
from app.serving.updates import Delta, Ended, Step


class ChatAnswer(RunningAnswer):
    """A reply in OpenAI's format."""

    def __init__(self, reply: Reply, request: ChatRequest, body: dict[str, Any]) -> None:
        self._reply, self._tools = reply, request.tools
        self._with_usage = body.get("stream_options", {}).get("include_usage", False)
        self._with_token_ids = body["return_token_ids"]
        self._with_steps = body["stream_mode"] == "steps"
        self._with_proposals = body["alternatives"] > 0
        self._num_top: int | None = body["top_logprobs"] if body["logprobs"] else None
        self._choices = [ChatChoice(request, self._num_top is not None) for _ in reply.choices]
        self._head = answer_head("chatcmpl", reply.model.id)
        super().__init__(reply, self._head)

    def updates(self) -> Iterator[Any]:
        for update in super().updates():
            if isinstance(update, Step):
                self._choices[update.index].watch(update)
            yield update

    def body(self) -> dict[str, Any]:
        choices = []
        for index, (choice, replied) in enumerate(zip(self._choices, self._reply.choices, strict=True)):
            message, reason = message_body(replied.text, choice.parser, replied.finish_reason or "length")
            logged = choice.log(replied.text, replied.tokens) + choice.logged.end()
            answer = {"index": index, "message": message, "logprobs": self._logprobs(logged), "finish_reason": reason}
            if self._with_token_ids:
                answer["token_ids"] = replied.token_ids
            choices.append(answer)
        return {**self._head, "object": "chat.completion", "choices": choices, **self._counters()}

    def stream(self) -> Iterator[StreamEvent]:
        return self._steps() if self._with_steps else self._chunks()

    def _steps(self) -> Iterator[StreamEvent]:
        """Every denoising step (docs/reference/steps.md)."""
        encoder = step_encoder(self._reply, self._head, service().token_text(), self._with_proposals)
        try:
            yield from encoder.events(self.updates(), "chat.completion.steps")
        except Exception as error:
            status, event = error_event(error)
            self._record.fail(status, getattr(error, "code", None))
            yield event
            return
        if self.is_complete:
            yield DONE

    def _chunks(self) -> Iterator[StreamEvent]:
        for index in range(len(self._reply.choices)):
            # A reply that must consist of calls has no content; of others it is not known yet.
            content = None if self._tools and self._tools.is_certain else ""
            yield self._chunk(index, {"role": "assistant", "content": content})
        num_ended = 0
        for update in self.updates():
            match update:
                case Silence():
                    yield SILENCE
                case Delta():
                    yield from self._delta(update)
                case Ended():
                    num_ended += 1
                    *chunks, last = self._end(update)
                    if num_ended == len(self._reply.choices) and not self._with_usage:
                        last["elbarto"] = elbarto_body(self._reply.usage())
                    yield from [*chunks, last]
        if not self.is_complete:
            return
        if self._with_usage:
            yield {**self._head, "object": "chat.completion.chunk", "choices": [], **self._counters()}
        yield DONE

    def _delta(self, update: Delta) -> Iterator[dict[str, Any]]:
        """A chunk for each part of the new text. The first also has the tokens; without any, they have their own."""
        choice = self._choices[update.index]
        parts, logged, ids = choice.parts(update.text), choice.log(update.text, update.tokens), update.token_ids
        deltas = [delta_body(part) for part in parts]
        if not deltas and (logged or (self._with_token_ids and ids)):
            deltas = [{} if choice.parser else {"content": ""}]
        for delta in deltas:
            yield self._chunk(update.index, delta, None, logged, ids)
            logged, ids = [], ()

    def _end(self, update: Ended) -> Iterator[dict[str, Any]]:
        choice = self._choices[update.index]
        reason: str = update.finish_reason
        if choice.parser:
            for part in choice.parser.flush():
                yield self._chunk(update.index, delta_body(part))
            reason = choice.parser.finish_reason(reason)
        yield self._chunk(update.index, {}, reason, choice.logged.end())

    def _counters(self) -> dict[str, Any]:
        usage = self._reply.usage()
        return {"usage": usage_body(usage), "elbarto": elbarto_body(usage)}

    def _chunk(
        self,
        index: int,
        delta: dict[str, Any],
        finish_reason: str | None = None,
        logged: Sequence[Entry] = (),
        token_ids: Sequence[int] = (),
    ) -> dict[str, Any]:
        logprobs = self._logprobs(logged) if logged else None
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        if self._with_token_ids:
            choice["token_ids"] = list(token_ids)
        chunk = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return chunk | {"usage": None} if self._with_usage else chunk

    def _logprobs(self, logged: Sequence[Entry]) -> dict[str, Any] | None:
        return None if self._num_top is None else chat_logprobs(logged, self._num_top)


class ChatChoice:
    """What is found in one choice's text: calls, and the tokens with their probabilities."""

    def __init__(self, request: ChatRequest, is_scored: bool) -> None:
        self.parser = service().call_parser(request.tools)
        self._alternatives = Alternatives()
        self.logged = LoggedText(service().token_log(0) if is_scored else None)
        self._is_scored = is_scored

    def parts(self, text: str) -> list[Part]:
        if self.parser:
            return self.parser.add(text)
        return [text] if text else []

    def log(self, text: str, tokens: Sequence[Token]) -> list[Entry]:
        return self.logged.add(text, self._alternatives.score_all(tokens)) if self._is_scored else []

    def watch(self, step: Step) -> None:
        if self._is_scored:
            self._alternatives.take(step.event)
