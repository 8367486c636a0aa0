"""What is under way now: the ledger's open rows, without anything that is said in them."""

from django.db.models import F, QuerySet

from chat.models import Call


def open_calls() -> QuerySet[Call]:
    """Newest first, each with `username`, and `state` and `is_stopping` of its reply; None without one."""
    return (
        Call.objects.running()
        .annotate(
            username=F("user__username"), state=F("reply__state"), is_stopping=F("reply__stop_requested")
        )
        .order_by("-pk")
    )
