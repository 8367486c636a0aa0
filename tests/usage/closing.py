"""Calls as the program makes them: opened, and closed with what came of them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from chat.models import Call, User
from chat.usage import Admission, Closing, admit, close_call

WORKER = UUID(int=1)
DONE = Closing(status="done", answered=True, prompt_tokens=100, completion_tokens=10)
ASKED = Admission(
    user_id=0,
    group_id=None,
    source="chat",
    model="m",
    prompt_characters=400,  # 100 tokens
    max_tokens=50,
    worker=WORKER,
)


def opened(user: User, **more: Any) -> Call:
    group = user.groups.order_by("pk").values_list("pk", flat=True).first()
    return admit(replace(ASKED, **({"user_id": user.pk, "group_id": group} | more)))


def close(call: Call, **more: Any) -> Call:
    came: dict[str, Any] = {
        "status": "done",
        "answered": True,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "cost_nano_usd": 500,
        "model_answered": "m-1",
        "ttft_ms": 200,
        "duration_ms": 3000,
    }
    with transaction.atomic():
        assert close_call(call.pk, WORKER, Closing(**(came | more)))
    call.refresh_from_db()
    return call


def closed(user: User, **more: Any) -> Call:
    return close(opened(user), **more)
