"""Opening a ledger row: before any upstream request goes out, in the caller's transaction."""

import logging
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from chat.local_model import MODEL_NAME
from chat.models import Budget, Call, Unit, User
from chat.usage.counters import hold_counters, reserve
from chat.usage.errors import OverBudget
from chat.usage.estimate import Exact, estimate_prompt
from chat.usage.limit import longest_answer
from chat.usage.new_budgets import budgets_stay
from chat.usage.noted import note_refusal
from chat.usage.prices import price_of
from chat.usage.worst import Worst

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Admission:
    """What is known of an upstream request before it is made; also what a retry of it repeats."""

    user_id: int
    group_id: int | None
    source: str
    model: str
    prompt_characters: int
    max_tokens: int
    worker: UUID
    conversation_id: int | None = None
    reply_id: int | None = None
    api_key_id: int | None = None
    exact: Exact | None = None  # what is known of the turns before

    @classmethod
    def of(
        cls,
        user: User,
        *,
        source: str,
        model: str,
        prompt_characters: int,
        max_tokens: int,
        worker: UUID,
        conversation_id: int | None = None,
        reply_id: int | None = None,
        api_key_id: int | None = None,
        exact: Exact | None = None,
    ) -> "Admission":
        """It counts as use of the first of the user's groups."""
        return cls(
            user_id=user.pk,
            group_id=user.groups.order_by("pk").values_list("pk", flat=True).first(),
            source=source,
            model=model,
            prompt_characters=prompt_characters,
            max_tokens=max_tokens,
            worker=worker,
            conversation_id=conversation_id,
            reply_id=reply_id,
            api_key_id=api_key_id,
            exact=exact,
        )


def admit(wanted: Admission) -> Call:
    """Open the ledger row with the worst case reserved, and return it; needs a transaction.

    Its `max_tokens` are what may be asked for: no more than every budget that applies leaves. Raises OverBudget
    before the row is written.

    Only the embedded model can answer where it is the one that is asked, so the row names it from the start:
    also when it is stopped before it could say its name.
    """
    now = timezone.now()
    day = timezone.localdate(now)
    named = MODEL_NAME if settings.EMBEDDED_MODEL else ""
    prompt_tokens = estimate_prompt(wanted.model, wanted.prompt_characters, wanted.exact)
    worst = Worst(prompt_tokens, wanted.max_tokens)
    budgets_stay()
    budgets = list(Budget.objects.applying_to(wanted.user_id))
    if any(budget.unit == Unit.USD for budget in budgets):
        worst = replace(worst, price=price_of(wanted.model, named, day))
    counters = hold_counters(budgets, day=day) if budgets else []
    try:
        worst = replace(worst, answer=longest_answer(counters, worst, wanted.model))
    except OverBudget as refusal:
        log.info("Refused a call of user %d for %s: %s", wanted.user_id, wanted.source, refusal)
        note_refusal(refusal)
        raise
    call = Call.objects.create(
        opened_at=now,
        day=day,
        user_id=wanted.user_id,
        group_id=wanted.group_id,
        source=wanted.source,
        model_requested=wanted.model,
        model_answered=named,
        prompt_characters=wanted.prompt_characters,
        reserved_tokens=worst.prompt + worst.answer,
        max_tokens=worst.answer,
        conversation_id=wanted.conversation_id,
        reply_id=wanted.reply_id,
        api_key_id=wanted.api_key_id,
        request_id=uuid4(),
        worker=wanted.worker,
    )
    reserve(call, counters, worst)
    return call
