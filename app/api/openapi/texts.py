"""What each field of a request is for."""

from __future__ import annotations

from marshmallow import Schema

# Without a schema's name: in all schemas that do not say it in other words.
TEXTS = {
    "model": "Any name is taken, unless the server runs with ELBARTO_STRICT_MODEL: then the loaded model's id.",
    "stream": "Answer with server-sent events, as the text comes.",
    "stream_options": "What a stream has besides.",
    "include_usage": "Send a last chunk with `usage` and no choices.",
    "seed": "The same seed gives the same text. Without one, a random one.",
    "stop": "The text ends before the first of these.",
    "user": "Ignored.",
    "temperature": "0 always takes the likeliest token. Default: the server's.",
    "top_p": "Above temperature 0: sample among the likeliest tokens that together have this probability.",
    "top_k": "Above temperature 0: sample among so many likeliest tokens; below 1: among all.",
    "repetition_penalty": "Above 1, tokens that the prompt or the text has are less likely. 1 is off.",
    "presence_penalty": "Above 0, tokens that the text has are less likely. 0 is off.",
    "frequency_penalty": "Above 0, the more often the text has a token, the less likely it is. 0 is off.",
    "max_tokens": "At most so many tokens. Default: `gen_length`.",
    "max_completion_tokens": "OpenAI's newer name for `max_tokens`; it wins where both are there.",
    "n": "So many answers.",
    "steps": "Denoising steps for `gen_length` tokens (rounded down to a multiple of the number of blocks).",
    "gen_length": "Tokens of the canvas behind the prompt (rounded down to a multiple of the block length).",
    "block_length": "Positions denoised together. Best left at what the model was trained with.",
    "decode_mode": "The rule that says which masked positions become final in a step.",
    "threshold": "Modes threshold and adaptive: accept every proposal of at least this confidence.",
    "factor": "Mode factor: the n-th most confident proposal needs a confidence of 1 - factor / (n + 1).",
    "gamma": "Mode entropy: accept proposals while their summed entropy without the largest (nats) is within gamma.",
    "small_block_length": "Fill a block in parts of so many positions; divides the block length.",
    "time_budget_ms": "Be done within so many milliseconds from now on, with fewer steps where that is needed.",
    "remasking": "Which masked positions become final first: the most confident ones, or random ones.",
    "ignore_eos": "Go on behind the end-of-sequence token.",
    "return_token_ids": "Have `token_ids` in every choice.",
    "alternatives": "With `stream_mode` steps: so many of the likeliest tokens at each position.",
    "infill_mode": "How holes are filled: on one canvas, with fill-in-the-middle sentinels, or by instruction. "
    "Default: the best that the model knows (`infill_modes` of GET /v1/models).",
    "length_method": "How a hole finds its length: it begins long and tokens are deleted; several lengths are tried; "
    "or it has exactly `max_tokens`.",
    "language": "The programming language, for models that are instructed in words.",
    "filename": "The file's name.",
    "context": "Other files that say something about this one.",
    "text": "The text.",
    "fim_dialects": "Whose sentinels in `prompt` count as fill-in-the-middle; [] switches it off. Default: all.",
    "suffix": "What stands behind the hole. With it (even empty), the prompt is what stands before.",
    "prompt": "A text, token ids, or several of either.",
    "messages": "The conversation. Required, unless `prompt_token_ids` is there.",
    "prompt_token_ids": "The prompt as token ids, instead of `messages`.",
    "tools": "Handed to the chat template; ignored (and named in x-elbarto-ignored) where it has no use for them.",
    "response_format": "As `tools`.",
    "logprobs": "Log probabilities of the tokens as they were accepted, with so many alternatives each.",
    "n_indent": "The text ends before a line that is indented by fewer characters.",
    "response_fields": "Only these fields come back; a path such as timings/prompt_n names one further down.",
}

OWN: dict[str, dict[str, str]] = {
    "ChatSchema": {
        "stream_mode": "What a stream is made of: OpenAI's chunks, or every denoising step (docs/reference/steps.md).",
        "logprobs": "Not supported: true is refused.",
        "top_logprobs": "Not supported: anything but 0 is refused.",
    },
    "MessageSchema": {
        "role": "Who says it. developer is taken for system.",
        "content": "A text or a list of text parts. Required, but not of an assistant that called tools.",
        "name": "Who of several.",
        "tool_call_id": "For the role tool: which call this answers.",
        "tool_calls": "For the role assistant: what it called.",
    },
    "CompletionSchema": {
        "best_of": "Make so many for each prompt and answer with the `n` likeliest. Not for streams.",
        "echo": "Have the prompt before the text. Not together with `logprobs`.",
        "max_tokens": "At most so many tokens; in a hole at most ELBARTO_INFILL_MAX_TOKENS. 0 is refused.",
        "max_completion_tokens": "OpenAI's newer name for `max_tokens`; it wins where both are there. 0 is refused.",
        "random_seed": "Mistral's name for `seed`.",
    },
    "InfillSchema": {
        "segments": 'Strings and holes, `{"hole": {}}`, in order. Between two holes there must be text.',
        "n": "So many candidates, the best first. Fewer come back where fewer are distinct.",
        "stream": "Answer with server-sent events: started, delta, hole, finished.",
    },
    "HoleSchema": {
        "max_tokens": "At most so many tokens, and at most ELBARTO_INFILL_MAX_TOKENS.",
        "single_line": "The hole ends with its line.",
        "pinned": "Texts that are in the hole for certain, in this order.",
        "hint": "What should stand there, in words; for models that are instructed in words.",
    },
    "EditSchema": {
        "text": "The whole text.",
        "spans": "Which parts are made anew: [start, end) in characters. They neither overlap nor touch.",
        "mode": "rewrite: fill the spans as holes. redenoise: mask what the model is not sure of and fill it. polish: "
        "do so over and over, a few tokens at a time.",
        "max_tokens": "Of each span, in mode rewrite.",
        "steps": "As in an infill; in mode polish, about so many forwards.",
        "threshold": "As in an infill; in redenoise, tokens below this confidence are masked.",
    },
    "ContextFileSchema": {"text": "What is in the file."},
    "LlamaCppSchema": {
        "n_predict": "At most so many tokens; below 0: as many as it likes; 0: none (plugins warm a cache so).",
        "seed": "Below 0: a random one.",
        "temperature": "0 always takes the likeliest token; above 2 counts as 2.",
        "repeat_penalty": "`repetition_penalty` by llama.cpp's name.",
        "t_max_predict_ms": "`time_budget_ms` by llama.cpp's name; below 1: none.",
        "stream": "Answer with server-sent events; the last one has `stop`, and no [DONE] follows.",
    },
    "LlamaCppInfillSchema": {
        "input_prefix": "What stands before the line of the hole.",
        "input_suffix": "What stands behind the hole.",
        "prompt": "What stands before the hole on its own line.",
        "input_extra": "Other files that say something about this one.",
    },
    "LlamaCppCompletionSchema": {"prompt": "One text, or its token ids."},
    "TokenizeSchema": {
        "prompt": "The text (vLLM's name for it).",
        "content": "The text (llama.cpp's name for it).",
        "messages": "A conversation, laid out by the chat template.",
        "add_special_tokens": "Have the start token before a text.",
    },
    "DetokenizeSchema": {"tokens": "Token ids."},
}


def describe(schema: type[Schema], name: str | None) -> str:
    """Raises KeyError for a field that nobody has described."""
    assert name is not None
    for ancestor in schema.__mro__:
        text = OWN.get(ancestor.__name__, {}).get(name)
        if text:
            return text
    return TEXTS[name]
