"""What providers said of failed calls moves out of the ledger's rows, so that it can be deleted with its user."""

import datetime
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

KEPT = datetime.timedelta(days=30)
BLOCK = 1000


def move(apps: Any, schema_editor: Any) -> None:
    Call, CallDetail = apps.get_model("chat", "Call"), apps.get_model("chat", "CallDetail")
    users = set(apps.get_model("chat", "User").objects.values_list("pk", flat=True))
    conversations = set(apps.get_model("chat", "Conversation").objects.values_list("pk", flat=True))
    since = django.utils.timezone.now() - KEPT
    calls = Call.objects.exclude(error_detail="").filter(opened_at__gt=since, user__in=users)
    columns = ("pk", "user_id", "conversation_id", "error_detail", "opened_at")
    CallDetail.objects.bulk_create(
        (
            CallDetail(call_id=pk, user_id=user, conversation_id=conversation, text=text, created_at=at)
            for pk, user, conversation, text, at in calls.values_list(*columns)
            if conversation is None or conversation in conversations
        ),
        batch_size=BLOCK,
    )


class Migration(migrations.Migration):
    dependencies = [("chat", "0009_api_keys")]
    operations = [
        migrations.CreateModel(
            name='CallDetail',
            fields=[
                ('call', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='detail', serialize=False, to='chat.call')),
                ('text', models.TextField(help_text='For the administrator.')),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('conversation', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='chat.conversation')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField(model_name="call", name="error_detail"),
    ]
