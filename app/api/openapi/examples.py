"""Complete requests, and a stream of each kind. Times, ids and counters differ from run to run."""

from __future__ import annotations

from typing import Any

Examples = dict[str, Any]

QUESTION = {"role": "user", "content": "Write a function that checks if a number is even."}

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "unit": {"enum": ["celsius", "fahrenheit"]}},
    "required": ["city", "unit"],
}

CHAT: Examples = {
    "plain": {"messages": [QUESTION], "max_tokens": 64},
    "streamed": {"messages": [QUESTION], "max_tokens": 64, "stream": True, "stream_options": {"include_usage": True}},
    "faster, by confidence": {"messages": [QUESTION], "max_tokens": 64, "decode_mode": "threshold", "threshold": 0.9},
    "two replies, sampled": {"messages": [QUESTION], "max_tokens": 64, "n": 2, "temperature": 0.8, "seed": 7},
    "tools, log probabilities": {
        "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "get_weather",
                    "description": "The current weather.",
                    "parameters": CITY,
                },
            }
        ],
        "tool_choice": "required",
        "parallel_tool_calls": False,
        "max_tokens": 96,
        "logprobs": True,
        "top_logprobs": 2,
    },
    "every denoising step": {"messages": [QUESTION], "max_tokens": 32, "stream": True, "stream_mode": "steps"},
}
RESPONSES: Examples = {
    "a text": {"input": QUESTION["content"], "max_output_tokens": 64},
    "a conversation, streamed": {
        "instructions": "You write Python.",
        "input": [
            QUESTION,
            {"role": "assistant", "content": "def is_even(n):\n    return n % 2 == 0"},
            {"role": "user", "content": [{"type": "input_text", "text": "And one for odd numbers."}]},
        ],
        "max_output_tokens": 32,
        "stream": True,
    },
    "JSON": {
        "input": "Describe Ada, 36.",
        "text": {
            "format": {
                "type": "json_schema",
                "name": "person",
                "schema": {
                    "type": "object",
                    "properties": {"age": {"type": "integer", "maximum": 200}},
                    "required": ["age"],
                    "additionalProperties": False,
                },
            }
        },
    },
    "a forced call": {
        "input": [
            {"role": "user", "content": "What time is it, and what is the weather?"},
            {"type": "function_call", "call_id": "call_1", "name": "now", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "call_1", "output": "12:00"},
        ],
        "tools": [
            {"type": "function", "name": "now"},
            {
                "type": "function",
                "name": "weather",
                "parameters": {"type": "object", "properties": {"unit": {"enum": ["celsius", "fahrenheit"]}}},
            },
        ],
        "tool_choice": {"type": "function", "name": "weather"},
        "max_output_tokens": 64,
    },
}
COMPLETIONS: Examples = {
    "continuation": {"prompt": "def add(a, b):\n    ", "max_tokens": 16},
    "fill in the middle": {"prompt": "def add(a, b):\n    return ", "suffix": "\n", "max_tokens": 16},
    "sentinels in the prompt": {
        "prompt": "<fim_prefix>def add(a, b):\n    return <fim_suffix>\n<fim_middle>",
        "max_tokens": 16,
    },
    "several prompts, log probabilities": {"prompt": ["x = 1 + ", "y = 2 * "], "max_tokens": 4, "logprobs": 2},
    "streamed": {"prompt": "def add(a, b):\n    ", "max_tokens": 16, "stream": True},
}
FIM: Examples = {
    "plain": {"prompt": "def add(a, b):\n    return ", "suffix": "\n", "max_tokens": 16},
    "streamed": {"prompt": "def add(a, b):\n    return ", "suffix": "\n", "max_tokens": 16, "stream": True},
}
BANK = [
    "class BankAccount:\n    def __init__(self, balance=0):\n        ",
    {"hole": {"single_line": True}},
    "\n\n    def deposit(self, amount):\n        ",
    {"hole": {"single_line": True}},
    "\n",
]
INFILL: Examples = {
    "two holes": {"segments": BANK},
    "streamed": {"segments": BANK, "stream": True},
    "three candidates": {"segments": ["def add(a, b):\n    return ", {"hole": {"max_tokens": 8}}, "\n"], "n": 3},
    "pinned text": {"segments": ["def area(r):\n    ", {"hole": {"pinned": ["return"], "single_line": True}}, "\n"]},
}
EDITS: Examples = {
    "rewrite": {"text": "def add(a, b):\n    return a - b\n", "spans": [[26, 31]]},
    "redenoise": {
        "text": "def mean(values):\n    return sum(values) / len(value)\n",
        "spans": [[22, 53]],
        "mode": "redenoise",
    },
    "streamed": {"text": "def add(a, b):\n    return a - b\n", "spans": [[26, 31]], "stream": True},
}
LLAMA_CPP_INFILL: Examples = {
    "as llama.vim sends it": {
        "input_prefix": "def add(a, b):\n",
        "prompt": "    return ",
        "input_suffix": "\n",
        "n_predict": 16,
        "response_fields": ["content", "timings/predicted_n"],
    },
    "streamed": {"input_prefix": "x = ", "input_suffix": "\n", "n_predict": 8, "stream": True},
}
LLAMA_CPP_COMPLETION: Examples = {
    "plain": {"prompt": "def add(a, b):\n    return ", "n_predict": 8},
    "streamed": {"prompt": "def add(a, b):\n    return ", "n_predict": 8, "stream": True},
}
MESSAGES: Examples = {
    "plain": {"messages": [QUESTION], "max_tokens": 64},
    "streamed": {"messages": [QUESTION], "max_tokens": 64, "stream": True},
    "a forced call": {
        "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
        "tools": [{"name": "get_weather", "description": "The current weather.", "input_schema": CITY}],
        "tool_choice": {"type": "tool", "name": "get_weather"},
        "max_tokens": 96,
    },
    "a result": {
        "system": "Answer in one sentence.",
        "messages": [
            {"role": "user", "content": "What is the weather in Paris?"},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "call_1", "name": "get_weather", "input": {"city": "Paris"}},
                ],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "Sunny."}]},
        ],
        "max_tokens": 16,
        "stop_sequences": ["."],
    },
}
COUNT_TOKENS: Examples = {"plain": {"messages": [QUESTION], "system": "Be brief."}}
OLLAMA_CHAT: Examples = {
    "streamed": {"messages": [QUESTION], "options": {"num_predict": 64}, "stream": True},
    "whole": {"messages": [QUESTION], "options": {"num_predict": 64, "temperature": 0.8, "seed": 7}, "stream": False},
    "JSON": {
        "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
        "format": CITY,
        "options": {"num_predict": 96},
        "stream": False,
    },
}
OLLAMA_GENERATE: Examples = {
    "streamed": {"prompt": QUESTION["content"], "options": {"num_predict": 64}, "stream": True},
    "fill in the middle": {
        "prompt": "def add(a, b):\n    return ",
        "suffix": "\n",
        "options": {"num_predict": 16},
        "stream": False,
    },
    "without the chat template": {
        "prompt": "def add(a, b):\n    ",
        "raw": True,
        "options": {"num_predict": 16},
        "stream": False,
    },
}
OLLAMA_SHOW: Examples = {"plain": {"model": "elbarto-mini:latest"}}
TOKENIZE: Examples = {
    "a text": {"prompt": "def add(a, b):"},
    "a conversation": {"messages": [{"role": "user", "content": "Hi"}]},
}
DETOKENIZE: Examples = {"plain": {"tokens": [294, 73]}}

CHAT_STREAM = """data: {"id":"chatcmpl-1","created":1767225600,"model":"elbarto-mini","object":"chat.completion.chunk",\
"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-1","created":1767225600,"model":"elbarto-mini","object":"chat.completion.chunk",\
"choices":[{"index":0,"delta":{"content":"def "},"logprobs":null,"finish_reason":null}]}

data: {"id":"chatcmpl-1","created":1767225600,"model":"elbarto-mini","object":"chat.completion.chunk",\
"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

data: [DONE]

"""
RESPONSE_STREAM = """event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}, ...}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"msg_1", ...}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,\
"delta":"def ","logprobs":[]}

event: response.completed
data: {"type":"response.completed","sequence_number":9,"response":{"id":"resp_1","status":"completed"}, ...}

"""
TEXT_STREAM = """data: {"id":"cmpl-1","created":1767225600,"model":"elbarto-mini","object":"text_completion",\
"choices":[{"index":0,"text":"return a + b","logprobs":null,"finish_reason":null}]}

data: {"id":"cmpl-1","created":1767225600,"model":"elbarto-mini","object":"text_completion",\
"choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"stop"}]}

data: [DONE]

"""
INFILL_STREAM = """data: {"type":"started","id":"infill-1","object":"infill.event","created":1767225600,\
"model":"elbarto-mini","infill_mode":"canvas","num_holes":1,"n":1}

data: {"type":"delta","choice":0,"hole":0,"text":"a + b"}

data: {"type":"hole","choice":0,"hole":0,"text":"a + b","finish_reason":"stop"}

data: {"type":"finished", ...}

data: [DONE]

"""
LLAMA_CPP_STREAM = """data: {"index":0,"content":"a + b","tokens":[],"stop":false,"id_slot":0,"tokens_predicted":0}

data: {"index":0,"content":"","stop":true, ...}

"""
MESSAGES_STREAM = """event: message_start
data: {"type":"message_start","message":{"id":"msg-1","type":"message", ...}}

event: ping
data: {"type":"ping"}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"def "}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1, ...}}

event: message_stop
data: {"type":"message_stop"}

"""
OLLAMA_CHAT_STREAM = """{"model":"elbarto-mini:latest","created_at":"2026-01-01T00:00:00Z",\
"message":{"role":"assistant","content":"def "},"done":false}
{"model":"elbarto-mini:latest","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":""},\
"done":true,"done_reason":"stop","total_duration":120000000,"load_duration":0,"prompt_eval_count":20,\
"prompt_eval_duration":20000000,"eval_count":1,"eval_duration":100000000}
"""
OLLAMA_GENERATE_STREAM = """{"model":"elbarto-mini:latest","created_at":"2026-01-01T00:00:00Z","response":"def ",\
"done":false}
{"model":"elbarto-mini:latest","created_at":"2026-01-01T00:00:00Z","response":"","done":true,"done_reason":"stop",\
"total_duration":120000000,"load_duration":0,"prompt_eval_count":20,"prompt_eval_duration":20000000,"eval_count":1,\
"eval_duration":100000000}
"""
