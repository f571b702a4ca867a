"""A model on a server with OpenAI's API; holes and steps need this server's own routes."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.cli.replies import End, Filled, FillRequest, Item, Message, Piece, SpanRequest, WatchedStep, elbarto_stats
from app.remote import ApiServer
from app.remote import RemoteError as RemoteError


class RemoteModel:
    def __init__(
        self,
        url: str,
        api_key: str | None,
        max_tokens: int | None,
        fields: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """`url` may or may not end with /v1; `fields` go into every request.

        Requests the model's id; raises ConfigError or RemoteError.
        """
        self._server = ApiServer(url, api_key)
        self._max_tokens = max_tokens
        self._fields = fields
        self._model = self._server.find_model()

    def follow(self, messages: Sequence[Message], is_watched: bool = False) -> Generator[Item]:
        body: dict[str, Any] = {"model": self._model, "messages": list(messages), **self._fields}
        if self._max_tokens is not None:
            body["max_tokens"] = self._max_tokens
        if is_watched:
            body["stream_mode"] = "steps"
        chunks = self._server.stream("/chat/completions", body)
        end = End(None)
        try:
            for chunk in chunks:
                for item in _items(chunk or {}):
                    if not isinstance(item, End):
                        yield item
                    else:
                        end = item
        finally:
            chunks.close()
        yield end

    def fill(self, request: FillRequest) -> Filled:
        segments: list[object] = [request.texts[0]]
        for hole, text in zip(request.holes, request.texts[1:], strict=True):
            given = {"single_line": hole.single_line, "hint": hole.hint, "max_tokens": hole.max_tokens}
            segments += [{"hole": {name: value for name, value in given.items() if value is not None}}, text]
        body = {"segments": segments, "language": request.language, "n": request.n, "model": self._model}
        if request.filename is not None:
            body["filename"] = request.filename
        answer = self._server.post("/infill", {**body, **self._fields})
        return Filled([[hole["text"] for hole in each["holes"]] for each in answer["choices"]], _warnings(answer))

    def denoise_again(self, request: SpanRequest) -> Filled:
        body = {"text": request.text, "spans": list(request.spans), "mode": request.mode, "language": request.language}
        answer = self._server.post("/edits", {**body, "model": self._model, **self._fields})
        return Filled([[edit["text"] for edit in answer["edits"]]], _warnings(answer))

    def close(self) -> None:
        """Each request has its own connection, so there is nothing to close."""


def _items(chunk: Mapping[str, Any]) -> Generator[Item]:
    """What a chunk, or an event of a watched reply, says."""
    kind = chunk.get("type")
    if kind == "step":
        tokens = [(each["position"], each.get("text") or "", each["confidence"]) for each in chunk["tokens"]]
        yield WatchedStep(chunk["start"], chunk["end"], tokens)
    elif kind == "committed":
        yield Piece(chunk["text"])
    elif kind == "finished":
        yield _end(chunk["choices"][0]["finish_reason"], chunk)
    elif kind is None:
        for choice in chunk.get("choices", ()):
            if text := choice["delta"].get("content"):
                yield Piece(text)
            if choice.get("finish_reason"):
                yield _end(choice["finish_reason"], chunk)


def _end(reason: str, body: Mapping[str, Any]) -> End:
    return End(reason, elbarto_stats(body.get("elbarto") or {}), _warnings(body))


def _warnings(answer: Mapping[str, Any]) -> list[str]:
    return list((answer.get("elbarto") or {}).get("warnings") or ())
