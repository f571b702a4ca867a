"""Replies in Anthropic's format, whole and streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from app.api.context import service
from app.api.running import RunningAnswer, answer_head
from app.api.sse import Framing, StreamEvent, named_frame
from app.api.tools import ReplyParts
from app.api.usage import elbarto_body
from app.serving.generation import SILENCE
from app.serving.reply import Reply
from app.serving.requests import CallArguments, CallBegun, ChatRequest, Part
from app.serving.updates import Delta, Ended

Json = dict[str, Any]

PING: Json = {"type": "ping"}


class MessageAnswer(RunningAnswer):
    """A reply in Anthropic's format."""

    framing = Framing("text/event-stream", named_frame, named_frame(PING))

    def __init__(self, reply: Reply, request: ChatRequest, warnings: Sequence[str]) -> None:
        self._reply, self._warnings = reply, list(warnings)
        self._parts = ReplyParts(service().call_parser(request.tools))
        self._blocks = BlockEvents()
        self._head = answer_head("msg", reply.model.id)
        super().__init__(reply, self._head)

    def body(self) -> Json:
        (choice,) = self._reply.choices
        content = []
        for block in content_blocks([*self._parts.add(choice.text), *self._parts.flush()]):
            if block["type"] == "tool_use":
                try:
                    block["input"] = json.loads(block["input"])
                except ValueError:
                    self._warnings.append(f"A call of {block['name']} is left out: the reply ended in its input.")
                    continue
            content.append(block)
        return {**self._message(content), **self._ending(choice.finish_reason or "length"), **self._counters()}

    def stream(self) -> Iterator[StreamEvent]:
        started = {"stop_reason": None, "stop_sequence": None, "usage": usage_body(self._reply.prompt_tokens, 0, 0)}
        yield {"type": "message_start", "message": {**self._message([]), **started}}
        yield PING
        reason = "length"
        for update in self.updates():
            match update:
                case Delta():
                    yield from self._blocks.take(self._parts.add(update.text))
                case Ended():
                    reason = update.finish_reason
                case _ if update is SILENCE:
                    yield SILENCE
        if not self.is_complete:
            return
        yield from self._blocks.take(self._parts.flush())
        yield from self._blocks.close()
        yield {"type": "message_delta", "delta": self._ending(reason), **self._counters()}
        yield {"type": "message_stop"}

    def _message(self, content: Sequence[Json]) -> Json:
        head = {"id": self._head["id"], "type": "message", "role": "assistant", "model": self._head["model"]}
        return {**head, "content": list(content)}

    def _ending(self, reason: str) -> Json:
        reason = self._parts.finish_reason(reason)
        found = self._reply.choices[0].stop_string if reason == "stop" else None
        ended = "end_turn" if found is None else "stop_sequence"
        names = {"stop": ended, "length": "max_tokens", "tool_calls": "tool_use"}
        return {"stop_reason": names[reason], "stop_sequence": found}

    def _counters(self) -> Json:
        usage = self._reply.usage()
        elbarto = elbarto_body(usage)
        elbarto["warnings"] = [*self._warnings, *elbarto["warnings"]]
        tokens = usage_body(usage.prompt_tokens, usage.cached_prompt_tokens, usage.completion_tokens)
        return {"usage": tokens, "elbarto": elbarto}


class BlockEvents:
    """The events of a message's content: each block is begun, filled and stopped before the next."""

    def __init__(self) -> None:
        self._num = 0
        self._open: str | None = None  # the type of the current block

    def take(self, parts: Sequence[Part]) -> Iterator[Json]:
        for part in parts:
            match part:
                case CallBegun():
                    yield from self._begin(call_block(part, {}))
                case CallArguments():
                    yield self._delta({"type": "input_json_delta", "partial_json": part.text})
                case str():
                    if self._open != "text":
                        yield from self._begin({"type": "text", "text": ""})
                    yield self._delta({"type": "text_delta", "text": part})

    def close(self) -> Iterator[Json]:
        if self._open:
            yield {"type": "content_block_stop", "index": self._num - 1}
        self._open = None

    def _begin(self, block: Json) -> Iterator[Json]:
        yield from self.close()
        yield {"type": "content_block_start", "index": self._num, "content_block": block}
        self._num, self._open = self._num + 1, block["type"]

    def _delta(self, delta: Json) -> Json:
        return {"type": "content_block_delta", "index": self._num - 1, "delta": delta}


def content_blocks(parts: Sequence[Part]) -> list[Json]:
    """Of a whole reply. The input of a call is still JSON text."""
    blocks: list[Json] = []
    for part in parts:
        match part:
            case CallBegun():
                blocks.append(call_block(part, ""))
            case CallArguments():
                blocks[-1]["input"] += part.text
            case str():
                if not blocks or blocks[-1]["type"] != "text":
                    blocks.append({"type": "text", "text": ""})
                blocks[-1]["text"] += part
    return blocks


def call_block(call: CallBegun, arguments: Any) -> Json:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}


def usage_body(prompt_tokens: int, cached_tokens: int, completion_tokens: int) -> Json:
    """In Anthropic's counting, cached tokens are no input tokens."""
    return {
        "input_tokens": prompt_tokens - cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached_tokens,
        "output_tokens": completion_tokens,
    }
