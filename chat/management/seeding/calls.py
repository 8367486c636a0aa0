"""Invented ledger rows: closed, as a provider would have reported them."""

from datetime import datetime
from random import Random
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from chat.local_model import MODEL_NAME
from chat.management.seeding.plan import Slice
from chat.models import Call, CallStatus, Reply, Source, UsageSource, User

NANO_USD_A_TOKEN = 250
CHARACTERS_A_TOKEN = 4


def answered_by() -> str:
    return MODEL_NAME if settings.EMBEDDED_MODEL else settings.MODEL_ID


def reply_call(reply: Reply, *, prompt: int) -> Call:
    """Of a reply that is done; `prompt` is in characters."""
    answer = reply.message
    call = _done(reply.asker_id, reply.created_at, Source.CHAT, prompt=prompt, completion=len(answer.text))
    call.conversation_id, call.reply_id = answer.conversation_id, reply.pk
    return call


def api_calls(user: User, span: Slice, words: Random) -> list[Call]:
    """As many as `span` wants, most of them done; of the user's group, by their keys if they have any."""
    group = user.groups.order_by("pk").values_list("pk", flat=True).first()
    keys: list[int | None] = list(user.api_keys.order_by("pk").values_list("pk", flat=True)) or [None]
    made = []
    for _ in range(span.calls):
        at = span.start + (span.end - span.start) * words.random()
        prompt, completion = words.randint(20, 8000), words.randint(1, 4000)
        call = _done(user.pk, at, Source.API, prompt=prompt, completion=completion)
        call.group_id, call.api_key_id = group, words.choice(keys)
        call.model_requested = words.choice(settings.MODELS)
        call.model_answered = MODEL_NAME if settings.EMBEDDED_MODEL else call.model_requested
        if words.random() < 0.03:
            _fail(call)
        made.append(call)
    return made


def _done(user_id: int, at: datetime, source: str, *, prompt: int, completion: int) -> Call:
    prompt = min(prompt, settings.CONTEXT_TOKENS * CHARACTERS_A_TOKEN)
    prompt_tokens, completion_tokens = prompt // CHARACTERS_A_TOKEN + 1, completion // CHARACTERS_A_TOKEN + 1
    request_id = uuid4()
    return Call(
        opened_at=at,
        day=timezone.localdate(at),
        user_id=user_id,
        source=source,
        status=CallStatus.DONE,
        model_requested=settings.MODEL_ID,
        model_answered=answered_by(),
        prompt_characters=prompt,
        completion_characters=completion,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        usage_source=UsageSource.PROVIDER,
        cost_nano_usd=(prompt_tokens + completion_tokens) * NANO_USD_A_TOKEN,
        max_tokens=settings.MAX_TOKENS,
        http_status=200,
        ttft_ms=200 + prompt_tokens // 10,
        duration_ms=200 + prompt_tokens // 10 + completion_tokens * 12,
        request_id=request_id,
        upstream_id=f"seed-{request_id.hex}",
    )


def _fail(call: Call) -> None:
    """Refused before a byte of an answer, and so not billed for."""
    call.status, call.http_status, call.error = CallStatus.FAILED, 503, "server_error"
    call.model_answered = call.upstream_id = ""
    call.usage_source = UsageSource.NONE
    call.completion_characters = call.prompt_tokens = call.completion_tokens = call.cost_nano_usd = 0
    call.ttft_ms = None
