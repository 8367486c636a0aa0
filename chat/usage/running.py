"""What is under way now: the ledger's open rows, without anything that is said in them."""

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from chat.models import Call


def open_calls() -> QuerySet[Call]:
    """Newest first, each with `username`, the `state` of its reply (None without one) and `is_stopping`."""
    return (
        Call.objects.running()
        .annotate(
            username=F("user__username"),
            state=F("reply__state"),
            is_stopping=Coalesce("reply__stop_requested", "stop_requested"),
        )
        # By the number alone SQLite would look for them through the whole ledger.
        .order_by("-opened_at", "-pk")
    )
