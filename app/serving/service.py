"""Text in, text out: what the HTTP layer and the command line call."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.errors import ModelNotFound, RequestError
from app.messages.params import GenerationParams
from app.serving.backend import ModelInfo
from app.serving.completion import Completion, CompletionRequest, begin_completion
from app.serving.defaults import resolve
from app.serving.executor import Executor, SequenceRequest, State
from app.serving.infill.capabilities import InfillCapabilities, find_capabilities
from app.serving.infill.infill import Infill
from app.serving.infill.planner import InfillPlanner
from app.serving.infill.requests import EditRequest, InfillRequest
from app.serving.lengths import Lengths, plan_lengths
from app.serving.reply import Reply, ReplyChoice
from app.serving.requests import SAMPLING_FIELDS, ChatRequest, DecodingRequest, Defaults, PromptRequest
from app.serving.token_log import TokenLog
from app.text.stream import TextStream
from app.text.token_text import TokenText
from app.text.tokenizer import Tokenizer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """`model` is there once the state is "ready"; the numbers are sequences."""

    state: State
    running: int
    waiting: int
    capacity: int
    model: ModelInfo | None


class Service:
    """Thread-safe. Raises ApiErrors; everything that can be refused is refused before a Reply is returned."""

    def __init__(
        self,
        executor: Executor,
        chosen: Mapping[str, Any],
        strict_model: bool = False,
        infill_max_tokens: int = 128,
    ) -> None:
        """`chosen` are the operator's defaults, by fields of Defaults; they stand above the checkpoint's.

        A hole of an infill gets at most `infill_max_tokens`.
        """
        self.executor = executor
        self._infill_max_tokens = infill_max_tokens
        self._chosen = chosen
        self._strict_model = strict_model
        self._warned_block_lengths: set[int] = set()
        self.created = int(time.time())

    def close(self, timeout_s: float = 0.0) -> None:
        """Stop the executor, giving running requests `timeout_s` to end."""
        self.executor.close(timeout_s)

    def health(self) -> Health:
        executor = self.executor
        running, waiting = executor.queue_lengths
        state = executor.state
        return Health(state, running, waiting, executor.capacity, executor.backend.info if state == "ready" else None)

    @property
    def model(self) -> ModelInfo:
        return self.executor.backend.info

    def check_model(self, name: str | None) -> None:
        """A request may name any model, unless the operator wants the names to agree."""
        if self._strict_model and name is not None and name != self.model.id:
            raise ModelNotFound(name, self.model.id)

    def chat(self, request: ChatRequest) -> Reply:
        """Queue a chat request. Raises RequestError, PromptTooLong, QueueFull or Unavailable."""
        backend = self.executor.backend
        self._check_number(1, request.n)
        prompt_ids, ignored = self._prompt(backend.tokenizer, request, backend.info.vocab_size)
        return self._reply(request, [prompt_ids], ignored)

    def complete(self, request: PromptRequest) -> Reply:
        """Queue raw prompts, all or none; the choices are those of the first prompt, of the second, and so on.

        Raises what `chat` does.
        """
        self._check_number(len(request.prompts), request.n)
        return self._reply(request, [self.prompt_ids(prompt) for prompt in request.prompts])

    def completion(self, request: CompletionRequest) -> Completion:
        """Queue prompts with or without holes, all or none. Raises what `chat` does."""
        return begin_completion(self, request)

    def prompt_ids(self, prompt: str | Sequence[int]) -> list[int]:
        """A raw prompt's tokens, at least one. Special tokens written out in a text become their ids."""
        backend = self.executor.backend
        if not isinstance(prompt, str):
            _check_vocabulary(prompt, backend.info.vocab_size, "prompt")
            return list(prompt)
        return backend.tokenizer.encode(prompt, add_special_tokens=True) or [backend.tokenizer.start_id]

    def _check_number(self, num_prompts: int, n: int) -> None:
        capacity = self.executor.capacity
        if n > capacity:
            raise RequestError(f"n must be at most {capacity} on this server, got {n}.", "n")
        if n * num_prompts > capacity:
            raise RequestError(
                f"This server takes at most {capacity} replies in one request, got {num_prompts} prompts times {n}.",
                "prompt",
            )

    def _reply(self, request: DecodingRequest, prompts: Sequence[list[int]], ignored: Sequence[str] = ()) -> Reply:
        backend = self.executor.backend
        defaults = resolve(self._chosen, backend.request_defaults)
        request = replace(request, seed=request.seed if request.seed is not None else secrets.randbits(32))
        planned = [plan_lengths(request, defaults, len(prompt), backend.info.max_model_len) for prompt in prompts]
        params = [_params(request, defaults, lengths) for lengths in planned]
        warnings = dict.fromkeys(text for lengths in planned for text in self._warnings(request, lengths, backend.info))
        generation = self.executor.submit_requests(
            [
                SequenceRequest(prompt, replace(own, seed=own.seed + index))
                for prompt, own in zip(prompts, params, strict=True)
                for index in range(request.n)
            ]
        )
        return Reply(
            generation,
            [
                ReplyChoice(TextStream(backend.tokenizer, request.stop), lengths.max_tokens)
                for lengths in planned
                for _ in range(request.n)
            ],
            backend.info,
            params[0],
            prompt_lens=[len(prompt) for prompt in prompts],
            warnings=[*warnings, *(f"{name} is ignored." for name in ignored)],
            ignored=ignored,
        )

    @property
    def infill_capabilities(self) -> InfillCapabilities:
        backend = self.executor.backend
        info = backend.info
        defaults = resolve(self._chosen, backend.request_defaults)
        return find_capabilities(backend.tokenizer, info.delete_token_id, info.max_model_len, defaults)

    def infill(self, request: InfillRequest) -> Infill:
        """Queue an infill. Raises RequestError, PromptTooLong, QueueFull or Unavailable."""
        return self._infill_planner(request).begin(request)

    def edit(self, request: EditRequest) -> Infill:
        """Queue an edit: an infill whose holes have text already. Raises what `infill` does."""
        return self._infill_planner(request.infill, "text").begin_edit(request)

    def _infill_planner(self, request: InfillRequest, param: str = "segments") -> InfillPlanner:
        backend = self.executor.backend
        defaults = resolve(self._chosen, backend.request_defaults)
        sampling = _sampling(request.sampling, defaults)
        return InfillPlanner(
            backend=backend,
            executor=self.executor,
            capabilities=self.infill_capabilities,
            defaults=defaults,
            sampling=sampling,
            max_tokens=self._infill_max_tokens,
            param=param,
        )

    def token_text(self) -> TokenText:
        return TokenText(self.executor.backend.tokenizer)

    def token_log(self, offset: int) -> TokenLog:
        """For a text that begins at this character."""
        return TokenLog(self.executor.backend.tokenizer, self.token_text(), offset)

    def tokenize(self, text: str, add_special_tokens: bool) -> list[int]:
        return self.executor.backend.tokenizer.encode(text, add_special_tokens)

    def tokenize_messages(self, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        return self.executor.backend.tokenizer.encode_chat(messages, {})

    def detokenize(self, token_ids: Sequence[int], param: str = "tokens") -> str:
        """`param` is the request's field that has the ids. Raises RequestError."""
        _check_vocabulary(token_ids, self.model.vocab_size, param)
        return self.executor.backend.tokenizer.decode(token_ids, skip_special_tokens=False)

    @staticmethod
    def _prompt(tokenizer: Tokenizer, request: ChatRequest, vocab_size: int) -> tuple[list[int], list[str]]:
        """The prompt's token ids, and which fields meant for the chat template it has no use for."""
        if request.prompt_token_ids is not None:
            _check_vocabulary(request.prompt_token_ids, vocab_size, "prompt_token_ids")
            return list(request.prompt_token_ids), sorted(request.template_extras)
        assert request.messages
        used = {name: value for name, value in request.template_extras.items() if tokenizer.template_uses(name)}
        return tokenizer.encode_chat(request.messages, used), sorted(set(request.template_extras) - set(used))

    def _warnings(self, request: DecodingRequest, lengths: Lengths, model: ModelInfo) -> list[str]:
        warnings = []
        if request.gen_length is not None and lengths.gen_length > request.gen_length:
            warnings.append(f"gen_length was raised from {request.gen_length} to {lengths.gen_length}, one block.")
        num_blocks = lengths.gen_length // lengths.block_length
        if request.steps is not None and request.steps < num_blocks:
            warnings.append(f"steps was raised from {request.steps} to {lengths.steps}, one for each block.")
        if lengths.is_cut:
            warnings.append(f"The reply is limited to {lengths.gen_length} tokens, the room that the prompt leaves.")
        if lengths.block_length != model.block_length:
            warnings.append(
                f"block_length is {lengths.block_length}; {model.id} was trained with {model.block_length}: "
                "replies may be worse."
            )
            if lengths.block_length not in self._warned_block_lengths:
                self._warned_block_lengths.add(lengths.block_length)
                logger.warning(warnings[-1])
        return warnings


def _params(request: DecodingRequest, defaults: Defaults, lengths: Lengths) -> GenerationParams:
    """The defaults for what the request leaves open, but for the seed."""
    assert request.seed is not None
    sampling = _sampling({name: getattr(request, name) for name in SAMPLING_FIELDS}, defaults)
    part = sampling["small_block_length"]
    if part and lengths.block_length % part:
        raise RequestError(
            f"small_block_length must divide the block length, {lengths.block_length}, got {part}.",
            "small_block_length",
        )
    return GenerationParams(
        gen_length=lengths.gen_length,
        steps=lengths.steps,
        block_length=lengths.block_length,
        seed=request.seed,
        ignore_eos=request.ignore_eos,
        time_budget_ms=request.time_budget_ms,
        watch=request.watch,
        alternatives=request.alternatives,
        **sampling,
    )


def _sampling(asked: Mapping[str, Any], defaults: Defaults) -> dict[str, Any]:
    """What was asked for, and the defaults for the rest; None: not asked for."""
    given = {name: value for name, value in asked.items() if value is not None}
    left = {name: getattr(defaults, name) for name in SAMPLING_FIELDS if name not in given}
    if "threshold" in given and left.get("decode_mode") not in (None, "adaptive"):
        left["decode_mode"] = None  # who gives a threshold wants it used, whatever the server's default mode is
    return {**left, **given}


def _check_vocabulary(token_ids: Sequence[int], vocab_size: int, param: str) -> None:
    wrong = next((token_id for token_id in token_ids if not 0 <= token_id < vocab_size), None)
    if wrong is not None:
        raise RequestError(f"{param} must hold token ids from 0 to {vocab_size - 1}, got {wrong}.", param)
