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
BODY = (400, 401, 403, 405, 408, 413, 415, 500, 503)
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
    "A WebSocket; other requests are answered with 400. docs/reference/steps.md describes the messages and events."
)
COMPLETION_NOTE = (
    "A prompt with a `suffix`, or with fill-in-the-middle sentinels in it, is a text with a hole; any other prompt is "
    "continued. docs/reference/completions.md lists which client sends what."
)
WATCHING_NOTE = (
    "For clients with the key; on a server without a key, for clients on the same machine. ELBARTO_WATCH determines "
    "whether the text is included."
)
OLLAMA_NOTE = (
    "The answer is a stream unless `stream` is false: a JSON object a line. docs/reference/ollama.md says what is "
    "different from Ollama."
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


def page(rule: str, summary: str) -> Route:
    return Route("GET", rule, "Pages", summary, None, PAGE, is_open=True, content_type="text/html")


def file(rule: str, summary: str, example: str) -> Route:
    name = ("name", "A file.", example)
    return Route("GET", rule, "Pages", summary, None, FILE, parameters=(name,), is_open=True, content_type="*/*")


def socket(rule: str, summary: str, *parameters: tuple[str, str, str]) -> Route:
    return Route("GET", rule, "Watching", summary, None, SOCKET, description=STEPS_NOTE, parameters=parameters)


ROUTES = (
    generating(
        "/v1/chat/completions",
        "Text",
        "Answer a conversation",
        "ChatCompletion",
        ChatSchema,
        requests.CHAT,
        CHAT_STREAM,
    ),
    generating(
        "/v1/responses",
        "Text",
        "Answer a conversation, in the format of OpenAI's Responses API",
        "Response",
        ResponsesSchema,
        requests.RESPONSES,
        RESPONSE_STREAM,
        "Without what needs stored responses. docs/reference/responses.md describes what is left out.",
    ),
    completing("/v1/completions", "Continue a prompt, or fill in its middle"),
    completing("/beta/completions", "The same at DeepSeek's address"),
    completing("/v1/beta/completions", "The same at DeepSeek's address under /v1"),
    generating(
        "/v1/fim/completions",
        "Text",
        "Fill in the middle, in Mistral's format",
        "ChatCompletion",
        CompletionSchema,
        requests.FIM,
        CHAT_STREAM,
        "Every prompt is the text before a hole. The answer has the format of a chat completion.",
    ),
    generating(
        "/v1/infill",
        "Infilling",
        "Fill any number of holes in a text",
        "Infill",
        InfillSchema,
        requests.INFILL,
        INFILL_STREAM,
        "docs/reference/infill.md describes modes, candidates, pinned text and the events of a stream.",
    ),
    generating(
        "/v1/edits",
        "Infilling",
        "Replace parts of a text",
        "Edit",
        EditSchema,
        requests.EDITS,
        INFILL_STREAM,
        "docs/reference/infill.md describes the modes.",
    ),
    generating(
        "/infill",
        "llama.cpp",
        "Fill in the middle, in llama.cpp's format",
        "LlamaCppAnswer",
        LlamaCppInfillSchema,
        requests.LLAMA_CPP_INFILL,
        LLAMA_CPP_STREAM,
    ),
    generating(
        "/completion",
        "llama.cpp",
        "Continue a prompt, in llama.cpp's format",
        "LlamaCppAnswer",
        LlamaCppCompletionSchema,
        requests.LLAMA_CPP_COMPLETION,
        LLAMA_CPP_STREAM,
    ),
    anthropic(
        "/v1/messages",
        "Answer a conversation, in Anthropic's format",
        "AnthropicMessage",
        MessagesSchema,
        requests.MESSAGES,
        stream=MESSAGES_STREAM,
        description="docs/reference/messages.md says what is different from Anthropic's.",
    ),
    anthropic(
        "/v1/messages/count_tokens",
        "Count the tokens of such a conversation",
        "CountedTokens",
        CountTokensSchema,
        requests.COUNT_TOKENS,
    ),
    ollama_generating(
        "/api/chat",
        "Answer a conversation, in Ollama's format",
        "OllamaChat",
        OllamaChatSchema,
        requests.OLLAMA_CHAT,
        OLLAMA_CHAT_STREAM,
    ),
    ollama_generating(
        "/api/generate",
        "Answer a prompt, continue it, or fill in its middle, in Ollama's format",
        "OllamaGenerated",
        OllamaGenerateSchema,
        requests.OLLAMA_GENERATE,
        OLLAMA_GENERATE_STREAM,
    ),
    ollama(
        "POST",
        "/api/show",
        "The model's card, in Ollama's format",
        "OllamaShown",
        GENERATING,
        body=OllamaShowSchema,
        examples=requests.OLLAMA_SHOW,
    ),
    ollama("GET", "/api/tags", "The served model, in Ollama's format", "OllamaTags", (*GUARDED, 503)),
    ollama("GET", "/api/ps", "The loaded model, in Ollama's format", "OllamaTags", (*GUARDED, 503)),
    ollama("GET", "/api/version", "The version of Ollama's API that this is", "OllamaVersion", GUARDED),
    Route("GET", "/props", "llama.cpp", "The server's properties, in llama.cpp's format", "Props", (*GUARDED, 503)),
    Route("GET", "/v1/models", "Server", "The served model", "ModelList", (*GUARDED, 503)),
    Route("GET", "/models", "Server", "The same, for llama.cpp's clients", "ModelList", (*GUARDED, 503)),
    Route(
        "GET",
        "/v1/models/<path:model_id>",
        "Server",
        "The served model, by its id",
        "Model",
        (*GUARDED, 404, 503),
        parameters=(("model_id", "As listed.", "elbarto-mini"),),
    ),
    health("/health", "Health"),
    health("/ready", "Readiness: whether a request would be taken now"),
    health("/v1/health", "The same, for llama.cpp's clients"),
    Route("GET", "/version", "Server", "The server's version, as vLLM tells it", "Version"),
    Route("GET", "/tokenizer_info", "Server", "The tokenizer, as vLLM describes it", "TokenizerInfo", (*GUARDED, 503)),
    Route("GET", "/v1/tokenizer_info", "Server", "The same under /v1", "TokenizerInfo", (*GUARDED, 503)),
    Route(
        "POST",
        "/tokenize",
        "Server",
        "Tokenize a text or a conversation",
        "Tokens",
        BODY,
        TokenizeSchema,
        requests.TOKENIZE,
    ),
    Route(
        "POST",
        "/detokenize",
        "Server",
        "Detokenize token ids",
        "Detokenized",
        BODY,
        DetokenizeSchema,
        requests.DETOKENIZE,
    ),
    socket("/v1/steps", "Every denoising step of a request"),
    Route(
        "GET",
        "/v1/generations",
        "Watching",
        "The requests that are running",
        "GenerationList",
        description=WATCHING_NOTE,
    ),
    socket(
        "/v1/generations/<generation_id>/steps",
        "Follow a running request",
        ("generation_id", "As listed.", "chatcmpl-1"),
    ),
    page("/", "The page that visualizes denoising"),
    file("/web/<path:name>", "Scripts, styles and fonts of that page", "style.css"),
    page("/docs", "This document as a page"),
    file("/docs/<path:name>", "Scripts and styles of that page", "docs.css"),
    Route("GET", "/openapi.json", "Pages", "This document", None, ALWAYS, is_open=True),
)
