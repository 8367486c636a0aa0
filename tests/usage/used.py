"""A closed ledger row of any day and kind, counted in its daily total."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from chat.models import Call, User
from chat.usage import count

DAY = date(2026, 3, 14)


def used(user: User, **more: Any) -> Call:
    fields = {
        "user": user,
        "opened_at": datetime(2026, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC),
        "day": DAY,
        "source": "chat",
        "status": "done",
        "model_requested": "m",
        "model_answered": "m-1",
        "prompt_tokens": 10,
        "completion_tokens": 20,
        "usage_source": "provider",
        "cost_nano_usd": 1_500_000_000,
        "max_tokens": 100,
        "request_id": uuid.uuid4(),
    }
    call = Call.objects.create(**(fields | more))
    if call.status != "running":
        count([call])
    return call
