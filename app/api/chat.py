"""POST /v1/chat/completions, whole and streamed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, jsonify

from app.api.context import ClientConnection, json_body, service
from app.api.request_log import RequestRecord, record
from app.api.schemas import ChatSchema, load
from app.api.sse import DONE, StreamEvent, event_stream
from app.api.step_events import Event, ReplyTeller, error_event
from app.api.traffic import traffic
from app.api.usage import elbarto, usage
from app.errors import RequestError, Unsupported
from app.serving.generation import SILENCE, Silence
from app.serving.reply import Reply
from app.serving.requests import ChatRequest, Delta, Ended

blueprint = Blueprint("chat", __name__)

REQUEST_FIELDS = {
    *("messages", "prompt_token_ids", "n", "gen_length", "steps", "block_length", "remasking"),
    *("decode_mode", "threshold", "factor", "gamma", "small_block_length", "time_budget_ms"),
    *("temperature", "top_p", "top_k", "repetition_penalty", "presence_penalty", "frequency_penalty"),
    *("seed", "stop", "ignore_eos", "alternatives"),
}
# nginx's number for it; nobody is left to read it, but the log is.
CLIENT_CLOSED_REQUEST = 499


@blueprint.post("/v1/chat/completions")
def chat_completions() -> Response:
    body = load(ChatSchema(), json_body())
    service().check_model(body.get("model"))
    reply = service().chat(to_request(body))
    answer = ChatAnswer(reply, body)
    try:
        response = answer.stream() if body["stream"] else answer.whole()
    except Exception:
        answer.close()
        raise
    # Not in a `finally` of the generator: one that was never started is closed without running it.
    response.call_on_close(answer.close)
    if reply.ignored:
        response.headers["x-elbarto-ignored"] = ", ".join(reply.ignored)
    return response


def to_request(body: dict[str, Any]) -> ChatRequest:
    """The service's words for a validated body; raises Unsupported."""
    for field in ("logprobs", "top_logprobs"):
        if body.get(field):
            raise Unsupported(f"{field} is not supported by this server; leave the field out.", field)
    extras = {name: body[name] for name in ("tools", "response_format") if body.get(name)}
    if extras.get("response_format") == {"type": "text"}:
        del extras["response_format"]  # what everybody gets
    given = {name: value for name, value in body.items() if name in REQUEST_FIELDS}
    max_tokens = body.get("max_completion_tokens", body.get("max_tokens"))
    watch = body["stream_mode"] == "steps"
    if watch and not body["stream"]:
        raise RequestError('stream_mode "steps" needs "stream": true.', "stream_mode")
    if body["alternatives"] and not watch:
        raise RequestError('alternatives need "stream_mode": "steps".', "alternatives")
    return ChatRequest(**{**given, "max_tokens": max_tokens, "template_extras": extras, "watch": watch})


class ChatAnswer:
    """One reply in OpenAI's words."""

    def __init__(self, reply: Reply, body: dict[str, Any]) -> None:
        self._reply = reply
        self._client = ClientConnection()
        reply.watch_client(self._client.is_gone)
        self._record: RequestRecord = record()
        self._with_usage = body.get("stream_options", {}).get("include_usage", False)
        self._with_token_ids = body["return_token_ids"]
        self._tells_steps = body["stream_mode"] == "steps"
        self._alternatives = body["alternatives"]
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": reply.model.id}
        self._leave = traffic().enter(self._head, reply)

    def whole(self) -> Response:
        for _ in self._reply:
            if self._client.is_gone():
                return Response(status=CLIENT_CLOSED_REQUEST)
        choices = []
        for index, choice in enumerate(self._reply.choices):
            message = {"role": "assistant", "content": choice.text}
            answer = {"index": index, "message": message, "logprobs": None, "finish_reason": choice.finish_reason}
            if self._with_token_ids:
                answer["token_ids"] = choice.token_ids
            choices.append(answer)
        return jsonify(
            {**self._head, "object": "chat.completion", "choices": choices}
            | {"usage": usage(self._reply), "elbarto": elbarto(self._reply)}
        )

    def stream(self) -> Response:
        events = self._steps() if self._tells_steps else self._chunks()
        return event_stream(events, current_app.config["SSE_KEEPALIVE_S"])

    def step_events(self) -> Iterator[Event | Silence]:
        """Every denoising step (docs/steps.md)."""
        head = {**self._head, "object": "chat.completion.steps"}
        return ReplyTeller(head, self._reply, service().token_text(), self._alternatives > 0).events()

    def close(self) -> None:
        """However the response ended: leave the engine and tell the log."""
        self._leave()
        self._reply.abort()
        self._record.tokens = self._reply.completion_tokens
        self._record.tokens_per_forward = self._reply.tokens_per_forward or None
        is_whole = self._reply.is_complete and not self._reply.was_abandoned
        if not is_whole and self._record.status == 200:
            self._record.status = CLIENT_CLOSED_REQUEST

    def _steps(self) -> Iterator[StreamEvent]:
        try:
            for event in self.step_events():
                if self._client.is_gone():
                    return
                yield event
        except Exception as error:
            self._record.status, event = error_event(error)
            yield event
        else:
            yield DONE

    def _chunks(self) -> Iterator[StreamEvent]:
        for index in range(len(self._reply.choices)):
            yield self._chunk(index, {"role": "assistant", "content": ""})
        ended = 0
        for item in self._reply:
            if self._client.is_gone():
                return
            if isinstance(item, Delta):
                if item.text or self._with_token_ids:
                    yield self._chunk(item.index, {"content": item.text}, token_ids=item.token_ids)
            elif isinstance(item, Ended):
                ended += 1
                chunk = self._chunk(item.index, {}, item.finish_reason)
                if ended == len(self._reply.choices) and not self._with_usage:
                    chunk["elbarto"] = elbarto(self._reply)
                yield chunk
            else:
                yield SILENCE
        if self._with_usage:
            head = {**self._head, "object": "chat.completion.chunk", "choices": []}
            yield head | {"usage": usage(self._reply), "elbarto": elbarto(self._reply)}
        yield DONE

    def _chunk(
        self, index: int, delta: dict[str, str], finish_reason: str | None = None, token_ids: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        choice: dict[str, Any] = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        if self._with_token_ids:
            choice["token_ids"] = list(token_ids)
        chunk = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return chunk | {"usage": None} if self._with_usage else chunk
