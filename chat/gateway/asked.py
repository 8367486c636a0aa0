"""What a client asked for: the body of a request, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.conf import settings

from chat.gateway.errors import Malformed, ModelNotOffered
from chat.gateway.messages import messages_in
from chat.gateway.parameters import parameters_in
from chat.llm import ChatRequest


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`stream` and `include_usage` are the client's wishes; the model itself is always asked for a stream."""

    request: ChatRequest
    stream: bool
    include_usage: bool

    @property
    def max_tokens(self) -> int:
        """What is asked for, before any budget."""
        return self.request.parameters.max_tokens or settings.MAX_TOKENS

    @property
    def characters(self) -> int:
        """Of the prompt, and of everything beside it that the model reads."""
        parameters = self.request.parameters
        beside = (parameters.tools, parameters.response_format, parameters.prediction)
        size = sum(len(orjson.dumps(part)) for part in beside if part)
        for message in self.request.messages:
            content: Any = message.content
            size += len(content) if isinstance(content, str) else sum(len(part["text"]) for part in content)
            size += len(orjson.dumps(message.tool_calls)) if message.tool_calls else 0
        return size

    def limited(self, max_tokens: int) -> ChatRequest:
        """The request for an answer of at most so many tokens."""
        return replace(self.request, parameters=replace(self.request.parameters, max_tokens=max_tokens))


def read(body: bytes) -> Asked:
    """Raises Malformed, which names the field, and ModelNotOffered."""
    fields = _object_in(body)
    model = fields.get("model")
    if model is None:
        raise Malformed("'model' is missing: it is the id of a model, as GET /v1/models lists them.", "model")
    if not isinstance(model, str) or not model:
        raise Malformed("'model' is to be text: the id of a model, as GET /v1/models lists them.", "model")
    if model not in settings.MODELS:
        raise ModelNotOffered(model[:200])
    messages = messages_in(fields.get("messages"))
    stream, include_usage = _streaming(fields)
    parameters = parameters_in(fields)
    return Asked(request=ChatRequest(model, messages, parameters), stream=stream, include_usage=include_usage)


def _object_in(body: bytes) -> Mapping[str, Any]:
    if not body.strip():
        raise Malformed("The request has no body. It is to be a JSON object with 'model' and 'messages'.")
    try:
        fields = orjson.loads(body)
    except ValueError as error:
        raise Malformed(f"The body is not valid JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise Malformed("The body is to be a JSON object with 'model' and 'messages'.")
    return fields


def _streaming(fields: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether a stream is wanted, and usage at its end."""
    stream = fields.get("stream")
    if not (stream is None or isinstance(stream, bool)):
        raise Malformed("'stream' is to be true or false.", "stream")
    options = fields.get("stream_options")
    if options is None:
        return bool(stream), False
    if not isinstance(options, dict):
        raise Malformed("'stream_options' is to be an object.", "stream_options")
    if not stream:
        raise Malformed("'stream_options' is for streams: set 'stream' to true with it.", "stream_options")
    for name, value in options.items():
        if name not in ("include_usage", "include_obfuscation"):
            raise Malformed(f"'stream_options.{name}' is not known here.", f"stream_options.{name}")
        if not (value is None or isinstance(value, bool)):
            raise Malformed(f"'stream_options.{name}' is to be true or false.", f"stream_options.{name}")
    return True, bool(options.get("include_usage"))
