"""The audit trail: who did what, and to whom; append-only, and it outlives everybody it names."""

from __future__ import annotations

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models.outlives import outlives
from chat.models.user import User

DETAIL_CHARACTERS = 300
COMMAND_LINE = "command line"  # what the detail of an action at the console begins with
SITE = "site"  # and of one that the site did by itself


class Action(models.TextChoices):
    LOGGED_IN = "logged_in", "logged in"
    LOGGED_OUT = "logged_out", "logged out"
    LOG_IN_FAILED = "log_in_failed", "failed to log in"
    PASSWORD_CHANGED = "password_changed", "changed a password"
    SIGNED_UP = "signed_up", "signed up"
    INVITED = "invited", "invited somebody"
    UNINVITED = "uninvited", "withdrew an invitation"
    SESSION_ENDED = "session_ended", "ended a session"
    FACTOR_ADDED = "factor_added", "added a second step"
    FACTOR_REMOVED = "factor_removed", "removed a second step"
    USER_CREATED = "user_created", "created an account"
    USER_CHANGED = "user_changed", "changed an account"
    USER_DELETED = "user_deleted", "deleted an account"
    ROLE_CHANGED = "role_changed", "changed a role"
    BUDGET_SET = "budget_set", "set a budget"
    BUDGET_REMOVED = "budget_removed", "removed a budget"
    BUDGET_REFUSED = "budget_refused", "was refused by a budget"
    BUDGET_ASKED = "budget_asked", "asked for more"
    BUDGET_GRANTED = "budget_granted", "granted more"
    BUDGET_DECLINED = "budget_declined", "declined to grant more"
    PRICE_SET = "price_set", "set a price"
    PRICE_REMOVED = "price_removed", "removed a price"
    KEY_CREATED = "key_created", "created an API key"
    KEY_CHANGED = "key_changed", "changed an API key"
    KEY_DELETED = "key_deleted", "deleted an API key"
    SHARED = "shared", "shared a chat"
    SHARE_ENDED = "share_ended", "ended a share"
    EXPORTED = "exported", "exported"
    IMPORTED = "imported", "imported"
    DELETED = "deleted", "deleted"
    STOPPED = "stopped", "stopped a reply"
    USAGE_SEEN = "usage_seen", "looked at usage"


class AuditQuerySet(QuerySet["AuditEntry"]):
    def record(
        self,
        action: Action,
        *,
        actor: User | None = None,
        subject: User | None = None,
        detail: str = "",
        address: str | None = None,
    ) -> AuditEntry:
        """`actor` did it, None for a guest and for the command line; `subject` is another person whom it is about.

        `detail` says what exactly. It names no person, since it outlives them, and holds no content: no message,
        title, prompt, password or key.
        """
        return self.create(
            action=action,
            actor_id=actor.pk if actor else None,
            subject_id=subject.pk if subject else None,
            detail=detail[:DETAIL_CHARACTERS],
            address=address,
        )

    def record_at_console(self, action: Action, *, subject: User | None = None, detail: str = "") -> None:
        """Whoever may start commands did this."""
        self.record(action, subject=subject, detail=f"{COMMAND_LINE}: {detail}" if detail else COMMAND_LINE)

    def record_by_site(self, action: Action, *, subject: User | None = None, detail: str) -> None:
        """The site did this by itself."""
        self.record(action, subject=subject, detail=f"{SITE}: {detail}")

    def since(self, moment: datetime.datetime) -> AuditQuerySet:
        """Those of these that were entered after it.

        By their numbers, which every index of the trail goes on with: by the time alone SQLite would look through
        all that the same person or kind of action ever left.
        """
        first = AuditEntry.objects.filter(at__gt=moment).order_by("at").values_list("pk", flat=True).first()
        return self.none() if first is None else self.filter(pk__gte=first)

    def forget_addresses_of(self, user: User) -> None:
        """Of somebody who is erased, what was done stays under the number; where it came from does not."""
        tried = Q(actor=None, subject=user.pk)  # to log in: it may have been that person
        self.filter(Q(actor=user.pk) | tried).update(address=None)


class AuditEntry(models.Model):
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = outlives(settings.AUTH_USER_MODEL, "+")
    action = models.CharField(max_length=20, choices=Action.choices)
    subject = outlives(settings.AUTH_USER_MODEL, "+")
    detail = models.CharField(max_length=DETAIL_CHARACTERS, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    objects: ClassVar[AuditQuerySet] = AuditQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "audit trail"
        indexes = [
            models.Index(fields=["actor", "-id"], name="audit_actor"),  # what one person did
            models.Index(fields=["subject", "-id"], name="audit_subject"),  # what was done to one person
            models.Index(fields=["action", "-id"], name="audit_action"),  # of one kind
            models.Index(fields=["at"], name="audit_at"),  # of some days
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} at {self.at}"

    @property
    def is_from_console(self) -> bool:
        return self.actor_id is None and self.detail.startswith(COMMAND_LINE)

    @property
    def is_from_site(self) -> bool:
        return self.actor_id is None and self.detail.startswith(f"{SITE}: ")
