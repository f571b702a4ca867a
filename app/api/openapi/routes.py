"""Every route with its request and its answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from app.api.anthropic.schemas import CountTokensSchema, MessagesSchema
from app.api.chat_schemas import ChatSchema
from app.api.completion_schemas import CompletionSchema
from app.api.infill_schemas import EditSchema, InfillSchema
from app.api.llama_cpp_schemas import LlamaCppCompletionSchema, LlamaCppInfillSchema
from app.api.ollama.schemas import OllamaChatSchema, OllamaGenerateSchema, OllamaShowSchema
from app.api.openapi import examples as requests
from app.api.openapi.examples import (
    CHAT_STREAM,
    INFILL_STREAM,
    LLAMA_CPP_STREAM,
    MESSAGES_STREAM,
    OLLAMA_CHAT_STREAM,
    OLLAMA_GENERATE_STREAM,
    RESPONSE_STREAM,
    TEXT_STREAM,
)
from app.api.responses_schemas import ResponsesSchema
from app.api.token_schemas import DetokenizeSchema, TokenizeSchema

ALWAYS = (403, 405, 500)
GUARDED = (401, *ALWAYS)
BODY = (400, 401, 403, 405, 408, 413, 415, 429, 500, 503)
GENERATING = (400, 401, 403, 404, 405, 408, 413, 415, 429, 500, 503)
SOCKET = (101, 400, 401, 403, 405, 500)
PAGE = (*ALWAYS, 206, 304, 416)
FILE = (404, *PAGE)

Examples = dict[str, Any]


@dataclass(frozen=True)
class Route:
    """`rule` is Flask's, `answer` the name of the answer's schema; `errors` are the statuses other than 200."""

    method: str
    rule: str
    tag: str
    summary: str
    answer: str | None = None
    errors: tuple[int, ...] = GUARDED
    body: type[Schema] | None = None
    examples: Examples = field(default_factory=dict)
    stream: str | None = None
    description: str = ""
    parameters: tuple[tuple[str, str, str], ...] = ()  # name, description, example
    is_open: bool = False
    content_type: str = "application/json"
    stream_type: str = "text/event-stream"
    error: str = "Error"  # the name of its errors' schema


STEPS_NOTE = (
    "A WebSocket; other requests are answered with 400. [Steps](docs/reference/steps.md) describes the messages and "
    "events."
)
COMPLETION_NOTE = (
    "A prompt with a `suffix`, or with fill-in-the-middle sentinels in it, is a text with a hole; any other prompt is "
    "continued. [Completions](docs/reference/completions.md) lists which client sends what."
)
WATCHING_NOTE = (
    "For clients with the key; on a server without a key, for clients on the same machine. ELBARTO_WATCH determines "
    "whether the text is included."
)
OLLAMA_NOTE = (
    "The answer is a stream unless `stream` is false: a JSON object a line. [Ollama](docs/reference/ollama.md) says "
    "what is different from Ollama."
)
HEALTH_NOTE = "200 once requests are served, 503 while the model loads and while the server shuts down."


def generating(
    rule: str,
    tag: str,
    summary: str,
    answer: str,
    body: type[Schema],
    examples: Examples,
    stream: str,
    description: str = "",
) -> Route:
    return Route("POST", rule, tag, summary, answer, GENERATING, body, examples, stream, description)


def completing(rule: str, summary: str) -> Route:
    return generating(
        rule, "Text", summary, "TextCompletion", CompletionSchema, requests.COMPLETIONS, TEXT_STREAM, COMPLETION_NOTE
    )


def anthropic(rule: str, summary: str, answer: str, body: type[Schema], examples: Examples, **more: Any) -> Route:
    return Route("POST", rule, "Anthropic", summary, answer, GENERATING, body, examples, error="AnthropicError", **more)


def ollama(method: str, rule: str, summary: str, answer: str, errors: tuple[int, ...], **more: Any) -> Route:
    return Route(method, rule, "Ollama", summary, answer, errors, error="OllamaError", **more)


def ollama_generating(
    rule: str, summary: str, answer: str, body: type[Schema], examples: Examples, stream: str
) -> Route:
    more = {"body": body, "examples": examples, "stream": stream, "stream_type": "application/x-ndjson"}
    return ollama("POST", rule, summary, answer, GENERATING, description=OLLAMA_NOTE, **more)


def health(rule: str, summary: str) -> Route:
    errors = (*ALWAYS, 503)
    return Route("GET", rule, "Server", summary, "Health", errors, description=HEALTH_NOTE, is_open=True)


def page(rule: str, summary: str, errors: tuple[int, ...] = PAGE) -> Route:
    return Route("GET", rule, "Pages", summary, None, errors, is_open=True, content_type="text/html")


def file(rule: str, summary: str, example: str) -> Route:
    name = ("name", "A file.", example)
    return Route("GET", rule, "Pages", summary, None, FILE, parameters=(name,), is_open=True, content_type="*/*")


def socket(rule: str, summary: str, *parameters: tuple[str, str, str]) -> Route:
    return Route("GET", rule, "Watching", summary, None, SOCKET, description=STEPS_NOTE, parameters=parameters)


ROUTES = (
    generating(
        "/v1/chat/completions",
        "Text",
        "Create chat completion",
        "ChatCompletion",
        ChatSchema,
        requests.CHAT,
        CHAT_STREAM,
    ),
    generating(
        "/v1/responses",
        "Text",
        "Create response",
        "Response",
        ResponsesSchema,
        requests.RESPONSES,
        RESPONSE_STREAM,
        "OpenAI's Responses API, without what needs stored responses: [Responses](docs/reference/responses.md) says "
        "what is left out.",
    ),
    completing("/v1/completions", "Create completion"),
    completing("/beta/completions", "Create completion (DeepSeek's address)"),
    completing("/v1/beta/completions", "Create completion (DeepSeek's address under /v1)"),
    generating(
        "/v1/fim/completions",
        "Text",
        "Create fill-in-the-middle completion (Mistral)",
        "ChatCompletion",
        CompletionSchema,
        requests.FIM,
        CHAT_STREAM,
        "Every prompt is the text before a hole. The answer has the format of a chat completion.",
    ),
    generating(
        "/v1/infill",
        "Infilling",
        "Create infill",
        "Infill",
        InfillSchema,
        requests.INFILL,
        INFILL_STREAM,
        "Fills any number of holes in a text. [Infill](docs/reference/infill.md) describes modes, candidates, pinned "
        "text and the events of a stream.",
    ),
    generating(
        "/v1/edits",
        "Infilling",
        "Create edit",
        "Edit",
        EditSchema,
        requests.EDITS,
        INFILL_STREAM,
        "Replaces parts of a text. [Infill and edits](docs/reference/infill.md) describes the modes.",
    ),
    generating(
        "/infill",
        "llama.cpp",
        "Create infill (llama.cpp)",
        "LlamaCppAnswer",
        LlamaCppInfillSchema,
        requests.LLAMA_CPP_INFILL,
        LLAMA_CPP_STREAM,
    ),
    generating(
        "/completion",
        "llama.cpp",
        "Create completion (llama.cpp)",
        "LlamaCppAnswer",
        LlamaCppCompletionSchema,
        requests.LLAMA_CPP_COMPLETION,
        LLAMA_CPP_STREAM,
    ),
    anthropic(
        "/v1/messages",
        "Create message (Anthropic)",
        "AnthropicMessage",
        MessagesSchema,
        requests.MESSAGES,
        stream=MESSAGES_STREAM,
        description="[Messages](docs/reference/messages.md) says what is different from Anthropic's.",
    ),
    anthropic(
        "/v1/messages/count_tokens",
        "Count message tokens (Anthropic)",
        "CountedTokens",
        CountTokensSchema,
        requests.COUNT_TOKENS,
    ),
    ollama_generating(
        "/api/chat",
        "Generate chat message (Ollama)",
        "OllamaChat",
        OllamaChatSchema,
        requests.OLLAMA_CHAT,
        OLLAMA_CHAT_STREAM,
    ),
    ollama_generating(
        "/api/generate",
        "Generate completion (Ollama)",
        "OllamaGenerated",
        OllamaGenerateSchema,
        requests.OLLAMA_GENERATE,
        OLLAMA_GENERATE_STREAM,
    ),
    ollama(
        "POST",
        "/api/show",
        "Show model (Ollama)",
        "OllamaShown",
        GENERATING,
        body=OllamaShowSchema,
        examples=requests.OLLAMA_SHOW,
    ),
    ollama("GET", "/api/tags", "List models (Ollama)", "OllamaTags", (*GUARDED, 503)),
    ollama("GET", "/api/ps", "List running models (Ollama)", "OllamaTags", (*GUARDED, 503)),
    ollama("GET", "/api/version", "Get version (Ollama)", "OllamaVersion", GUARDED),
    Route("GET", "/props", "llama.cpp", "Get server properties (llama.cpp)", "Props", (*GUARDED, 503)),
    Route("GET", "/v1/models", "Server", "List models", "ModelList", (*GUARDED, 503)),
    Route("GET", "/models", "Server", "List models (llama.cpp)", "ModelList", (*GUARDED, 503)),
    Route(
        "GET",
        "/v1/models/<path:model_id>",
        "Server",
        "Retrieve model",
        "Model",
        (*GUARDED, 404, 503),
        parameters=(("model_id", "As listed.", "elbarto-mini"),),
    ),
    health("/health", "Get health"),
    health("/ready", "Get readiness"),
    health("/v1/health", "Get health (llama.cpp)"),
    Route("GET", "/version", "Server", "Get version (vLLM)", "Version"),
    Route("GET", "/tokenizer_info", "Server", "Get tokenizer info (vLLM)", "TokenizerInfo", (*GUARDED, 503)),
    Route(
        "GET", "/v1/tokenizer_info", "Server", "Get tokenizer info (vLLM, under /v1)", "TokenizerInfo", (*GUARDED, 503)
    ),
    Route(
        "GET",
        "/metrics",
        "Server",
        "Get metrics (Prometheus)",
        description="In Prometheus's text format, or in OpenMetrics' if Accept prefers it; docs/reference/metrics.md.",
        content_type="text/plain",
    ),
    Route(
        "POST",
        "/tokenize",
        "Server",
        "Tokenize",
        "Tokens",
        BODY,
        TokenizeSchema,
        requests.TOKENIZE,
    ),
    Route(
        "POST",
        "/detokenize",
        "Server",
        "Detokenize",
        "Detokenized",
        BODY,
        DetokenizeSchema,
        requests.DETOKENIZE,
    ),
    socket("/v1/steps", "Stream the steps of a request"),
    Route(
        "GET",
        "/v1/generations",
        "Watching",
        "List running requests",
        "GenerationList",
        description=WATCHING_NOTE,
    ),
    socket(
        "/v1/generations/<generation_id>/steps",
        "Stream the steps of a running request",
        ("generation_id", "As listed.", "chatcmpl-1"),
    ),
    page("/", "The page"),
    file("/web/<path:name>", "Files of the page", "style.css"),
    page("/docs", "API docs", (*PAGE, 308)),
    file("/docs/<path:name>", "Files of the API docs, and the guides", "index.md"),
    Route("GET", "/openapi.json", "Pages", "OpenAPI document", None, ALWAYS, is_open=True),
)
