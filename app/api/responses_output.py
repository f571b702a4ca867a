"""The output items of a response, and the events that tell of them while they arrive."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from app.serving.requests import CallArguments, CallBegun, CallParser, Part

Json = dict[str, Any]
Status = Literal["in_progress", "completed", "incomplete"]


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex}"


class Item(Protocol):
    """An output item so far."""

    id: str

    def body(self, status: Status) -> Json: ...

    def begin(self) -> Iterator[Json]:
        """Events between the item's first and the first of its content."""
        ...

    def add(self, text: str) -> Iterator[Json]: ...

    def end(self) -> Iterator[Json]:
        """Events between the last of its content and the item's last."""
        ...


@dataclass
class Message:
    text: str = ""
    id: str = field(default_factory=lambda: new_id("msg"))

    def body(self, status: Status) -> Json:
        content = [] if status == "in_progress" else [_part(self.text)]
        return {"id": self.id, "type": "message", "status": status, "role": "assistant", "content": content}

    def begin(self) -> Iterator[Json]:
        yield {"type": "response.content_part.added", "content_index": 0, "part": _part("")}

    def add(self, text: str) -> Iterator[Json]:
        self.text += text
        yield {"type": "response.output_text.delta", "content_index": 0, "delta": text, "logprobs": []}

    def end(self) -> Iterator[Json]:
        yield {"type": "response.output_text.done", "content_index": 0, "text": self.text, "logprobs": []}
        yield {"type": "response.content_part.done", "content_index": 0, "part": _part(self.text)}


@dataclass
class Call:
    call_id: str
    name: str
    arguments: str = ""
    id: str = field(default_factory=lambda: new_id("fc"))

    def body(self, status: Status) -> Json:
        call = {"call_id": self.call_id, "name": self.name, "arguments": self.arguments}
        return {"id": self.id, "type": "function_call", "status": status, **call}

    def begin(self) -> Iterator[Json]:
        yield from ()

    def add(self, text: str) -> Iterator[Json]:
        self.arguments += text
        yield {"type": "response.function_call_arguments.delta", "delta": text}

    def end(self) -> Iterator[Json]:
        yield {"type": "response.function_call_arguments.done", "name": self.name, "arguments": self.arguments}


class Output:
    """Makes items of a reply's text: a message of each text, a call of each that `parser` finds, in their order."""

    def __init__(self, parser: CallParser | None) -> None:
        self._parser = parser
        self._open: Item | None = None
        self.items: list[Json] = []  # those that are complete
        self.finish_reason = ""  # as in a chat, once `end` has been called

    @property
    def is_cut(self) -> bool:
        """Whether the reply ended in the middle of its last item."""
        is_cut_call = self._parser is not None and self._parser.num_calls > 0 and self.finish_reason != "tool_calls"
        return self.finish_reason == "length" or is_cut_call

    def add(self, text: str) -> Iterator[Json]:
        parts: list[Part] = self._parser.add(text) if self._parser else [text]
        for part in parts:
            yield from self._take(part)

    def end(self, finish_reason: str) -> Iterator[Json]:
        """`finish_reason` is the reply's."""
        for part in self._parser.flush() if self._parser else ():
            yield from self._take(part)
        self.finish_reason = self._parser.finish_reason(finish_reason) if self._parser else finish_reason
        if self._open is None:
            yield from self._begin(Message())
        yield from self._close("incomplete" if self.is_cut else "completed")

    def _take(self, part: Part) -> Iterator[Json]:
        match part:
            case CallBegun():
                yield from self._begin(Call(part.id, part.name))
            case CallArguments():
                yield from self._add(part.text)
            case text if text:
                if not isinstance(self._open, Message):
                    yield from self._begin(Message())
                yield from self._add(text)

    def _begin(self, item: Item) -> Iterator[Json]:
        yield from self._close("completed")
        self._open = item
        yield {"type": "response.output_item.added", **self._place, "item": item.body("in_progress")}
        yield from self._placed(item, item.begin())

    def _add(self, text: str) -> Iterator[Json]:
        assert self._open is not None
        yield from self._placed(self._open, self._open.add(text))

    def _close(self, status: Status) -> Iterator[Json]:
        if self._open is None:
            return
        yield from self._placed(self._open, self._open.end())
        body = self._open.body(status)
        yield {"type": "response.output_item.done", **self._place, "item": body}
        self.items.append(body)
        self._open = None

    @property
    def _place(self) -> Json:
        return {"output_index": len(self.items)}

    def _placed(self, item: Item, events: Iterator[Json]) -> Iterator[Json]:
        for event in events:
            yield {**event, "item_id": item.id, **self._place}


def _part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
