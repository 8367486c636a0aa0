"""An invented team, so that the usage pages have something to show: groups, keys, models, budgets, failures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from chat import usage
from chat.management.seeding import ledger
from chat.models import ApiKey, Budget, Call, Price, User

PRICES = {"mistralai/mistral-tiny": 2_500, "mistralai/mistral-small": 7_000, "mistralai/mistral-large": None}
ENDS = ("done",) * 20 + ("stopped", "interrupted", "failed")
SOURCES = ("chat",) * 6 + ("api",) * 3 + ("title",)
NAMES = ("bob", "charlie", "dora", "emil", "fatima", "guo", "hanna", "ines", "jakob", "kofi")
GROUPS = ("Design", "Sales", "Support")
NANO = 1_000_000_000


@dataclass(frozen=True)
class Member:
    user: User
    group: int
    keys: list[int]
    calls: int  # a working day, about


def furnish(*people: User, days: int = 75, size: int = len(NAMES)) -> None:
    """Two months and a half of work of `people` and some others, and budgets for it."""
    chance = Random(7)
    others = [NAMES[at] if at < len(NAMES) else f"colleague-{at}" for at in range(size)]
    users = [*people, *(User.objects.create(username=name, email=f"{name}@example.org") for name in others)]
    groups = [users[0].groups.create(name=name) for name in GROUPS]
    team = [member(user, groups[at % len(groups)], 40 // (at + 2) + 2) for at, user in enumerate(users)]
    now = timezone.now()
    calls = [
        call_of(one, now - timedelta(days=back), now, chance)
        for back in range(days, -1, -1)
        for one in team
        for _ in range(
            chance.randint(0, one.calls) // (4 if (now - timedelta(days=back)).weekday() > 4 else 1)
        )
    ]
    with transaction.atomic():
        ledger.store(sorted(calls, key=lambda call: call.opened_at))
    for model, nano in PRICES.items():
        if nano:
            Price.objects.create(
                model=model, starts_on="2020-01-01", prompt_nano_usd=nano, completion_nano_usd=nano
            )
    limit(users[0])


def member(user: User, group, calls: int) -> Member:
    if not user.groups.exists():
        user.groups.add(group)
    keys = [
        ApiKey.objects.create(user=user, name=name, prefix=f"pk-{name}", key_hash=f"{user.pk}-{name}").pk
        for name in ("laptop", "reports")[: user.pk % 3]
    ]
    return Member(user, group.pk, keys, calls)


def call_of(one: Member, day: datetime, now: datetime, chance: Random) -> Call:
    at = min(day.replace(hour=8, minute=0) + timedelta(seconds=chance.randint(0, 9 * 3600)), now)
    source, status = chance.choice(SOURCES if one.keys else SOURCES[:6]), chance.choice(ENDS)
    model = chance.choices(list(PRICES), (6, 3, 1))[0]
    prompt, completion = chance.randint(40, 3000), 0 if status == "failed" else chance.randint(10, 900)
    prompt = 0 if status == "failed" else prompt
    guessed = status in {"stopped", "interrupted"}
    price = PRICES[model]
    request_id = uuid4()
    return Call(
        opened_at=at,
        day=timezone.localdate(at),
        user=one.user,
        group_id=one.group,
        api_key_id=chance.choice(one.keys) if source == "api" else None,
        source=source,
        status=status,
        model_requested=model,
        model_answered="" if status == "failed" else model,
        prompt_tokens=prompt,
        completion_tokens=completion,
        usage_source="none" if status == "failed" else "estimate" if guessed else "provider",
        cost_nano_usd=None if price is None and status != "failed" else (prompt + completion) * (price or 0),
        max_tokens=2048,
        http_status=503 if status == "failed" else 200,
        error={"failed": "server_error", "interrupted": "cut_off"}.get(status, ""),
        ttft_ms=None if status == "failed" else 180 + int(chance.expovariate(1 / 300)),
        duration_ms=600 + int(chance.expovariate(1 / 4000)),
        request_id=request_id,
        upstream_id=f"gen-{request_id.hex[:20]}",
    )


def limit(user: User) -> None:
    """Budgets of everyone, of a group and of `user`; and somebody who asks for more."""
    everyone = Budget.objects.create(period="month", unit="usd", limit=15 * NANO)
    group = Budget.objects.create(period="week", unit="tokens", limit=900_000, group=user.groups.first())
    own = Budget.objects.create(period="month", unit="requests", limit=400, user=user)
    with transaction.atomic():
        usage.hold_counters([everyone, group, own])
    charlie = User.objects.get(username="charlie")
    usage.ask(
        charlie, everyone, reason="The migration of the old handbook: some 200 pages to shorten by Friday."
    )
