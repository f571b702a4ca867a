"""POST /v1/chat/completions, whole and streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

from app.api.context import json_body, service
from app.api.errors import error_event
from app.api.running import RunningAnswer, answer_head
from app.api.schemas import SHARED_FIELDS, ChatSchema, load
from app.api.sse import DONE, StreamEvent
from app.api.step_encoders import step_encoder
from app.api.structured import requested_grammar
from app.api.usage import elbarto_body, usage_body
from app.errors import RequestError, Unsupported
from app.messages.decoding import Decoding
from app.messages.options import Overrides
from app.serving.generation import SILENCE, Silence
from app.serving.reply import Reply
from app.serving.requests import ChatRequest
from app.serving.updates import Delta, Ended

blueprint = Blueprint("chat", __name__)

REQUEST_FIELDS = {*SHARED_FIELDS, "messages", "prompt_token_ids", "n", "gen_length", "ignore_eos", "alternatives"}


@blueprint.post("/v1/chat/completions")
def chat_completions() -> Response:
    body = load(ChatSchema(), json_body())
    service().check_model(body.get("model"))
    reply = service().chat(to_request(body))
    response = ChatAnswer(reply, body).respond(is_streamed=body["stream"])
    if reply.ignored:
        response.headers["x-elbarto-ignored"] = ", ".join(reply.ignored)
    return response


def to_request(body: dict[str, Any]) -> ChatRequest:
    """From a validated body; raises Unsupported or RequestError."""
    for field in ("logprobs", "top_logprobs"):
        if body.get(field):
            raise Unsupported(f"{field} is not supported by this server; leave the field out.", field)
    extras = {"tools": body["tools"]} if body.get("tools") else {}
    fields = {name: value for name, value in body.items() if name in REQUEST_FIELDS}
    max_tokens = body.get("max_completion_tokens", body.get("max_tokens"))
    watch = body["stream_mode"] == "steps"
    if watch and not body["stream"]:
        raise RequestError('stream_mode "steps" needs "stream": true.', "stream_mode")
    if body["alternatives"] and not watch:
        raise RequestError('alternatives need "stream_mode": "steps".', "alternatives")
    return ChatRequest(
        max_tokens=max_tokens,
        decoding=Overrides.pick(Decoding, body),
        template_extras=extras,
        grammar=requested_grammar(body),
        watch=watch,
        **fields,
    )


class ChatAnswer(RunningAnswer):
    """A reply in OpenAI's format."""

    def __init__(self, reply: Reply, body: dict[str, Any]) -> None:
        self._reply = reply
        self._with_usage = body.get("stream_options", {}).get("include_usage", False)
        self._with_token_ids = body["return_token_ids"]
        self._with_steps = body["stream_mode"] == "steps"
        self._with_proposals = body["alternatives"] > 0
        self._head = answer_head("chatcmpl", reply.model.id)
        super().__init__(reply, self._head)

    def body(self) -> dict[str, Any]:
        choices = []
        for index, choice in enumerate(self._reply.choices):
            message = {"role": "assistant", "content": choice.text}
            answer = {"index": index, "message": message, "logprobs": None, "finish_reason": choice.finish_reason}
            if self._with_token_ids:
                answer["token_ids"] = choice.token_ids
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
            self._record.status, event = error_event(error)
            yield event
            return
        if self.is_complete:
            yield DONE

    def _chunks(self) -> Iterator[StreamEvent]:
        for index in range(len(self._reply.choices)):
            yield self._chunk(index, {"role": "assistant", "content": ""})
        num_ended = 0
        for update in self.updates():
            match update:
                case Silence():
                    yield SILENCE
                case Delta() if update.text or self._with_token_ids:
                    yield self._chunk(update.index, {"content": update.text}, token_ids=update.token_ids)
                case Ended():
                    num_ended += 1
                    chunk = self._chunk(update.index, {}, update.finish_reason)
                    if num_ended == len(self._reply.choices) and not self._with_usage:
                        chunk["elbarto"] = elbarto_body(self._reply.usage())
                    yield chunk
        if not self.is_complete:
            return
        if self._with_usage:
            yield {**self._head, "object": "chat.completion.chunk", "choices": [], **self._counters()}
        yield DONE

    def _counters(self) -> dict[str, Any]:
        usage = self._reply.usage()
        return {"usage": usage_body(usage), "elbarto": elbarto_body(usage)}

    def _chunk(
        self, index: int, delta: dict[str, str], finish_reason: str | None = None, token_ids: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        choice: dict[str, Any] = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        if self._with_token_ids:
            choice["token_ids"] = list(token_ids)
        chunk = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return chunk | {"usage": None} if self._with_usage else chunk
