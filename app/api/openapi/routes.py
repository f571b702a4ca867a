"""Every route: what it takes and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from app.api.completion_schemas import CompletionSchema
from app.api.infill_schemas import EditSchema, InfillSchema
from app.api.llama_cpp_schemas import LlamaCppCompletionSchema, LlamaCppInfillSchema
from app.api.openapi import examples as requests
from app.api.openapi.examples import CHAT_STREAM, INFILL_STREAM, LLAMA_CPP_STREAM, TEXT_STREAM
from app.api.schemas import ChatSchema, DetokenizeSchema, TokenizeSchema

ALWAYS = (403, 405, 500)
GUARDED = (401, *ALWAYS)
BODY = (400, 401, 403, 405, 408, 413, 500, 503)
GENERATING = (400, 401, 403, 404, 405, 408, 413, 429, 500, 503)
SOCKET = (101, 400, 401, 403, 405, 500)
PAGE = (*ALWAYS, 206, 304, 416)
FILE = (404, *PAGE)

Examples = dict[str, Any]


@dataclass(frozen=True)
class Route:
    """`rule` is flask's, `answer` the name of the answer's schema; `errors` are the statuses besides 200."""

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


STEPS_NOTE = (
    "A WebSocket: every other request is answered with 400. docs/reference/steps.md describes the messages and events."
)
COMPLETION_NOTE = (
    "A prompt with a `suffix`, or with fill-in-the-middle sentinels in it, is a text with a hole; any other is gone on "
    "from. docs/reference/completions.md says which client comes with what."
)
WATCHING_NOTE = (
    "For those who have the key; on a server without one, for clients on its own machine. ELBARTO_WATCH says whether "
    "there is text in it."
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
    completing("/v1/completions", "Go on from a prompt, or fill in its middle"),
    completing("/beta/completions", "The same at DeepSeek's address"),
    completing("/v1/beta/completions", "The same at DeepSeek's address, behind /v1"),
    generating(
        "/v1/fim/completions",
        "Text",
        "Fill in the middle, in Mistral's words",
        "ChatCompletion",
        CompletionSchema,
        requests.FIM,
        CHAT_STREAM,
        "Every prompt is the text before a hole; the answer has the shape of a chat's.",
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
        "Make parts of a text anew",
        "Edit",
        EditSchema,
        requests.EDITS,
        INFILL_STREAM,
        "docs/reference/infill.md describes the modes.",
    ),
    generating(
        "/infill",
        "llama.cpp",
        "Fill in the middle, in llama.cpp's words",
        "LlamaCppAnswer",
        LlamaCppInfillSchema,
        requests.LLAMA_CPP_INFILL,
        LLAMA_CPP_STREAM,
    ),
    generating(
        "/completion",
        "llama.cpp",
        "Go on from a prompt, in llama.cpp's words",
        "LlamaCppAnswer",
        LlamaCppCompletionSchema,
        requests.LLAMA_CPP_COMPLETION,
        LLAMA_CPP_STREAM,
    ),
    Route("GET", "/props", "llama.cpp", "What llama.cpp's clients ask of a server", "Props", (*GUARDED, 503)),
    Route("GET", "/v1/models", "Server", "The model that is served", "ModelList", (*GUARDED, 503)),
    Route(
        "GET",
        "/v1/models/<path:model_id>",
        "Server",
        "The same, by its id",
        "Model",
        (*GUARDED, 404, 503),
        parameters=(("model_id", "As in the list.", "elbarto-mini"),),
    ),
    health("/health", "Is it ready?"),
    health("/v1/health", "The same, for llama.cpp's clients"),
    Route(
        "POST",
        "/tokenize",
        "Server",
        "A text or a conversation to ids",
        "Tokens",
        BODY,
        TokenizeSchema,
        requests.TOKENIZE,
    ),
    Route(
        "POST",
        "/detokenize",
        "Server",
        "Token ids to a text",
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
        "Follow one of them",
        ("generation_id", "As in the list.", "chatcmpl-1"),
    ),
    page("/", "The page that shows denoising"),
    file("/web/<path:name>", "Its scripts, styles and fonts", "style.css"),
    page("/docs", "This description, to read"),
    file("/docs/<path:name>", "What that page is made of", "docs.css"),
    Route("GET", "/openapi.json", "Pages", "This description", None, ALWAYS, is_open=True),
)
