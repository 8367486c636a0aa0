"""Why the API does not answer, in OpenAI's words.

Refusal
├── KeyRefused       401: no key, or one that opens nothing (any more)
├── Malformed        400: a field is not what it may be; `param` names it
├── ModelNotOffered  404: the model is none of the site's
├── OverLimit        429: too many requests a minute, or at once
├── NoBudget         429, or 403 where time helps nothing
├── ShuttingDown     503: this process ends
├── DatabaseAway     503
├── Stopped          503: by an administrator
├── Unexpected       500: a fault of our own
└── UpstreamFailed   what the model's provider said, with its meaning
"""

from math import ceil
from typing import ClassVar

from chat.llm import (
    BadRequest,
    ContextTooLong,
    ModelError,
    ModelGone,
    RateLimited,
    TimedOut,
)
from chat.usage import OverBudget

MODEL_NOT_FOUND = "model_not_found"
TRIED_AGAIN = {409, 429, 500, 502, 503, 504}  # by OpenAI's own client, unless it is told not to


class Refusal(Exception):
    """`again` says whether the same request may succeed later, so that clients may try it by themselves."""

    status: int = 400
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    retry_after: int | None = None  # s
    again: bool = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def headers(self) -> dict[str, str]:
        """What clients read to know whether and when to ask again."""
        headers = {}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status in TRIED_AGAIN and not self.again:
            headers["x-should-retry"] = "false"
        return headers


class KeyRefused(Refusal):
    status, code = 401, "invalid_api_key"


class Malformed(Refusal):
    def __init__(self, message: str, param: str | None = None, *, status: int = 400) -> None:
        super().__init__(message)
        self.param = param
        self.status = status


class ModelNotOffered(Refusal):
    status, code, param = 404, MODEL_NOT_FOUND, "model"

    def __init__(self, model: str) -> None:
        super().__init__(f"The model '{model}' is not offered here. GET /v1/models lists those that are.")


class OverLimit(Refusal):
    status, type, code, again = 429, "rate_limit_error", "rate_limit_exceeded", True

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = max(ceil(retry_after), 1)


class NoBudget(Refusal):
    def __init__(self, refusal: OverBudget) -> None:
        super().__init__(refusal.sentence)
        self.status = 429 if refusal.retry_after else 403
        self.type = self.code = "insufficient_quota"
        self.retry_after = refusal.retry_after


class ShuttingDown(Refusal):
    status, type, code, retry_after, again = 503, "server_error", "restarting", 2, True

    def __init__(self) -> None:
        super().__init__("Parley is restarting. Please send the request again in a moment.")


class DatabaseAway(Refusal):
    status, type, code, retry_after, again = 503, "server_error", "database_away", 5, True

    def __init__(self) -> None:
        super().__init__("Parley's database does not answer at the moment. Please try again in a while.")


class Stopped(Refusal):
    status, type, code = 503, "server_error", "stopped"

    def __init__(self) -> None:
        super().__init__("An administrator stopped this request.")


class Unexpected(Refusal):
    status, type, code = 500, "server_error", "internal_error"

    def __init__(self) -> None:
        super().__init__("Something went wrong inside Parley. The administrator finds the reason in the log.")


class UpstreamFailed(Refusal):
    """A refused key or missing credit of the site's own is no fault of who asks, and so a 502."""

    STATUSES: ClassVar[dict[type[ModelError], int]] = {
        BadRequest: 400,
        ContextTooLong: 400,
        ModelGone: 404,
        RateLimited: 429,
        TimedOut: 504,
    }

    def __init__(self, error: ModelError) -> None:
        super().__init__(error.sentence)
        self.status = self.STATUSES.get(type(error), 400 if isinstance(error, BadRequest) else 502)
        if error.http_status == 503:
            self.status = 503
        self.again = error.retryable
        self.code = error.code
        self.type = "server_error"
        if isinstance(error, BadRequest | ModelGone):
            self.type = "invalid_request_error"
        if isinstance(error, BadRequest):
            self.message = f"The model's provider did not accept this request: {error.detail}"
        if isinstance(error, ContextTooLong):
            self.code, self.param = "context_length_exceeded", "messages"
        if isinstance(error, ModelGone):
            self.code, self.param = MODEL_NOT_FOUND, "model"
        if isinstance(error, RateLimited):
            self.type = "rate_limit_error"
        if error.retry_after is not None:
            self.retry_after = ceil(error.retry_after)
