"""Descriptions of the request fields. Those of the decoding options come from their declarations."""

from __future__ import annotations

from marshmallow import Schema

from app.api.responses_schemas import Refused, ResponsesSchema
from app.messages.decoding import DECODING_OPTIONS, MAX_TEMPERATURE
from app.messages.defaults import DEFAULT_OPTIONS

# For schemas that have no text for the field in BY_SCHEMA.
TEXTS = {
    **{name: option.help for name, option in DECODING_OPTIONS.items()},
    "block_length": DEFAULT_OPTIONS["block_length"].help,
    "model": "Any name is accepted, unless the server runs with ELBARTO_STRICT_MODEL: then only the loaded model's id.",
    "stream": "Answer with server-sent events, as the text is generated.",
    "stream_options": "Additional content of a stream.",
    "include_usage": "Send a last chunk with `usage` and no choices.",
    "seed": "The same seed gives the same text. Default, or -1: a random one.",
    "logit_bias": "Numbers that are added to the logits of tokens, by token id: -100 bans one, 100 makes it certain.",
    "stop_token_ids": "The text ends before the first of these tokens.",
    "add_generation_prompt": "Begin an assistant's message. false with a last message of the assistant: continue that.",
    "continue_final_message": "vLLM's name for a prefill: the reply goes on with the text of the last message, an "
    "assistant's. The answer has the new text alone.",
    "chat_template_kwargs": "Variables for the chat template, such as enable_thinking.",
    "stop": "The text ends before the first of these strings.",
    "user": "Has no effect.",
    "max_tokens": "Maximum number of tokens. Default, or -1: `gen_length`, or all the room that the context leaves.",
    "max_completion_tokens": "OpenAI's newer name for `max_tokens`; takes precedence if both are given.",
    "n": "Number of answers.",
    "steps": "Denoising steps for `gen_length` tokens, rounded down to a multiple of the number of blocks.",
    "steps_per_block": "Denoising steps for each block, instead of `steps`.",
    "gen_length": "Tokens on the canvas after the prompt, rounded down to a multiple of the block length.",
    "time_budget_ms": "Finish within this many milliseconds of the request's arrival, with fewer steps if necessary.",
    "speculation": "Maximum number of drafts that a forward evaluates for each reply. It lowers the server's limit "
    "(ELBARTO_SPECULATION) and cannot raise it. auto: the server's; off or 0: none. The text stays the same.",
    "ignore_eos": "Continue past the end-of-sequence token.",
    "return_token_ids": "Add `token_ids` to every choice.",
    "alternatives": "With `stream_mode` steps: send this many of the most likely tokens at each position.",
    "infill_mode": "How holes are filled: on one canvas, with fill-in-the-middle sentinels, by instruction, or by both "
    "of the first two at once, returning the surer answer. Default: the best mode that the model supports "
    "(`infill_modes` of GET /v1/models).",
    "length_method": "How a hole's length is chosen: start long and delete tokens, try several lengths, or use exactly "
    "`max_tokens`.",
    "language": "The programming language, for models that infill by instruction.",
    "filename": "The file's name.",
    "context": "Other files that are relevant to this one.",
    "text": "The text.",
    "fim_dialects": "Models whose fill-in-the-middle sentinels are recognized in `prompt`; [] turns this off. Default: "
    "all.",
    "suffix": "The text after the hole. If it is given (even empty), the prompt is the text before the hole.",
    "prompt": "A text, token ids, or a list of either.",
    "messages": "The conversation. Required unless `prompt_token_ids` is given.",
    "prompt_token_ids": "The prompt as token ids, instead of `messages`.",
    "tools": "Functions that the model may call. Without a place for them in the chat template, a system prompt "
    "describes them.",
    "tool_choice": "none: the model does not see the tools. auto: it may call them. required, or a function's name: "
    "the reply consists of calls, whose arguments follow the functions' schemas.",
    "parallel_tool_calls": "Whether a reply may have more than one call. With a function's name it never has.",
    "response_format": "The form of the text: text, json_object, or json_schema with the schema in "
    "`json_schema.schema`.",
    "structured_outputs": "vLLM's form of the text: an object with one of `json`, `regex`, `choice`, `grammar` and "
    "`json_object`.",
    "guided_json": "The text is JSON that follows this JSON schema, given as an object or as text.",
    "guided_regex": "The text matches this regular expression.",
    "guided_choice": "The text is one of these.",
    "guided_grammar": "The text follows this grammar, in Lark (llguidance's) or GBNF (llama.cpp's).",
    "type": "Only functions are supported.",
    "function": "The function.",
    "top_logprobs": "With `logprobs`: return this many of the likeliest tokens at each position.",
    "logprobs": "Return the log probability of each token when it was accepted, and this many alternatives for it.",
    "n_indent": "The text ends before a line that is indented by fewer characters.",
    "response_fields": "Return only these fields; a path such as timings/prompt_n names a nested one.",
}

FUNCTION = {
    "name": "1 to 128 characters: letters, digits, and any of _ - . : /",
    "description": "What it does, for the model.",
    "parameters": "The JSON schema of its arguments, which are an object. Default: no arguments.",
    "strict": "No effect: forced calls always follow the schema, and others are the model's own.",
}
BY_SCHEMA: dict[str, dict[str, str]] = {
    "ChatSchema": {
        "stream_mode": "What a stream consists of: OpenAI's chunks, or every denoising step (docs/reference/steps.md).",
        "logprobs": "Return the log probability of each token when it became final.",
    },
    "MessageSchema": {
        "role": "The author's role. developer is treated as system.",
        "content": "A text or a list of text parts. Required, except for the role assistant.",
        "name": "The author's name.",
        "tool_call_id": "For the role tool: the tool call that this message answers.",
        "tool_calls": "For the role assistant: its tool calls.",
        "prefix": "DeepSeek's name for a prefill: the reply goes on with the text of this message, the last one.",
    },
    "CallSchema": {"id": "The call's id.", "function": "The function that was called."},
    "CalledSchema": {
        "name": "The function's name.",
        "arguments": "Its arguments: a JSON object, as text or as such.",
    },
    "FunctionSchema": FUNCTION,
    "CompletionSchema": {
        "best_of": "Generate this many answers for each prompt and return the `n` most likely. Cannot be streamed.",
        "echo": "Return the prompt before the text. Cannot be combined with `logprobs`.",
        "max_tokens": "Maximum number of tokens; in a hole at most ELBARTO_INFILL_MAX_TOKENS. 0 is rejected.",
        "max_completion_tokens": "OpenAI's newer name for `max_tokens`; takes precedence if both are given. 0 is "
        "rejected.",
        "random_seed": "Mistral's name for `seed`.",
    },
    "InfillSchema": {
        "segments": 'Strings and holes, `{"hole": {}}`, in order. Two holes must have text between them.',
        "n": "Number of candidates, the best first. Fewer are returned if fewer are distinct.",
        "stream": "Answer with server-sent events: started, delta, hole, finished.",
        "syntax": "The tree-sitter language of the file (`infill_syntax` of GET /v1/models). Candidates with fewer "
        "syntax errors come first, and each has `parses`. An object can also have the rest of the file.",
    },
    "SyntaxSchema": {
        "language": "A language of `infill_syntax` (GET /v1/models).",
        "before": "The file's text before the first segment, for the parser only.",
        "after": "The file's text after the last segment, for the parser only.",
    },
    "HoleSchema": {
        "max_tokens": "Maximum number of tokens, up to ELBARTO_INFILL_MAX_TOKENS.",
        "single_line": "The hole ends at the end of its line.",
        "pinned": "Texts that the hole must contain, in this order.",
        "hint": "A description of what belongs in the hole, for models that infill by instruction.",
    },
    "EditSchema": {
        "text": "The whole text.",
        "spans": "The parts to replace: [start, end) in characters. They must neither overlap nor touch.",
        "mode": "rewrite: fill the spans as holes. redenoise: mask the tokens that the model is unsure of, and fill "
        "them again. polish: do that repeatedly, a few tokens at a time.",
        "max_tokens": "Maximum number of tokens in each span, in mode rewrite.",
        "steps": "As for an infill; in mode polish, the approximate number of forwards.",
        "threshold": "As for an infill; in mode redenoise, tokens below this confidence are masked.",
    },
    "ContextFileSchema": {"text": "The file's content."},
    "LlamaCppSchema": {
        **{
            option.llama_cpp: f"llama.cpp's name for `{name}`."
            for name, option in DECODING_OPTIONS.items()
            if option.llama_cpp not in (None, name)
        },
        "n_predict": "Maximum number of tokens; below 0: no limit; 0: no tokens (plugins use it to warm the cache).",
        "seed": "Below 0: a random one.",
        "temperature": f"{DECODING_OPTIONS['temperature'].help} Above {MAX_TEMPERATURE} counts as {MAX_TEMPERATURE}.",
        "t_max_predict_ms": "llama.cpp's name for `time_budget_ms`; below 1: no limit.",
        "stream": "Answer with server-sent events. The last one has `stop`; no [DONE] follows.",
        "json_schema": "The text is JSON that follows this JSON schema. Not for holes.",
        "grammar": "The text follows this grammar, in GBNF or in llguidance's Lark. Not for holes.",
        "logit_bias": "Numbers that are added to the logits of a token, or of every token of a text. false: it never "
        "comes.",
    },
    "LlamaCppInfillSchema": {
        "input_prefix": "The text before the line that has the hole.",
        "input_suffix": "The text after the hole.",
        "prompt": "The text before the hole on its own line.",
        "input_extra": "Other files that are relevant to this one.",
    },
    "LlamaCppCompletionSchema": {
        "prompt": "One text, or its token ids.",
    },
    "ResponsesSchema": {
        **{
            name: f"Anything else is refused. {field.reason}"
            for name, field in ResponsesSchema().fields.items()
            if isinstance(field, Refused)
        },
        "input": "A message of the user, or the items of a conversation: messages, function calls, and their outputs. "
        "Reasoning is left out; other items are, too, with a warning.",
        "instructions": "A system message before the conversation.",
        "max_output_tokens": "Maximum number of tokens. Default: `gen_length`.",
        "text": "The form of the text.",
        "tools": "Functions that the model may call. Tools of other types are left out, with a warning.",
        "tool_choice": "none: the model does not see the tools. auto: it may call them. required, or a function's "
        "name: the reply consists of calls, whose arguments follow the functions' schemas. allowed_tools: auto or "
        "required with some of the tools.",
        "stream": "Answer with OpenAI's events, as the text is generated. No [DONE] follows.",
        "metadata": "Repeated in the answer.",
        "store": "No effect: nothing is stored, and the answer says so.",
        "max_tool_calls": "No effect: it limits tools that a server runs.",
        "prompt_cache_key": "No effect: equal beginnings of prompts are always found in the cache.",
        "prompt_cache_retention": "No effect.",
        "safety_identifier": "No effect.",
        "service_tier": "No effect.",
        "include": "No effect, with a warning for log probabilities.",
        "reasoning": "No effect, with a warning: the model does not reason before it answers.",
        "top_logprobs": "No effect, with a warning.",
        "truncation": "No effect, with a warning for auto: an input that is too long is always refused.",
    },
    "ResponseTextSchema": {
        "format": "`type` is text, json_object, or json_schema with `name` and `schema`.",
        "verbosity": "No effect, with a warning.",
    },
    "ResponseStreamOptionsSchema": {"include_obfuscation": "No effect: events have no padding."},
    "MessageItemSchema": {
        "type": "Default: message.",
        "role": "The author's role. developer is treated as system.",
        "content": "A text or a list of text parts.",
    },
    "FunctionCallItemSchema": {
        "type": "What the item is.",
        "call_id": "The call's id.",
        "name": "The function's name.",
        "arguments": "Its arguments: a JSON object, as text or as such.",
    },
    "FunctionCallOutputItemSchema": {
        "type": "What the item is.",
        "call_id": "The id of the call that this answers.",
        "output": "What the function returned: a text or a list of text parts.",
    },
    "FunctionToolSchema": FUNCTION,
    "CountTokensSchema": {
        "messages": "The conversation. If the last message is the assistant's, the reply goes on from its text.",
        "system": "The system prompt: a text, or a list of text blocks.",
        "tools": "Functions that the model may call. Anthropic's own, by their `type`, are left out, with a warning.",
        "tool_choice": "Whether the reply may call tools (auto), must (any, or tool and its name), or must not (none).",
        "thinking": "Ignored, with a warning if it is enabled.",
        "output_config": 'The form of the text, in `format`: `{"type": "json_schema", "schema": ...}`.',
    },
    "MessagesSchema": {
        "max_tokens": "Maximum number of tokens. Default: as in a chat.",
        "stop_sequences": "The text ends before the first of these strings, which `stop_sequence` then has.",
        "metadata": "Ignored.",
    },
    "TurnSchema": {
        "role": "The author's role.",
        "content": "A text or a list of blocks: text, tool_use (assistant), tool_result (user). Thinking is left out.",
    },
    "TextBlockSchema": {"text": "The text."},
    "ToolUseBlockSchema": {"id": "The call's id.", "name": "The tool's name.", "input": "Its arguments."},
    "ToolResultBlockSchema": {
        "tool_use_id": "The id of the call.",
        "content": "A text or a list of text blocks.",
        "is_error": "The text gets `Error: ` in front.",
    },
    "MessagesToolSchema": {
        "type": "custom, the default, or the name of one of Anthropic's own tools.",
        "name": "1 to 128 characters: letters, digits, and any of _ - . : /",
        "description": "What it does, for the model.",
        "input_schema": "The JSON schema of its input, an object. Required, except for Anthropic's own tools.",
    },
    "MessagesToolChoiceSchema": {
        "type": "auto: the model may call tools. any: it must. tool: it must call `name`. none: it does not see them.",
        "name": "With type tool: the tool's name.",
        "disable_parallel_tool_use": "Whether the reply has at most one call.",
    },
    "OllamaSchema": {
        "model": "Any name is accepted, unless the server runs with ELBARTO_STRICT_MODEL: then only the loaded model's "
        "id, with or without `:latest`.",
        "stream": "Answer with a JSON object a line, as the text is generated.",
        "format": "The form of the text: json, or a JSON schema.",
        "options": "Ollama's options, and the decoding options by their own names. Others are ignored, with a warning.",
        "keep_alive": "Ignored: the model stays loaded.",
        "think": "Only false.",
        "logprobs": "Only false.",
    },
    "OllamaOptionsSchema": {
        **{
            option.llama_cpp: f"Ollama's name for `{name}`."
            for name, option in DECODING_OPTIONS.items()
            if option.llama_cpp not in (None, name)
        },
        "temperature": f"{DECODING_OPTIONS['temperature'].help} Above {MAX_TEMPERATURE} counts as {MAX_TEMPERATURE}.",
        "num_predict": "Maximum number of tokens; below 1: no limit.",
        "num_ctx": "No effect: the context is the model's. A warning says so if that is shorter.",
        "seed": "Below 0: a random one.",
    },
    "OllamaChatSchema": {"messages": "The conversation. Without any, the answer says that the model is loaded."},
    "OllamaMessageSchema": {
        "role": "The author's role.",
        "content": "The text.",
        "images": "Only an empty list: the model accepts text only.",
        "tool_calls": "For the role assistant: its calls.",
        "tool_name": "For the role tool: the name of the tool whose result this is.",
        "tool_call_id": "For the role tool: the id of the call.",
    },
    "OllamaCallSchema": {"id": "The call's id.", "function": "The function that was called."},
    "OllamaCalledSchema": {"name": "The function's name.", "arguments": "Its arguments, a JSON object."},
    "OllamaGenerateSchema": {
        "prompt": "A question for the chat template; with `raw` a text to continue; with `suffix` the text before a "
        "hole. Without any, the answer says that the model is loaded.",
        "suffix": "The text after the hole. An empty one is none.",
        "system": "The system prompt. Ignored with `raw` and `suffix`, with a warning.",
        "raw": "Continue the prompt without a chat template.",
        "images": "Only an empty list: the model accepts text only.",
        "template": "Only an empty one.",
        "context": "Only an empty list.",
    },
    "OllamaShowSchema": {
        "model": "The model's id, with or without `:latest`.",
        "name": "The older name of `model`.",
        "verbose": "Ignored.",
    },
    "TokenizeSchema": {
        "prompt": "The text (vLLM's name for it).",
        "content": "The text (llama.cpp's name for it).",
        "messages": "A conversation, to which the chat template is applied.",
        "add_special_tokens": "Prepend the start token to a text.",
    },
    "DetokenizeSchema": {"tokens": "Token ids."},
}


def describe(schema: type[Schema], name: str | None) -> str:
    """Raises KeyError for a field without a description."""
    assert name is not None
    for ancestor in schema.__mro__:
        text = BY_SCHEMA.get(ancestor.__name__, {}).get(name)
        if text:
            return text
    return TEXTS[name]
