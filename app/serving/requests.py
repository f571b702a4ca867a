"""The requests that the service takes. Plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.messages.decoding import Decoding
from app.messages.grammar import RequestedGrammar
from app.messages.options import Overrides
from app.serving.logit_bias import Biases
from app.text.token_text import RunningText as RunningText
from app.text.token_text import TokenText as TokenText
from app.text.tool_calls.parser import CallArguments as CallArguments
from app.text.tool_calls.parser import CallBegun as CallBegun
from app.text.tool_calls.parser import CallParser as CallParser
from app.text.tool_calls.parser import Part as Part
from app.text.tool_calls.tools import Tool as Tool
from app.text.tool_calls.tools import ToolUse as ToolUse


@dataclass(frozen=True, kw_only=True)
class DecodingRequest:
    """The options that all requests for text share, validated. None: the default. Lengths are in tokens."""

    n: int = 1  # replies for each prompt
    max_tokens: int | None = None  # the most that are delivered
    gen_length: int | None = None  # the canvas after the prompt; None: max_tokens, rounded up to whole blocks
    steps: int | None = None  # denoising steps for the whole reply
    steps_per_block: int | None = None  # instead of `steps`
    block_length: int | None = None
    decoding: Overrides[Decoding] = field(default_factory=Overrides)
    time_budget_ms: int | None = None  # from the submission on
    speculation: int | None = None  # drafts in one forward, at most; lowers the server's limit
    grammar: RequestedGrammar | None = None
    logit_bias: Biases = ()  # added to the logits of a token, or of every token of a text
    seed: int | None = None  # None: a random one
    stop: Sequence[str] = ()
    stop_token_ids: Collection[int] = ()  # these end the reply too, also with `ignore_eos`, and are not shown
    ignore_eos: bool = False  # continue after end tokens
    watch: bool = False  # report every denoising step
    alternatives: int = 0  # with `watch`: this many of the most likely tokens at each position
    warnings: Sequence[str] = ()  # about the request; the answer has them first

    @property
    def prompt_field(self) -> str:
        """The HTTP field that an error about the prompt names."""
        return "prompt"

    @property
    def goes_on(self) -> bool:
        """Whether the first word of a reply may be the end of the prompt's last one."""
        return False


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """How messages become a prompt."""

    continues: bool = False  # it ends within the last message, an assistant's, with whose text the reply goes on
    opens_turn: bool = True  # it ends with the beginning of an assistant's message
    variables: Mapping[str, Any] = field(default_factory=dict)  # of the chat template, besides messages and tools


@dataclass(frozen=True, kw_only=True)
class ChatRequest(DecodingRequest):
    """A chat request. It has either `messages` or `prompt_token_ids`."""

    messages: Sequence[Mapping[str, Any]] | None = None
    prompt_token_ids: Sequence[int] | None = None
    tools: ToolUse | None = None  # None: the model gets none
    rendering: Rendering = field(default_factory=Rendering)

    @property
    def prompt_field(self) -> str:
        return "messages" if self.prompt_token_ids is None else "prompt_token_ids"

    @property
    def goes_on(self) -> bool:
        return self.rendering.continues


@dataclass(frozen=True, kw_only=True)
class PromptRequest(DecodingRequest):
    """Raw prompts to continue, each a text or token ids."""

    prompts: Sequence[str | Sequence[int]] = ()
