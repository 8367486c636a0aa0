"""What Django's log-in signals put into the audit trail: the one exception to "no signals"."""

import datetime
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from chat.accounts.trail import address_of
from chat.models import Action, AuditEntry, User

# allauth lets one address fail ten times in a minute; so many in all are entered, whatever comes from how many.
MOST_FAILURES = 200
MINUTE = datetime.timedelta(minutes=1)
AND_MORE = "more of them in this minute are not listed"


def connect() -> None:
    user_logged_in.connect(_logged_in, dispatch_uid="audit")
    user_logged_out.connect(_logged_out, dispatch_uid="audit")
    user_login_failed.connect(_log_in_failed, dispatch_uid="audit")
    for changed in (password_changed, password_set, password_reset):  # Django has none for a password
        changed.connect(_password_changed, dispatch_uid="audit")


def _logged_in(*, request: HttpRequest | None, user: User, **_: Any) -> None:
    AuditEntry.objects.record(Action.LOGGED_IN, actor=user, address=address_of(request))


def _logged_out(*, request: HttpRequest | None, user: User | None, **_: Any) -> None:
    """A log-out without a session is nobody's, and is not entered."""
    if user:
        AuditEntry.objects.record(Action.LOGGED_OUT, actor=user, address=address_of(request))


def _log_in_failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """What was typed as the name is not kept: it may be a password. An account that it names is the subject."""
    failures = AuditEntry.objects.filter(action=Action.LOG_IN_FAILED)
    lately = failures.since(timezone.now() - MINUTE).count()
    if lately >= MOST_FAILURES:
        return
    AuditEntry.objects.record(
        Action.LOG_IN_FAILED,
        subject=_meant_by(credentials),
        detail=AND_MORE if lately == MOST_FAILURES - 1 else "",
        address=address_of(request),
    )


def _password_changed(*, request: HttpRequest | None, user: User, signal: object, **_: Any) -> None:
    AuditEntry.objects.record(
        Action.PASSWORD_CHANGED,
        actor=user,
        detail="by a link that was sent by mail" if signal is password_reset else "",
        address=address_of(request),
    )


def _meant_by(credentials: dict[str, Any]) -> User | None:
    """By its name or its e-mail address, in whichever case."""
    for name in ("username", "email"):
        tried = str(credentials.get(name) or "")
        if not tried:
            continue
        for field in ("username__iexact", "email__iexact"):
            if found := User.objects.filter(**{field: tried}).order_by("pk").first():
                return found
    return None
