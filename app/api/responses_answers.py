"""Responses in OpenAI's format, whole and streamed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from app.api.context import service
from app.api.errors import error_event
from app.api.responses_output import Output, new_id
from app.api.running import RunningAnswer, answer_head
from app.api.sse import NAMED_SSE, StreamEvent
from app.api.usage import elbarto_body
from app.serving.generation import SILENCE, Silence
from app.serving.reply import Reply
from app.serving.requests import ChatRequest
from app.serving.updates import Delta, Ended
from app.serving.work import Usage

# Fields of the request that a response repeats, and what they are if absent.
REPEATED: Mapping[str, Any] = {
    **dict.fromkeys(("instructions", "max_output_tokens", "max_tool_calls", "prompt_cache_key", "safety_identifier")),
    "user": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "tool_choice": "auto",
}


class ResponseAnswer(RunningAnswer):
    """One reply to a chat as a response."""

    framing = NAMED_SSE

    def __init__(self, reply: Reply, request: ChatRequest, sent: Mapping[str, Any], warnings: Sequence[str]) -> None:
        """`sent` is the validated body; `warnings` come before the reply's own."""
        self._reply, self._warnings = reply, warnings
        self._output = Output(service().call_parser(request.tools))
        head = {**answer_head("resp", reply.model.id), "id": new_id("resp")}
        self._begun = _begun(head, reply, sent)
        super().__init__(reply, head)

    def body(self) -> dict[str, Any]:
        (choice,) = self._reply.choices
        for _ in (*self._output.add(choice.text), *self._output.end(choice.finish_reason or "length")):
            pass
        return self._ended()

    def stream(self) -> Iterator[StreamEvent]:
        numbers = count()
        for event in self._events():
            if isinstance(event, Silence):
                yield event
            else:
                yield {"type": event["type"], "sequence_number": next(numbers), **event}

    def _events(self) -> Iterator[dict[str, Any] | Silence]:
        yield {"type": "response.created", "response": self._begun}
        yield {"type": "response.in_progress", "response": self._begun}
        try:
            for update in self.updates():
                match update:
                    case Silence():
                        yield SILENCE
                    case Delta():
                        yield from self._output.add(update.text)
                    case Ended():
                        yield from self._output.end(update.finish_reason)
        except Exception as error:
            status, event = error_event(error)
            self._record.fail(status, getattr(error, "code", None))
            failure = {"code": "server_error", "message": event["error"]["message"]}
            failed = {**self._begun, "status": "failed", "error": failure, "output": self._output.items}
            yield {"type": "response.failed", "response": failed}
            return
        if self.is_complete:
            response = self._ended()
            yield {"type": f"response.{response['status']}", "response": response}

    def _ended(self) -> dict[str, Any]:
        usage, output = self._reply.usage(), self._output
        counters = elbarto_body(usage)
        ended: dict[str, Any] = {"status": "completed", "completed_at": int(time.time())}
        if output.is_cut:
            # OpenAI has no reason for a stop string in the middle of a call.
            reason = "max_output_tokens" if output.finish_reason == "length" else None
            ended = {"status": "incomplete", "incomplete_details": {"reason": reason}}
        made = {**counters, "warnings": [*self._warnings, *counters["warnings"]]}
        return {**self._begun, **ended, "output": output.items, "usage": _usage_body(usage), "elbarto": made}


def _begun(head: Mapping[str, Any], reply: Reply, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The response before it has output."""
    optional = {"parameters": None, "strict": None}
    return {
        "id": head["id"],
        "object": "response",
        "created_at": head["created"],
        "completed_at": None,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "model": head["model"],
        "output": [],
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": False,
        "temperature": reply.params.temperature,
        "text": {"format": sent.get("text", {}).get("format", {"type": "text"})},
        "tools": [{**optional, **tool} for tool in sent.get("tools", ()) if tool["type"] == "function"],
        "top_logprobs": 0,
        "top_p": reply.params.top_p,
        "truncation": "disabled",
        "usage": None,
        **{name: sent.get(name, default) for name, default in REPEATED.items()},
    }


def _usage_body(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt_tokens,
        # Nothing is charged for writing to the cache, so nothing is counted.
        "input_tokens_details": {"cached_tokens": usage.cached_prompt_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
