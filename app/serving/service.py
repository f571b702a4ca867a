"""Text in, text out: what the HTTP layer and the command line call."""

from __future__ import annotations

import copy
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from app.errors import ModelLoading, ModelNotFound, PromptTooLong, RequestError, Unsupported
from app.messages.decoding import decide
from app.messages.defaults import Defaults
from app.messages.grammar import RequestedGrammar
from app.messages.options import Overrides
from app.messages.params import GenerationParams
from app.serving.backend import Frontend, ModelInfo
from app.serving.completion import Completion, CompletionRequest, begin_completion
from app.serving.defaults import resolve
from app.serving.engine_client import EngineClient, ReplicaHealth, SequenceRequest, State
from app.serving.engine_for_client import EngineForClient
from app.serving.infill.capabilities import InfillCapabilities, find_capabilities
from app.serving.infill.infill import Infill
from app.serving.infill.planner import InfillPlanner
from app.serving.infill.requests import EditRequest, InfillRequest
from app.serving.lengths import PlannedLengths, check_decoding, plan_lengths
from app.serving.logit_bias import token_biases
from app.serving.metrics import Metrics
from app.serving.no_effect import unknown_variables, unused_fields, unused_strict
from app.serving.reply import Reply, ReplyChoice
from app.serving.requests import CallParser, ChatRequest, DecodingRequest, PromptRequest, Rendering, ToolUse
from app.serving.token_log import TokenLog
from app.text.stream import TextStream
from app.text.syntax import Syntax
from app.text.token_text import TokenText
from app.text.tokenizer import Tokenizer
from app.text.tool_calls.formats import tool_format
from app.text.written_tokens import WrittenTokens

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """`model` is None until the state is "ready". The numbers count sequences."""

    state: State
    running: int
    waiting: int
    capacity: int
    model: ModelInfo | None
    step_age_s: float = 0.0  # how long the step that runs now has been running
    replicas: Sequence[ReplicaHealth] = ()  # of an engine that is several


class Service:
    """Thread-safe. Raises ApiErrors; a request is refused, if at all, before its Reply is returned."""

    def __init__(
        self,
        engine: EngineClient,
        frontend: Future[Frontend],
        chosen: Overrides[Defaults],
        strict_model: bool = False,
        infill_max_tokens: int = 128,
        syntax: Syntax | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        """Requests are refused with ModelLoading until both the engine and the frontend are loaded.

        `chosen` are the operator's defaults for requests, which override the checkpoint's. A hole of an infill gets at
        most `infill_max_tokens` tokens. `metrics` are the engine's.
        """
        self.engine: EngineClient = engine
        self.metrics = metrics or Metrics()
        self._loaded_frontend = frontend
        self._infill_max_tokens = infill_max_tokens
        self._chosen = chosen
        self._strict_model = strict_model
        self._warned_block_lengths: set[int] = set()
        self._syntax = syntax or Syntax()
        self.created = int(time.time())

    def close(self, timeout_s: float = 0.0) -> None:
        """Refuse new requests, give running ones `timeout_s` to finish, then fail the rest."""
        self.engine.close(timeout_s)

    def wait_until_ready(self) -> None:
        """Block until requests are accepted. Raises the error that loading raised, or ShuttingDown."""
        self.engine.wait_until_ready()
        self._loaded_frontend.result()

    def health(self) -> Health:
        running, waiting = self.engine.queue_lengths
        state = self.engine.state
        if state == "ready" and not self._loaded_frontend.done():
            state = "loading"
        model = self.engine.info if state == "ready" else None
        return Health(
            state, running, waiting, self.engine.capacity, model, self.engine.step_age_s, self.engine.replicas
        )

    def for_client(self, client: str) -> Service:
        """This service as one client uses it, who takes turns with others."""
        own = copy.copy(self)
        own.engine = EngineForClient(self.engine, client)
        return own

    @property
    def model(self) -> ModelInfo:
        """The model card. Raises ModelLoading or ShuttingDown."""
        return self.engine.info

    @property
    def tokenizer(self) -> Tokenizer:
        """Raises ModelLoading or ShuttingDown."""
        return self._frontend.tokenizer

    @property
    def max_running(self) -> int:
        """The number of sequences that are denoised at once; others wait."""
        return self.engine.max_running

    @property
    def _frontend(self) -> Frontend:
        """Raises ModelLoading or ShuttingDown."""
        _ = self.engine.info  # raises while the engine takes no requests
        if not self._loaded_frontend.done():
            raise ModelLoading
        return self._loaded_frontend.result()

    @property
    def _defaults(self) -> Defaults:
        return resolve(self._chosen, self._frontend.request_defaults)

    def check_model(self, name: str | None) -> None:
        """A request may name any model, unless the operator requires the right name. Raises ModelNotFound."""
        if self._strict_model and name is not None and name != self.model.id:
            raise ModelNotFound(name, self.model.id)

    def chat(self, request: ChatRequest) -> Reply:
        """Queue a chat request. Raises RequestError, PromptTooLong, QueueFull or Unavailable."""
        self.check_number(1, request.n)
        try:
            prompt_ids = self._prompt_with_tools(request)
            warnings = []
            if prompt_ids is None:
                prompt_ids = self._prompt(replace(request, tools=None), self.model.max_model_len)
                warnings = [f"tools were left out: with them, the prompt exceeds {self.model.max_model_len} tokens."]
            warnings += [*unknown_variables(request.rendering, self.tokenizer), *unused_strict(request.tools)]
            if request.tools is not None and request.tools.is_certain:
                request = replace(request, grammar=self._grammar_of(request.tools))
        except RecursionError as error:
            raise RequestError("tools are nested too deeply.", "tools") from error
        return self._reply(request, [prompt_ids], warnings)

    def count_prompt(self, request: ChatRequest) -> int:
        """The tokens of a chat's prompt, tools included, also where they are too many. Raises RequestError."""
        try:
            return len(self._prompt(request, max_tokens=None))
        except RecursionError as error:
            raise RequestError("tools are nested too deeply.", "tools") from error

    def _prompt_with_tools(self, request: ChatRequest) -> list[int] | None:
        """None if it is too long with the tools and the request can do without: clients such as Open WebUI send theirs
        with every message, to models that know nothing of tools too.
        """
        is_needed = (
            request.tools is None
            or request.tools.is_certain
            or tool_format(self.tokenizer.template_text).is_in_template
        )
        try:
            prompt_ids = self._prompt(request, self.model.max_model_len)
        except PromptTooLong:
            if is_needed:
                raise
            return None
        is_too_long = len(prompt_ids) + self.model.block_length > self.model.max_model_len
        return None if is_too_long and not is_needed else prompt_ids

    def call_parser(self, tools: ToolUse | None) -> CallParser | None:
        """Finds the calls in one reply to a request with these tools."""
        return tool_format(self.tokenizer.template_text).parser(tools) if tools is not None else None

    def _grammar_of(self, tools: ToolUse) -> RequestedGrammar:
        source = tool_format(self.tokenizer.template_text).grammar(tools)
        parts = [
            RequestedGrammar("json_schema", tool.schema, f"tools[{index}].function.parameters")
            for index, tool in enumerate(tools.tools)
            if tool in tools.callable
        ]
        return RequestedGrammar("lark", source, "tools", tuple(parts))

    def complete(self, request: PromptRequest) -> Reply:
        """Queue raw prompts, all or none; the choices are those of the first prompt, of the second, and so on.

        Raises what `chat` does.
        """
        self.check_number(len(request.prompts), request.n)
        return self._reply(request, [self.prompt_ids(prompt) for prompt in request.prompts])

    def completion(self, request: CompletionRequest) -> Completion:
        """Queue prompts with or without holes, all or none. Raises what `chat` does."""
        return begin_completion(self, request)

    def prompt_ids(self, prompt: str | Sequence[int]) -> list[int]:
        """A raw prompt's tokens, at least one. Special tokens written out in a text become their ids."""
        if not isinstance(prompt, str):
            _check_vocabulary(prompt, self.model.vocab_size, "prompt")
            return list(prompt)
        self.tokenizer.check_length(prompt, self.model.max_model_len, "prompt")
        return self.tokenizer.encode(prompt, add_special_tokens=True) or [self.tokenizer.start_id]

    def _compiled(self, requested: RequestedGrammar | None) -> str | None:
        if requested is None:
            return None
        grammars = self._frontend.grammars
        if grammars is None:
            raise Unsupported("This model's replies cannot be constrained to a form.", requested.param)
        return grammars.compile(requested)

    def check_number(self, num_prompts: int, n: int) -> None:
        """Raises RequestError for more replies than the server takes at once."""
        capacity = self.engine.capacity
        if n > capacity:
            raise RequestError(f"n must be at most {capacity} on this server, got {n}.", "n")
        if n * num_prompts > capacity:
            raise RequestError(
                f"This server takes at most {capacity} replies in one request, got {num_prompts} prompts times {n}.",
                "prompt",
            )

    def _reply(self, request: DecodingRequest, prompts: Sequence[list[int]], warnings: Sequence[str] = ()) -> Reply:
        tokenizer, model, defaults = self.tokenizer, self.model, self._defaults
        request = replace(request, seed=request.seed if request.seed is not None else secrets.randbits(32))
        planned = [plan_lengths(request, defaults, len(prompt), model) for prompt in prompts]
        grammar = self._compiled(request.grammar)
        _check_vocabulary(list(request.stop_token_ids), model.vocab_size, "stop_token_ids")
        biases = token_biases(request.logit_bias, tokenizer, model.vocab_size)
        params = [
            replace(_params(request, defaults, lengths, model), grammar=grammar, logit_bias=biases)
            for lengths in planned
        ]
        more = (text for lengths in planned for text in self._warnings(request, lengths, model))
        unused = unused_fields(request, decide(request.decoding, defaults))
        told = dict.fromkeys([*request.warnings, *warnings, *unused, *more])
        generation = self.engine.submit_requests(
            [
                SequenceRequest(prompt, replace(base, seed=base.seed + index))
                for prompt, base in zip(prompts, params, strict=True)
                for index in range(request.n)
            ]
        )
        return Reply(
            generation,
            [
                ReplyChoice(
                    TextStream(tokenizer, request.stop, request.stop_token_ids, prompt[-1:] if request.goes_on else ()),
                    lengths.max_tokens,
                )
                for prompt, lengths in zip(prompts, planned, strict=True)
                for _ in range(request.n)
            ],
            model,
            params[0],
            prompt_lens=[len(prompt) for prompt in prompts],
            warnings=list(told),
        )

    @property
    def infill_capabilities(self) -> InfillCapabilities:
        return find_capabilities(self.tokenizer, self.model, self._defaults)

    @property
    def syntax_languages(self) -> list[str]:
        """Those that an infill's `syntax` may name."""
        return self._syntax.languages

    def infill(self, request: InfillRequest) -> Infill:
        """Queue an infill. Raises RequestError, PromptTooLong, QueueFull or Unavailable."""
        return self._infill_planner(request).begin(request)

    def edit(self, request: EditRequest) -> Infill:
        """Queue an edit: an infill whose holes have text already. Raises what `infill` does."""
        return self._infill_planner(request.infill, "text").begin_edit(request)

    def _infill_planner(self, request: InfillRequest, param: str = "segments") -> InfillPlanner:
        defaults = self._defaults
        return InfillPlanner(
            engine=self.engine,
            tokenizer=self.tokenizer,
            model=self.model,
            capabilities=self.infill_capabilities,
            defaults=defaults,
            decoding=decide(request.decoding, defaults),
            max_tokens=self._infill_max_tokens,
            syntax=self._syntax,
            logit_bias=token_biases(request.logit_bias, self.tokenizer, self.model.vocab_size),
            param=param,
        )

    def token_text(self) -> TokenText:
        return TokenText(self.tokenizer)

    def token_log(self, offset: int) -> TokenLog:
        """A log for text that starts at this offset, in characters."""
        return TokenLog(self.tokenizer, self.token_text(), offset)

    def tokenize(self, text: str, add_special_tokens: bool) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens)

    def tokenize_messages(
        self, messages: Sequence[Mapping[str, Any]], rendering: Rendering | None = None, tools: ToolUse | None = None
    ) -> list[int]:
        """The prompt of such a chat. Raises RequestError."""
        request = ChatRequest(messages=messages, rendering=rendering or Rendering(), tools=tools)
        return self._prompt(request, max_tokens=None)

    def detokenize(self, token_ids: Sequence[int], param: str = "tokens") -> str:
        """`param` is the request's field that has the ids. Raises RequestError."""
        _check_vocabulary(token_ids, self.model.vocab_size, param)
        return self.tokenizer.decode(token_ids, skip_special_tokens=False)

    def _prompt(self, request: ChatRequest, max_tokens: int | None) -> list[int]:
        """Special tokens in the messages and tools stay text; the calls' own marks, written by us, are tokens."""
        tokenizer, model = self.tokenizer, self.model
        if request.prompt_token_ids is not None:
            _check_vocabulary(request.prompt_token_ids, model.vocab_size, "prompt_token_ids")
            return list(request.prompt_token_ids)
        assert request.messages
        rendering = request.rendering
        definitions = [tool.definition for tool in request.tools.tools] if request.tools else []
        written = tokenizer.written_tokens(request.messages, definitions, rendering.variables)
        known, tools = tool_format(tokenizer.template_text), _marked(request.tools, written)
        told = {"tools": [tool.for_template for tool in tools.tools]} if tools and known.is_in_template else {}
        return tokenizer.encode_chat(
            known.messages(written.mark_messages(request.messages), tools),
            {**rendering.variables, **told},
            rendering.opens_turn,
            rendering.continues,
            written,
            max_tokens,
        )

    def _warnings(self, request: DecodingRequest, lengths: PlannedLengths, model: ModelInfo) -> list[str]:
        warnings = []
        if request.gen_length is not None and lengths.max_tokens > request.gen_length:
            warnings.append(f"gen_length was raised from {request.gen_length} to {lengths.gen_length}, one block.")
        if lengths.is_raised:
            warnings.append(f"steps was raised from {request.steps} to {lengths.steps}, one for each block.")
        if lengths.is_cut:
            warnings.append(f"The reply is limited to {lengths.gen_length} tokens, the room that the prompt leaves.")
        if lengths.block_length != model.block_length and model.attention != "full":
            warnings.append(
                f"block_length is {lengths.block_length}; {model.id} was trained with {model.block_length}: "
                "replies may be worse."
            )
            if lengths.block_length not in self._warned_block_lengths:
                self._warned_block_lengths.add(lengths.block_length)
                logger.warning(warnings[-1])
        return warnings


def _params(
    request: DecodingRequest, defaults: Defaults, lengths: PlannedLengths, model: ModelInfo
) -> GenerationParams:
    """The seed is set by now; the defaults apply to everything else that the request omits."""
    assert request.seed is not None
    decoding = decide(request.decoding, defaults)
    check_decoding(decoding, lengths.block_length, model)
    return GenerationParams(
        gen_length=lengths.gen_length,
        steps=lengths.steps,
        block_length=lengths.block_length,
        max_tokens=lengths.reply_limit,
        seed=request.seed,
        ignore_eos=request.ignore_eos,
        time_budget_ms=request.time_budget_ms,
        speculation=request.speculation,
        watch=request.watch,
        alternatives=request.alternatives,
        **decoding.values(),
    )


def _marked(tools: ToolUse | None, written: WrittenTokens) -> ToolUse | None:
    if tools is None:
        return None
    marked = [replace(tool, definition=written.mark(tool.definition)) for tool in tools.tools]
    return replace(tools, tools=marked)


def _check_vocabulary(token_ids: Sequence[int], vocab_size: int, param: str) -> None:
    wrong = next((token_id for token_id in token_ids if not 0 <= token_id < vocab_size), None)
    if wrong is not None:
        raise RequestError(f"{param} must hold token ids from 0 to {vocab_size - 1}, got {wrong}.", param)
