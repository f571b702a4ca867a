"""Answers in Ollama's format: one object, or a stream of a JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from app.api.context import service
from app.api.llama_cpp import timings
from app.api.ollama.models import listed_name
from app.api.running import RunningAnswer, answer_head
from app.api.sse import LINE_ENDS, Framing, StreamEvent
from app.api.tools import ReplyParts
from app.api.usage import completion_elbarto_body
from app.serving.completion import Completion
from app.serving.completion_parts import CompletionDelta, CompletionEnded
from app.serving.generation import SILENCE
from app.serving.reply import Reply
from app.serving.requests import CallArguments, CallBegun, ChatRequest, Part
from app.serving.updates import Delta, Ended

Json = dict[str, Any]


def line(event: Json | str) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).translate(LINE_ENDS) + "\n"


class GeneratedAnswer(RunningAnswer):
    """Of POST /api/generate: the text is in `response`."""

    # Clients parse every line. Space before an object is nothing to them, an empty line is an error.
    framing = Framing("application/x-ndjson", line, " ")

    def __init__(self, work: Reply | Completion, warnings: Sequence[str]) -> None:
        self._generated, self._warnings = work, list(warnings)
        super().__init__(work, answer_head("ollama", work.model.id))

    def body(self) -> Json:
        (choice,) = self._generated.choices
        parts = [*self.add(choice.text), *self.flush()]
        return self._last(self._joined(parts), choice.finish_reason or "length")

    def stream(self) -> Iterator[StreamEvent]:
        reason = "length"
        for update in self.updates():
            if isinstance(update, Delta | CompletionDelta):
                yield from map(self._line, self.add(update.text))
            elif isinstance(update, Ended | CompletionEnded):
                reason = update.finish_reason
            elif update is SILENCE:
                yield SILENCE
        if self.is_complete:
            yield from map(self._line, self.flush())
            yield self._last(self._joined([]), reason)

    def add(self, text: str) -> list[Json]:
        """What the lines have for new text."""
        return [{"response": text}] if text else []

    def flush(self) -> list[Json]:
        """The same for text that was held back."""
        return []

    def _joined(self, parts: Sequence[Json]) -> Json:
        return {"response": "".join(part["response"] for part in parts)}

    def _line(self, content: Json) -> Json:
        return {**stamp(self._generated.model.id), **content, "done": False}

    def _last(self, content: Json, reason: str) -> Json:
        elbarto = completion_elbarto_body(self._generated.usage())
        elbarto["warnings"] = [*self._warnings, *elbarto["warnings"]]
        ended = {"done": True, "done_reason": reason, **self._durations()}
        return {**stamp(self._generated.model.id), **content, **ended, "elbarto": elbarto}

    def _durations(self) -> Json:
        """In nanoseconds. The model is loaded already."""
        usage = self._generated.usage()
        spent = timings(usage, usage.completion_tokens)
        return {
            "total_duration": nanoseconds(usage.total_ms),
            "load_duration": 0,
            "prompt_eval_count": usage.prompt_tokens,
            "prompt_eval_duration": nanoseconds(spent["prompt_ms"]),
            "eval_count": usage.completion_tokens,
            "eval_duration": nanoseconds(spent["predicted_ms"]),
        }


class ChatAnswer(GeneratedAnswer):
    """Of POST /api/chat: text and calls are in `message`."""

    def __init__(self, reply: Reply, request: ChatRequest, warnings: Sequence[str]) -> None:
        self._parts = ReplyParts(service().call_parser(request.tools))
        self._call: CallBegun | None = None  # whose arguments are arriving
        self._arguments = ""
        super().__init__(reply, warnings)

    def add(self, text: str) -> list[Json]:
        return list(self._contents(self._parts.add(text)))

    def flush(self) -> list[Json]:
        return [*self._contents(self._parts.flush()), *self._end_call()]

    def _contents(self, parts: Sequence[Part]) -> Iterator[Json]:
        """A call is one line, once its arguments are complete."""
        for part in parts:
            match part:
                case CallBegun():
                    yield from self._end_call()
                    self._call, self._arguments = part, ""
                case CallArguments():
                    self._arguments += part.text
                case str():
                    yield from self._end_call()
                    yield message(part)

    def _end_call(self) -> Iterator[Json]:
        call, self._call = self._call, None
        if call is None:
            return
        try:
            arguments = json.loads(self._arguments)
        except ValueError:
            self._warnings.append(f"A call of {call.name} is left out: the reply ended in its arguments.")
            return
        function = {"index": call.index, "name": call.name, "arguments": arguments}
        yield message("", [{"id": call.id, "function": function}])

    def _joined(self, parts: Sequence[Json]) -> Json:
        messages = [part["message"] for part in parts]
        calls = [call for each in messages for call in each.get("tool_calls", ())]
        return message("".join(each["content"] for each in messages), calls)


def message(text: str, calls: Sequence[Json] = ()) -> Json:
    more = {"tool_calls": list(calls)} if calls else {}
    return {"message": {"role": "assistant", "content": text, **more}}


def loaded_answer(content: Json) -> Json:
    """To a request without a prompt, with which clients load a model."""
    return {**stamp(service().model.id), **content, "done": True, "done_reason": "load"}


def stamp(model_id: str) -> Json:
    return {"model": listed_name(model_id), "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z")}


def nanoseconds(ms: float) -> int:
    return round(ms * 1_000_000)
