"""The errors that callers and operators can cause, as one tree.

ElBartoError
├── StartError          startup fails with a one-line message
│   ├── ConfigError     a setting
│   └── CheckpointError the model's files
├── EngineBroken        the process exits, and another one takes over
└── ApiError            becomes {"error": {...}} with its status
    ├── RequestError 400
    │   ├── PromptTooLong
    │   └── Unsupported
    ├── Unauthorized 401
    ├── ForeignHost 403
    ├── ForeignOrigin 403
    ├── WatchingRefused 403
    ├── ModelNotFound 404
    ├── GenerationNotFound 404
    ├── BodyTimeout 408
    ├── GenerationEnded 410
    ├── FellBehind 410
    ├── UnsupportedCoding 415
    ├── QueueFull 429
    ├── Overloaded 429
    ├── RateLimited 429
    ├── ConcurrencyLimited 429
    ├── EngineFailed 500
    └── Unavailable 503
        ├── ModelLoading
        └── ShuttingDown
"""

from __future__ import annotations


class ElBartoError(Exception):
    """Base of everything raised on purpose."""


class StartError(ElBartoError):
    """The server cannot start; the message is one line for the operator."""


class ConfigError(StartError):
    """A setting is unknown or has a value that is not allowed."""


class CheckpointError(StartError):
    """The model's files are missing, unsupported or damaged."""


class EngineBroken(ElBartoError):
    """No later step can succeed, whatever the request."""


class ApiError(ElBartoError):
    """An error that is sent to the client in OpenAI's format.

    `param` names the request field at fault; `retry_after` is in seconds.
    """

    status = 500
    type = "server_error"
    code: str | None = None
    retry_after: int | None = None

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class RequestError(ApiError):
    status, type, code = 400, "invalid_request_error", "invalid_value"


class Unsupported(RequestError):
    """A field of OpenAI's API that this server does not implement."""

    code = "unsupported_parameter"


class PromptTooLong(RequestError):
    """The prompt leaves no room for a reply."""

    code = "context_length_exceeded"

    def __init__(self, max_model_len: int, requested: int, param: str = "messages", is_certain: bool = True) -> None:
        """`is_certain`: `requested` is the number, and not only the least that it can be."""
        more_than = "" if is_certain else "at least "
        # litellm, aider and Continue recognise exactly this wording, not the code.
        super().__init__(
            f"This model's maximum context length is {max_model_len} tokens. However, you requested "
            f"{more_than}{requested} tokens (the prompt and at least one block of reply). Please shorten the prompt.",
            param,
        )
        self.max_model_len, self.requested = max_model_len, requested


class Unauthorized(ApiError):
    status, type, code = 401, "authentication_error", "invalid_api_key"


class ForeignHost(ApiError):
    """A page may have made its own name resolve to this server (DNS rebinding)."""

    status, type, code = 403, "permission_error", "host_not_allowed"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"This server has no API key, and {host[:100]!r} is not one of its names; its operator can allow it "
            "(ELBARTO_ALLOWED_HOSTS), or set a key."
        )


class ForeignOrigin(ApiError):
    status, type, code = 403, "permission_error", "origin_not_allowed"

    def __init__(self, origin: str) -> None:
        super().__init__(f"Pages from {origin} may not use this server; its operator can allow them (cors_origins).")


class ModelNotFound(ApiError):
    status, type, code = 404, "invalid_request_error", "model_not_found"

    def __init__(self, name: str, served: str) -> None:
        super().__init__(f"The model {name!r} does not exist; this server has {served!r}.", "model")


class WatchingRefused(ApiError):
    """The client may not watch other clients' requests."""

    status, type, code = 403, "permission_error", "watching_not_allowed"


class GenerationNotFound(ApiError):
    status, type, code = 404, "invalid_request_error", "generation_not_found"

    def __init__(self, generation_id: str) -> None:
        super().__init__(f"No request with the id {generation_id!r} is running.", "id")


class GenerationEnded(ApiError):
    status, type, code = 410, "invalid_request_error", "generation_ended"

    def __init__(self) -> None:
        super().__init__("The followed request ended without an answer: its client disconnected.")


class FellBehind(ApiError):
    """The events of a followed request come faster than the client reads them."""

    status, type, code = 410, "invalid_request_error", "fell_behind"

    def __init__(self) -> None:
        super().__init__("The request's events came faster than they were read; please connect again.")


class BodyTimeout(ApiError):
    status, type, code = 408, "invalid_request_error", "request_timeout"

    def __init__(self) -> None:
        super().__init__("The request body did not arrive in time.")


class Overloaded(ApiError):
    """Too many threads are held for long."""

    status, type, code = 429, "rate_limit_error", "too_many_requests"
    retry_after = 5


class UnsupportedCoding(ApiError):
    status, type, code = 415, "invalid_request_error", "unsupported_media_type"

    def __init__(self, coding: str, allowed: str) -> None:
        super().__init__(f"Content-Encoding must be one of {allowed}, or two of them, got {coding[:100]!r}.")
        self.allowed = allowed


class RateLimited(ApiError):
    """The client began too many requests within a minute."""

    status, type, code = 429, "rate_limit_error", "rate_limit_exceeded"

    def __init__(self, per_minute: int, wait_s: int) -> None:
        super().__init__(
            f"Rate limit reached: {per_minute} requests in a minute from one client. Try again in {wait_s} s."
        )
        self.retry_after = wait_s


class ConcurrencyLimited(ApiError):
    """The client has too many requests in progress."""

    status, type, code = 429, "rate_limit_error", "concurrency_limit_exceeded"
    retry_after = 5

    def __init__(self, number: int) -> None:
        super().__init__(f"One client may have {number} requests in progress. Try again when one of yours has ended.")


class QueueFull(ApiError):
    status, type, code = 429, "rate_limit_error", "queue_full"
    retry_after = 5

    def __init__(self, num_sequences: int) -> None:
        # Continue retries when the text says "overloaded".
        super().__init__(f"The server is overloaded (replies running or waiting: {num_sequences}). Try again soon.")


class EngineFailed(ApiError):
    """An engine step that included this request failed."""

    status, type, code = 500, "server_error", "engine_failed"


class Unavailable(ApiError):
    status, type, code = 503, "unavailable_error", "unavailable"
    retry_after = 5


class ModelLoading(Unavailable):
    code = "model_loading"

    def __init__(self) -> None:
        super().__init__("The model is still loading. Try again soon.")


class ShuttingDown(Unavailable):
    code = "shutting_down"

    def __init__(self) -> None:
        super().__init__("The server is shutting down.")
