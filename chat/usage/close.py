"""Closing a ledger row: once, by its owner, with the provider's figures or a flagged estimate."""

from dataclasses import dataclass
from uuid import UUID

from chat.models import Call, CallDetail, UsageSource
from chat.usage.counters import settle
from chat.usage.estimate import estimate_tokens
from chat.usage.prices import MOST_NANO_USD, price_of
from chat.usage.totals import count


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What came of an upstream request. Tokens and cost are None where the provider said nothing."""

    status: str
    answered: bool  # False: no byte of an answer came, so nothing can have been billed for
    asked: bool = True  # False: the request did not go out
    completion_characters: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_nano_usd: int | None = None
    model_answered: str = ""
    http_status: int | None = None
    error: str = ""
    error_detail: str = ""
    ttft_ms: int | None = None
    duration_ms: int | None = None
    upstream_id: str = ""


def close_call(call_id: int, worker: UUID, closing: Closing) -> bool:
    """Close the row if it is open and `worker` owns it; False when ownership is lost.

    Needs a transaction, in which hold_counters() came first where other locks are held. Whoever closes several
    rows in one transaction locks all of them first: the totals are locked from here on.
    """
    call = Call.objects.owned_by(worker).select_for_update().filter(pk=call_id).first()
    if call is None:
        return False
    call.status = closing.status
    call.completion_characters = closing.completion_characters
    call.model_answered = closing.model_answered[:200] or call.model_answered
    _settle_tokens(call, closing)
    call.cost_nano_usd = closing.cost_nano_usd and min(closing.cost_nano_usd, MOST_NANO_USD)
    if call.cost_nano_usd is None:
        call.cost_nano_usd = cost_of(call)
    call.http_status = closing.http_status
    call.error = closing.error[:50]
    call.ttft_ms = closing.ttft_ms
    call.duration_ms = closing.duration_ms
    call.upstream_id = closing.upstream_id[:200]
    call.reserved_tokens = 0
    call.save()
    CallDetail.objects.keep(call, closing.error_detail)
    count([call])
    settle(call, asked=closing.asked)
    return True


def cost_of(call: Call) -> int | None:
    """Nano-USD by the price in force, or None while no price is known; nothing used costs nothing."""
    if call.usage_source == UsageSource.NONE:
        return 0
    price = price_of(call.model_requested, call.model_answered, call.day)
    if price is None:
        return None
    prompt, completion = call.prompt_tokens or 0, call.completion_tokens or 0
    cost = prompt * price.prompt_nano_usd + completion * price.completion_nano_usd
    return min(cost, MOST_NANO_USD)


def _settle_tokens(call: Call, closing: Closing) -> None:
    """Exact when both counts were reported; otherwise estimated, and flagged as that."""
    call.prompt_tokens, call.completion_tokens = closing.prompt_tokens, closing.completion_tokens
    if closing.prompt_tokens is not None and closing.completion_tokens is not None:
        call.usage_source = UsageSource.PROVIDER
        return
    if not closing.answered:
        call.prompt_tokens = call.completion_tokens = 0
        call.usage_source = UsageSource.NONE
        return
    guess = estimate_tokens(
        call.model_requested, prompt=call.prompt_characters, completion=call.completion_characters
    )
    if call.prompt_tokens is None:
        call.prompt_tokens = guess.prompt
    if call.completion_tokens is None:
        call.completion_tokens = guess.completion
    call.usage_source = UsageSource.ESTIMATE
