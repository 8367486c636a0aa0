"""Opening a ledger row: before any upstream request goes out, in the caller's transaction."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from chat.local_model import MODEL_NAME
from chat.models import Call, Source, User
from chat.usage.estimate import Exact, estimate_prompt


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
    def for_reply(
        cls,
        user: User,
        *,
        model: str,
        prompt_characters: int,
        max_tokens: int,
        worker: UUID,
        conversation_id: int,
        reply_id: int,
        exact: Exact | None = None,
    ) -> "Admission":
        return cls(
            user_id=user.pk,
            group_id=_group_of(user),
            source=Source.CHAT,
            model=model,
            prompt_characters=prompt_characters,
            max_tokens=max_tokens,
            worker=worker,
            conversation_id=conversation_id,
            reply_id=reply_id,
            exact=exact,
        )

    @classmethod
    def for_title(
        cls,
        user: User,
        *,
        model: str,
        prompt_characters: int,
        max_tokens: int,
        worker: UUID,
        conversation_id: int,
    ) -> "Admission":
        return cls(
            user_id=user.pk,
            group_id=_group_of(user),
            source=Source.TITLE,
            model=model,
            prompt_characters=prompt_characters,
            max_tokens=max_tokens,
            worker=worker,
            conversation_id=conversation_id,
        )


def admit(wanted: Admission) -> Call:
    """Open the ledger row with the worst case reserved, and return it.

    Only the embedded model can answer where it is the one that is asked, so the row names it from the start:
    also when it is stopped before it could say its name.
    """
    now = timezone.now()
    prompt_tokens = estimate_prompt(wanted.model, wanted.prompt_characters, wanted.exact)
    return Call.objects.create(
        opened_at=now,
        day=timezone.localdate(now),
        user_id=wanted.user_id,
        group_id=wanted.group_id,
        source=wanted.source,
        model_requested=wanted.model,
        model_answered=MODEL_NAME if settings.EMBEDDED_MODEL else "",
        prompt_characters=wanted.prompt_characters,
        reserved_tokens=prompt_tokens + wanted.max_tokens,
        max_tokens=wanted.max_tokens,
        conversation_id=wanted.conversation_id,
        reply_id=wanted.reply_id,
        api_key_id=wanted.api_key_id,
        request_id=uuid4(),
        worker=wanted.worker,
    )


def _group_of(user: User) -> int | None:
    """The group whose use it is: the first one."""
    return user.groups.order_by("pk").values_list("pk", flat=True).first()
