"""The end of an account: all that is its own is deleted; the ledger and the audit trail keep its number."""

import time
from contextlib import suppress

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction

from chat import notices, replies, usage
from chat.accounts.administrators import OnlyAdministrator, one_stays_without
from chat.models import (
    ApiKey,
    AuditEntry,
    Budget,
    Call,
    Conversation,
    Job,
    JobKind,
    Reply,
    User,
    forget_words,
)
from chat.models.job import AFTER

PATIENCE = 5.0  # s for what runs to be closed
LOOK = 0.05  # s between looks
OVERDUE = 60.0  # s after which a deletion is taken to be cut off


def leave(user: User) -> None:
    """As retire(); of administrators who leave at once one stays. Raises OnlyAdministrator, and changes nothing.

    An account that another request deleted meanwhile is nobody's to leave.

    Call hold() and erase() next. Where a process dies before that, a job (chat/accounts/leaving.py) brings it to
    its end.
    """
    with transaction.atomic():
        if not one_stays_without([user]):
            raise OnlyAdministrator
        if not User.objects.filter(pk=user.pk).update(is_active=False):
            return  # deleted by another request meanwhile
        Job.objects.create(owner=user, kind=JobKind.LEAVE, result={AFTER: time.time() + OVERDUE})
    retire(user)


def retire(user: User) -> None:
    """The part that takes time, of an account that is not active: what runs is stopped, conversations go.

    Call it outside of any transaction. What does not end in time is closed later, as that of
    somebody who is gone; a ledger row needs nobody for that.
    """
    _end_listed_sessions(user)
    # An import would go on to bring conversations in
    Job.objects.filter(owner=user).exclude(kind=JobKind.LEAVE).delete()
    for reply in Reply.objects.open().filter(asker=user):
        replies.stop(reply)
    until = time.monotonic() + PATIENCE
    while Call.objects.running().filter(user=user.pk).exists() and time.monotonic() < until:
        time.sleep(LOOK)
    for conversation in Conversation.objects.filter(owner=user).only("pk").iterator():
        with suppress(Conversation.DoesNotExist):  # recover, and each night, delete as well
            conversation.delete_with_undo()
            conversation.purge()
    _end_unlisted_sessions(user)


def hold(user: User) -> bool:
    """False where another process deleted the account, which none does from here on. Needs a transaction."""
    return User.objects.select_for_update().filter(pk=user.pk).exists()


def erase(user: User) -> None:
    """Delete the account for good, in one transaction, which reads nothing of others."""
    with transaction.atomic():
        usage.remove_budgets(Budget.objects.filter(user=user))
        _unname(user)
        notices.forget(user)
        AuditEntry.objects.forget_addresses_of(user)
        _end_listed_sessions(user)
        user.delete()
        transaction.on_commit(forget_words)


def _end_listed_sessions(user: User) -> None:
    """Every log-in is in the list (chat/accounts/sessions.py), which knows whose it is."""
    listed = UserSession.objects.filter(user=user).values("session_key")
    Session.objects.filter(pk__in=listed).delete()


def _end_unlisted_sessions(user: User) -> None:
    """A session that was given a new key does not say whose it is before it is read: all are."""
    own = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(pk__in=own).delete()


def _unname(user: User) -> None:
    """Django's log of the admin calls things by their names: a person, their keys, their budgets."""
    name = usage.pseudonym(user.pk)
    owned = {
        User: [user.pk],
        ApiKey: list(ApiKey.objects.filter(user=user).values_list("pk", flat=True)),
        Budget: list(Budget.objects.filter(user=user).values_list("pk", flat=True)),
    }
    for model, numbers in owned.items():
        about = ContentType.objects.get_for_model(model)
        entries = LogEntry.objects.filter(content_type=about, object_id__in=map(str, numbers))
        entries.update(object_repr=name if model is User else f"of {name}")
