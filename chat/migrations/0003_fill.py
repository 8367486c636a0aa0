"""What was there before gets what is new: an identity of its own, and its text as search compares it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import migrations, models

from chat.folding import fold

ROWS = 500


def fill(apps: Any, schema_editor: Any) -> None:
    def conversation(row: Any) -> None:
        row.uuid, row.search_title = uuid4(), fold(row.title)

    def message(row: Any) -> None:
        row.search_text = fold(row.text)

    _each(apps.get_model("chat", "Conversation"), conversation, ["uuid", "search_title"])
    _each(apps.get_model("chat", "Message"), message, ["search_text"])
    apps.get_model("chat", "Reply").objects.update(seen=True)


def _each(model: Any, change: Callable[[Any], None], fields: list[str]) -> None:
    """In blocks, so that memory stays flat whatever the site has."""
    last = 0
    while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:ROWS]):
        for row in rows:
            change(row)
        model.objects.bulk_update(rows, fields, batch_size=50)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("chat", "0002_conversations_kept")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint("owner", "uuid", name="one_conversation_a_uuid"),
        ),
    ]
