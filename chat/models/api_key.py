"""A key with which scripts use Parley's own endpoint; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from chat.models.user import User

KEY_NAME_CHARACTERS = 100
MOST_KEYS = 50  # a user
MOST_KEY_DAYS = 3650  # that a key with an end may last
PREFIX_CHARACTERS = 10
USED_EVERY = timedelta(minutes=1)


def new_secret() -> str:
    """256 bits, behind a mark by which people and scanners of leaked keys know it."""
    return f"pk-{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    """SHA-256 in hex: enough, and fast, since a secret is random and not a password that could be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def end_of(day: date) -> datetime:
    """The first moment in which a key that works on `day`, but not longer, does not."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class ApiKeyQuerySet(QuerySet["ApiKey"]):
    def visible_to(self, user: User) -> ApiKeyQuerySet:
        return self.filter(user=user)

    def for_list(self) -> ApiKeyQuerySet:
        """Newest first."""
        return self.order_by("-created_at", "-pk")

    def usable(self) -> ApiKeyQuerySet:
        """Those that open the endpoint at this moment."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, enabled=True, blocked=False, user__is_active=True)

    def by_secret(self, secret: str) -> ApiKey | None:
        """The key with its user, in one query, usable or not; None where there is none such."""
        return self.select_related("user").filter(key_hash=hash_of(secret)).first()

    def issue(
        self, user: User, *, name: str, expires_at: datetime | None = None, send_id: UUID | None = None
    ) -> tuple[ApiKey, str]:
        """A new key and its secret, which is in no place but this answer: show it once."""
        secret = new_secret()
        key = self.create(
            user=user,
            name=name,
            prefix=secret[:PREFIX_CHARACTERS],
            key_hash=hash_of(secret),
            expires_at=expires_at,
            send_id=send_id,
        )
        return key, secret


class ApiKey(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=KEY_NAME_CHARACTERS)
    prefix = models.CharField(max_length=12, help_text="The beginning of the key, to tell it from others.")
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    enabled = models.BooleanField(default=True)
    blocked = models.BooleanField(
        default=False, help_text="By an administrator: its owner cannot switch it on again."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    send_id = models.UUIDField(
        null=True, editable=False, help_text="Made by the form; the same one never makes a second key."
    )

    objects: ClassVar[ApiKeyQuerySet] = ApiKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "API key"
        constraints = [models.UniqueConstraint(fields=["user", "send_id"], name="one_key_a_send")]

    def __str__(self) -> str:
        return self.shown_as  # Django's log of the admin keeps it: a name is content

    @property
    def shown_as(self) -> str:
        """What of it may be read everywhere: enough to tell it from others."""
        return f"{self.prefix}…"

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def last_day(self) -> date | None:
        """The last one on which it works, in the site's time zone; None: there is no last one."""
        return timezone.localdate(self.expires_at - timedelta(microseconds=1)) if self.expires_at else None

    def enable(self, enabled: bool) -> bool:
        """Whether that changed anything; what an administrator has blocked stays as it is."""
        here = ApiKey.objects.filter(pk=self.pk, enabled=not enabled, blocked=False)
        changed = here.update(enabled=enabled) == 1
        self.enabled = enabled if changed else self.enabled
        return changed

    def touch(self) -> None:
        """Note that it was used: to the minute, so that not every request writes."""
        now = timezone.now()
        if self.last_used_at and self.last_used_at > now - USED_EVERY:
            return
        due = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
        ApiKey.objects.filter(due, pk=self.pk).update(last_used_at=now)
        self.last_used_at = now
