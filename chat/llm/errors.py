"""What can go wrong between Parley and a model.

ModelError
├── NoAnswer
│   ├── Unreachable             refused, DNS, TLS, connection time-out, reset before a byte of the answer
│   └── TimedOut                408, 504, silence, or an answer that never ends
├── Refused
│   ├── BadRequest              400 and every other 4xx
│   │   ├── ContextTooLong      400: shorten the conversation once
│   │   └── SystemRoleRefused   400: put the system text into the first user turn
│   ├── KeyRefused              401
│   ├── OutOfCredit             402, 403
│   ├── ModelGone               404
│   ├── RateLimited             429
│   └── ServerError             5xx
└── Unusable
    ├── Redirected              3xx: redirects are not followed
    ├── BadAnswer               no completion: HTML, bad JSON, compressed, not HTTP
    ├── BrokenStream            ended without a finish reason
    ├── InStreamError           {"error": …} inside an answer that began well
    └── TooLarge                over the cap for a line, an event, the text or the wire
"""

import re
from typing import ClassVar, Self

DETAIL_LENGTH = 300
SHORTEST_SECRET = 4
RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504})

_LOOKS_LIKE_A_KEY = re.compile(r"\bsk-[\w*.-]+|(?<=\bbearer)\s+[^\s\"',;]+", re.IGNORECASE)


class ModelError(Exception):
    """A call to a model failed.

    `sentence` is for the person chatting, `detail` (300 characters at most) for the administrator and
    the log, `code` for the ledger; none of them holds a key. `retryable` says that the same request may
    succeed later, as long as no text has arrived; `retry_after` is in seconds.
    """

    code: ClassVar[str] = "model_error"
    sentence: str = "The model could not answer."
    retryable: bool = False

    def __init__(
        self, message: str = "", *, http_status: int | None = None, retry_after: float | None = None
    ) -> None:
        self.http_status = http_status
        self.retry_after = retry_after
        if http_status in RETRYABLE_STATUSES:
            self.retryable = True
        self._message = _redact(message)
        super().__init__(self.code)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"

    @property
    def detail(self) -> str:
        return self._message[:DETAIL_LENGTH]

    def hiding(self, secret: str) -> Self:
        """The same error, without `secret` in its detail."""
        if len(secret) >= SHORTEST_SECRET:
            self._message = self._message.replace(secret, "[key]")
        return self


class NoAnswer(ModelError):
    """Nothing, or not enough, came back."""


class Unreachable(NoAnswer):
    """`sent` says that the request may have arrived: the connection broke after it was open."""

    code = "unreachable"
    sentence = "The model cannot be reached at the moment. Please try again in a little while."

    def __init__(self, message: str = "", *, retryable: bool = True, sent: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.sent = sent


class TimedOut(NoAnswer):
    code = "timeout"
    sentence = "The model took too long to answer. Please try again."


class Refused(ModelError):
    """The provider answered with an error status."""


class BadRequest(Refused):
    code = "bad_request"
    sentence = "The model's provider did not accept this request. An administrator can see the reason."


class ContextTooLong(BadRequest):
    code = "context_too_long"
    sentence = "This conversation is too long for the model. Please start a new one or shorten the message."


class SystemRoleRefused(BadRequest):
    code = "system_role_refused"
    sentence = "The model does not accept instructions for the whole conversation."


class KeyRefused(Refused):
    code = "key_refused"
    sentence = "The model's provider does not accept Parley's key. Please ask the administrator."


class OutOfCredit(Refused):
    code = "out_of_credit"
    sentence = "The account with the model's provider has no credit left. Please ask the administrator."


class ModelGone(Refused):
    """The model was withdrawn, or the endpoint's address is wrong: both answer 404."""

    code = "model_gone"

    def __init__(self, message: str = "", *, model: str = "", http_status: int | None = 404) -> None:
        named = f'The model "{model}"' if model else "The model that was asked for"
        self.sentence = f"{named} is gone. An administrator can choose another with the setting MODEL_ID."
        hint = "Choose another model with MODEL_ID; if every model is gone, check MODEL_API_BASE."
        super().__init__(f"{hint} {message}", http_status=http_status)


class RateLimited(Refused):
    code = "rate_limited"
    sentence = "The model is asked too much at the moment. Please try again in a little while."


class ServerError(Refused):
    code = "server_error"
    sentence = "The model's provider has a problem of its own. Please try again in a little while."


class Unusable(ModelError):
    """Something came back that is not, or not wholly, an answer."""


class Redirected(Unusable):
    code = "redirected"
    sentence = "The model's address has moved. Please ask the administrator."


class BadAnswer(Unusable):
    code = "bad_answer"
    sentence = "The model's provider sent something that is not an answer. Please try again."


class BrokenStream(Unusable):
    code = "broken_stream"
    sentence = "The answer broke off before its end."


class InStreamError(Unusable):
    code = "in_stream_error"
    sentence = "The model's provider reported a problem while answering. Please try again."


class TooLarge(Unusable):
    code = "too_large"
    sentence = "The answer grew too large and was cut off."


def _redact(message: str) -> str:
    line = " ".join(message.split())
    if not line.isprintable():  # a log line must not steer a terminal, nor a NUL break a database
        line = "".join(character if character.isprintable() else "\ufffd" for character in line)
    return _LOOKS_LIKE_A_KEY.sub(_mask, line)


def _mask(found: re.Match[str]) -> str:
    return " [key]" if found[0][0].isspace() else "[key]"
