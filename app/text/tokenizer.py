"""Text to token ids and back, with the checkpoint's own tokenizer and chat template (through transformers)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import tokenizers
from jinja2.exceptions import TemplateError

from app.errors import PromptTooLong, RequestError
from app.text.continuation import continued
from app.text.template_facts import read_variables
from app.text.written_tokens import SpecialTexts, WrittenTokens

# Checkpoints also add tokens for runs of spaces, which are text, and some do not mark their sentinels as special.
SENTINEL = re.compile(r"<.+>|\[.+\]", re.DOTALL)
# Of an added token, in tokenizer_config.json.
TOKEN_FLAGS = ("content", "lstrip", "normalized", "rstrip", "single_word", "special")
# A longer text is encoded piece by piece, until it has more tokens than the model's context.
LONG_TEXT = 16_384  # characters


class Tokenizer:
    """Wraps a transformers tokenizer. Thread-safe: it is only read."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        # Otherwise transformers warns of "indexing errors" for prompts that the service refuses anyway.
        tokenizer.model_max_length = sys.maxsize

    def encode(self, text: str, add_special_tokens: bool = False) -> list[int]:
        """Special tokens written out in `text` become their ids."""
        return list(self._tokenizer.encode(text, add_special_tokens=add_special_tokens))

    def check_length(self, text: str, max_tokens: int, param: str) -> None:
        """Raises PromptTooLong if the text certainly has more tokens; costs little more than encoding `max_tokens`."""
        num_tokens = self._least_tokens(text, max_tokens, self.encode)
        if num_tokens is not None:
            raise PromptTooLong(max_tokens, num_tokens, param, is_certain=False)

    def count_plain(self, text: str, max_tokens: int) -> int:
        """The number of tokens of `encode_plain`; above `max_tokens` it may be too small, but not below that."""
        num_tokens = self._least_tokens(text, max_tokens, self.encode_plain)
        return len(self.encode_plain(text)) if num_tokens is None else num_tokens

    def _least_tokens(self, text: str, max_tokens: int, encode: Callable[[str], list[int]]) -> int | None:
        """Fewer tokens than the text has, but more than `max_tokens`. None: it has to be encoded to know.

        A piece of a text may have a few tokens more than it has within the text: those of a word that is cut.
        """
        size = max(LONG_TEXT, 4 * max_tokens)
        while size < len(text):
            num_tokens = len(encode(text[:size])) - self.longest
            if num_tokens > max_tokens:
                return num_tokens
            size *= 4
        return None

    def encode_plain(self, text: str) -> list[int]:
        """Special tokens written out in `text` stay text: code may contain them."""
        if self._plain is None:
            return list(self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True))
        # In a batch, even of one, the interpreter's lock is free meanwhile.
        return list(self._plain.encode_batch_fast([text], add_special_tokens=False)[0].ids)

    def token_id(self, token: str) -> int | None:
        """The id of a special token; None if there is none of that name."""
        return self._special.get(token)

    @property
    def has_chat_template(self) -> bool:
        return bool(self.chat_template)

    @property
    def template_text(self) -> str:
        """The chat template, with all of its variants where a checkpoint has several; empty if there is none."""
        return str(self._tokenizer.chat_template or "")

    @property
    def chat_template(self) -> Any:
        """Its source, or several by name; None if there is none."""
        return self._tokenizer.chat_template

    @cached_property
    def start_id(self) -> int:
        """The first token of an empty prompt: beginning of sequence, else end of sequence, else 0."""
        ids = (getattr(self._tokenizer, name, None) for name in ("bos_token_id", "eos_token_id"))
        return next((token_id for token_id in ids if token_id is not None), 0)

    @cached_property
    def special_ids(self) -> tuple[int, ...]:
        return tuple(sorted({*self._special.values(), *self._tokenizer.all_special_ids}))

    @property
    def special_tokens(self) -> tuple[str, ...]:
        """The texts of `special_ids`, in the same order."""
        return tuple(self._tokenizer.convert_ids_to_tokens(list(self.special_ids)))

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The class, the special tokens and the chat template, as in tokenizer_config.json; no paths."""
        templates = self.chat_template
        added = self._tokenizer.added_tokens_decoder.items()
        return {
            "tokenizer_class": type(self._tokenizer).__name__,
            **self._tokenizer.special_tokens_map,
            "added_tokens_decoder": {
                str(token_id): {name: getattr(token, name) for name in TOKEN_FLAGS} for token_id, token in added
            },
            "chat_template": [{"name": name, "template": text} for name, text in templates.items()]
            if isinstance(templates, dict)
            else templates,
        }

    @property
    def num_tokens(self) -> int:
        return len(self._tokenizer)

    @cached_property
    def line_break_ids(self) -> tuple[int, ...]:
        """Ids of tokens with a line break, as byte-level vocabularies or byte fallbacks spell it."""
        breaks = ("\u010a", "\u010d", "\n", "\r", "<0x0A>", "<0x0D>")
        vocabulary = self._tokenizer.get_vocab()
        return tuple(sorted(token_id for token, token_id in vocabulary.items() if any(map(token.__contains__, breaks))))

    @cached_property
    def longest(self) -> int:
        """The length of the longest token, in characters."""
        return max(map(len, self._tokenizer.get_vocab()))

    def written_tokens(self, *values: Any) -> WrittenTokens:
        """Keeps special tokens in a caller's texts from becoming control tokens. `values` are all that is marked."""
        return WrittenTokens(self._special_texts, *values)

    @cached_property
    def _control_ids(self) -> Mapping[str, int]:
        """All special tokens, whether they look like sentinels or not."""
        added, known = self._tokenizer.get_added_vocab().items(), set(self._tokenizer.all_special_ids)
        return {token: token_id for token, token_id in added if token in self._special or token_id in known}

    @cached_property
    def _special_texts(self) -> SpecialTexts:
        known = set(self._tokenizer.all_special_ids)
        return SpecialTexts(
            self._control_ids, [token for token, token_id in self._control_ids.items() if token_id in known]
        )

    @cached_property
    def _special(self) -> Mapping[str, int]:
        added = self._tokenizer.get_added_vocab().items()
        return {token: token_id for token, token_id in added if SENTINEL.fullmatch(token)}

    @cached_property
    def _plain(self) -> Any:
        """A separate copy: `encode_special_tokens` is state of the object, which all threads share."""
        backend = getattr(self._tokenizer, "backend_tokenizer", None)
        if backend is None:
            return None
        state = json.loads(backend.to_str())
        for token in state["added_tokens"]:
            token["special"] = token["special"] or bool(SENTINEL.fullmatch(token["content"]))
        plain = tokenizers.Tokenizer.from_str(json.dumps(state))
        plain.encode_special_tokens = True
        return plain

    def decode(self, token_ids: Sequence[int], skip_special_tokens: bool = True) -> str:
        """Invalid UTF-8 becomes U+FFFD."""
        text = self._tokenizer.decode(
            list(token_ids), skip_special_tokens=skip_special_tokens, clean_up_tokenization_spaces=False
        )
        return str(text)

    def encode_chat(
        self,
        messages: Sequence[Mapping[str, Any]],
        extra: Mapping[str, Any],
        opens_turn: bool = True,
        continues: bool = False,
        written: WrittenTokens | None = None,
        max_tokens: int | None = None,
    ) -> list[int]:
        """Render the chat template, with `extra` as further variables, and encode the result.

        The text ends with the beginning of an assistant's message (`opens_turn`), after the last message, or within it
        (`continues`). Special tokens in the messages stay text. Those that `written` has marked already may stand
        beside others that are not the caller's. Raises RequestError, and PromptTooLong if there are clearly more than
        `max_tokens`.
        """
        if max_tokens is not None and len(messages) > max_tokens:  # Each has at least one.
            raise PromptTooLong(max_tokens, len(messages), "messages", is_certain=False)
        if written is None:
            written = self.written_tokens(messages, extra)
            messages = written.mark_messages(messages)
        marked = written.mark(extra)

        def render(messages: Sequence[Mapping[str, Any]]) -> str:
            return self._render(messages, marked, opens_turn and not continues)

        text = continued(render, messages) if continues else render(messages)
        if max_tokens is not None:
            self.check_length(written.restore(text), max_tokens, "messages")
        return self._encode_rendered(text, written)

    @cached_property
    def template_variables(self) -> frozenset[str]:
        """All that the chat template reads."""
        sources = self.chat_template.values() if isinstance(self.chat_template, dict) else [self.template_text]
        return frozenset(name for source in sources for name in read_variables(str(source)))

    def _render(self, messages: Sequence[Mapping[str, Any]], extra: Mapping[str, Any], opens_turn: bool) -> str:
        if not self._tokenizer.chat_template:
            raise RequestError(
                "This checkpoint has no chat template, so it cannot answer messages: continue a text with "
                "/v1/completions, or send prompt_token_ids.",
                "messages",
            )
        # The template is code from the checkpoint, and a caller's messages can make it fail in many ways.
        refusals = (
            *(TemplateError, TypeError, ValueError, LookupError, AttributeError, RecursionError),
            *(ArithmeticError, MemoryError),  # such as a range beyond the sandbox's limit
        )
        try:
            text = self._tokenizer.apply_chat_template(
                [dict(message) for message in messages], tokenize=False, add_generation_prompt=opens_turn, **extra
            )
        except refusals as error:
            raise RequestError(f"The checkpoint's chat template refuses these messages: {error}", "messages") from error
        return str(text)

    def _encode_rendered(self, text: str, written: WrittenTokens) -> list[int]:
        """As a whole, unless a caller's text has special tokens: then what lies between the template's is plain text.

        They are counted as well, because a tokenizer's normalization can make one of other characters.
        """
        pattern = self._special_texts.all
        if written.is_empty:
            ids = self.encode(text)
            control = set(self._control_ids.values()) - {getattr(self._tokenizer, "unk_token_id", None)}
            if sum(token_id in control for token_id in ids) <= len(pattern.findall(text)):
                return ids
        ids = []
        for number, piece in enumerate(pattern.split(text)):
            is_special = number % 2 == 1
            ids += [self._control_ids[piece]] if is_special else self.encode_plain(written.restore(piece))
        return ids
