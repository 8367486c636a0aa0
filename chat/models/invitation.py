"""A link with which one person signs up, once, with the role and group that an administrator chose."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models.user import User


class InvitationSpent(Exception):
    """It was used, withdrawn or ran out meanwhile."""


class InvitedAs(models.TextChoices):
    MEMBER = "member", "Member"
    STAFF = "staff", "Staff: may invite, and sees the usage of all"
    ADMINISTRATOR = "administrator", "Administrator: may change everything"


class InvitationQuerySet(QuerySet["Invitation"]):
    def issue(self, by: User, *, role: InvitedAs, group: Group | None, days: int) -> tuple[Invitation, str]:
        """A new one and its token of 192 bits, of which only a hash is kept."""
        token = secrets.token_urlsafe(24)
        expires_at = timezone.now() + datetime.timedelta(days=days)
        made = self.create(token_hash=_hash(token), role=role, group=group, made_by=by, expires_at=expires_at)
        return made, token

    def open(self) -> InvitationQuerySet:
        """Those that somebody can sign up with: whoever made one must still be allowed to, as it is now."""
        powerful = Group.objects.filter(permissions__isnull=False).values("pk")
        is_much = Q(role=InvitedAs.ADMINISTRATOR) | Q(group__in=powerful)
        may_invite = Q(made_by__is_superuser=True) | ~is_much
        return self.filter(
            may_invite,
            used_at=None,
            expires_at__gt=timezone.now(),
            made_by__is_active=True,
            made_by__is_staff=True,
        )

    def with_token(self, token: str) -> Invitation:
        """Raises Invitation.DoesNotExist."""
        return self.select_related("group", "made_by").get(token_hash=_hash(token))


class Invitation(models.Model):
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    role = models.CharField(max_length=13, choices=InvitedAs.choices, default=InvitedAs.MEMBER)
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def role_name(self) -> str:
        return str(InvitedAs(self.role).label).partition(":")[0]

    def accept(self, user: User) -> None:
        """Spend it on this new account, in the transaction that makes the account.

        Of several that try at once one goes on: of a row that an update waited for PostgreSQL looks again at its
        own columns, such as used_at, and not at those of others. Raises InvitationSpent for the rest.
        """
        still_open = Invitation.objects.open().values("pk")
        unspent = Invitation.objects.filter(pk=self.pk, used_at=None, pk__in=still_open)
        if unspent.update(used_by=user, used_at=timezone.now()) != 1:
            raise InvitationSpent
        user.is_staff = self.role != InvitedAs.MEMBER
        user.is_superuser = self.role == InvitedAs.ADMINISTRATOR
        user.save(update_fields=["is_staff", "is_superuser"])
        if self.group is not None:
            user.groups.add(self.group)

    def withdraw(self) -> bool:
        """Whether it was still unused: its link leads nowhere from now on."""
        return Invitation.objects.filter(pk=self.pk, used_at=None).delete()[0] == 1


def _hash(token: str) -> str:
    """Tokens are random and long, so that a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
