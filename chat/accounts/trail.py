"""The audit trail's face to the web: an entry with the address that a request came from."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

from chat.models import Action, AuditEntry, User


def record(request: HttpRequest, action: Action, *, subject: User | None = None, detail: str = "") -> None:
    """Enter that whoever is logged in did this; see `AuditQuerySet.record`.

    Call it in the transaction of what is done, so that neither is stored without the other.
    """
    actor = request.user if isinstance(request.user, User) else None
    AuditEntry.objects.record(
        action, actor=actor, subject=subject, detail=detail, address=address_of(request)
    )


def address_of(request: HttpRequest | None) -> str | None:
    """Behind TRUSTED_PROXIES, as log-ins are throttled by; None where it cannot be told."""
    if request is None:
        return None
    try:
        return str(get_adapter(request).get_client_ip(request)).partition("%")[0]  # without an IPv6 zone
    except (PermissionDenied, ImproperlyConfigured):  # a proxy that does not say, or fewer than were promised
        return None
