"""Daily totals of the ledger, filled from the calls that are there and closed."""

from bisect import bisect_left
from collections import Counter
from typing import Any

from django.db import migrations, models
from django.db.models import Q

BOUNDS = [round(2 ** (half / 2)) for half in range(12, 41)]
MOST = 2**63 - 1


def fill(apps: Any, schema_editor: Any) -> None:
    """Day by day, so that memory stays flat whatever the site has."""
    total = apps.get_model("chat", "DailyTotal")
    closed = apps.get_model("chat", "Call").objects.filter(~Q(status="running"))
    for day in list(closed.order_by("day").values_list("day", flat=True).distinct()):
        sums: dict[tuple[Any, ...], Counter[str]] = {}
        for call in closed.filter(day=day).iterator(chunk_size=1000):
            kind = (
                call.user_id or 0,
                call.group_id or 0,
                call.api_key_id or 0,
                call.source,
                call.model_answered or call.model_requested,
                call.status,
            )
            put(call, sums.setdefault(kind, Counter()))
        names = ("user_id", "group_id", "api_key_id", "source", "model", "status")
        total.objects.bulk_create(
            [total(day=day, **dict(zip(names, kind)), **capped(amounts)) for kind, amounts in sums.items()]
        )


def put(call: Any, amounts: Counter[str]) -> None:
    amounts["requests"] += 1
    amounts["prompt_tokens"] += call.prompt_tokens or 0
    amounts["completion_tokens"] += call.completion_tokens or 0
    amounts["cost_nano_usd"] += call.cost_nano_usd or 0
    amounts["unpriced"] += call.cost_nano_usd is None
    amounts["estimated"] += call.usage_source == "estimate"
    for name, ms in (("ttft", call.ttft_ms), ("duration", call.duration_ms)):
        if ms is not None:
            amounts[f"{name}_{bisect_left(BOUNDS, ms):02}"] += 1


def capped(amounts: Counter[str]) -> dict[str, int]:
    return {**amounts, "cost_nano_usd": min(amounts["cost_nano_usd"], MOST)}


class Migration(migrations.Migration):
    dependencies = [("chat", "0004_search")]

    operations = [
        migrations.CreateModel(
            name="DailyTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(help_text="The day the calls were opened, in the site's time zone.")),
                ("user_id", models.PositiveBigIntegerField(default=0)),
                ("group_id", models.PositiveBigIntegerField(default=0)),
                ("api_key_id", models.PositiveBigIntegerField(default=0)),
                ("source", models.CharField(choices=[("chat", "Chat"), ("title", "Title"), ("summary", "Summary"), ("api", "Api")], max_length=7)),
                ("model", models.CharField(help_text="The one that answered, or that was asked for where none did.", max_length=200)),
                ("status", models.CharField(choices=[("running", "Running"), ("done", "Done"), ("stopped", "Stopped"), ("interrupted", "Interrupted"), ("failed", "Failed")], max_length=11)),
                ("requests", models.PositiveBigIntegerField(default=0)),
                ("prompt_tokens", models.PositiveBigIntegerField(default=0)),
                ("completion_tokens", models.PositiveBigIntegerField(default=0)),
                ("cost_nano_usd", models.BigIntegerField(default=0, help_text="Without the unpriced. 1 USD is 1,000,000,000.")),
                ("unpriced", models.PositiveBigIntegerField(default=0, help_text="Calls whose cost is unknown.")),
                ("estimated", models.PositiveBigIntegerField(default=0, help_text="Calls whose tokens are an estimate.")),
                *[
                    (f"{name}_{number:02}", models.PositiveIntegerField(default=0))
                    for name in ("ttft", "duration")
                    for number in range(len(BOUNDS) + 1)
                ],
            ],
            options={
                "indexes": [models.Index(fields=["user_id", "day"], name="total_user")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["day", "user_id", "group_id", "api_key_id", "source", "model", "status"],
                        name="one_total_a_kind",
                    )
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
