"""What a page with the list costs with many conversations and with few; TEST_DATABASE=postgresql for that one."""

import argparse
import statistics
import sys
import time
from datetime import timedelta
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import tests.environment
from benchmarks.site import BACKEND
from chat.models import Conversation, Folder, Message, Reply, User
from chat.views.listing import Cursor
from chat.views.places import Place

MOST_QUERIES = 12
MOST_TIMES = 3.0
MESSAGES = 20  # of each conversation
AT_ONCE = 500  # conversations
FEW = 100


def main() -> int:
    """The exit status: 0 when many cost at most MOST_TIMES what few do, and no page more than MOST_QUERIES."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.listing", description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    if tests.environment.server is not None:
        tests.environment.server.create("parley")
    call_command("migrate", verbosity=0)
    sides = {count: fill(count) for count in (FEW, options.conversations)}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    failed = False
    pages = [paths(user) for user in sides.values()]
    for name in pages[0]:
        few, many = (
            visit(user, page[name], options.rounds) for user, page in zip(sides.values(), pages, strict=True)
        )
        times = many[0] / few[0]
        failed |= times > MOST_TIMES or many[1] > MOST_QUERIES
        print(
            f"{connection.vendor}, {name}: {FEW}: {few[0]:.1f} ms, {few[1]} queries; "
            f"{options.conversations:,}: {many[0]:.1f} ms, {many[1]} queries, {many[2]:,} bytes; "
            f"{times:.2f} times"
        )
    return int(failed)


def fill(count: int) -> User:
    """A user with so many conversations, one an hour back in time; every 50th has a reply that nobody has seen."""
    user = User.objects.create(username=f"user-{count}")
    folder = Folder.objects.create(owner=user, name="A tenth of them")
    now = timezone.now()
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        made = Conversation.objects.bulk_create(
            Conversation(
                owner=user,
                title=f"Conversation number {number}",
                updated_at=now - timedelta(hours=number),
                pinned=number % 1000 == 7,
                folder=folder if number % 10 == 0 else None,
            )
            for number in numbers
        )
        messages = Message.objects.bulk_create(
            Message(conversation=conversation, role=role, text="A few words of text.")
            for conversation in made
            for _ in range(MESSAGES // 2)
            for role in ("user", "assistant")
        )
        Reply.objects.bulk_create(
            Reply(
                message=message,
                asker=user,
                send_id=UUID(int=message.pk),
                model="m",
                state="done",
                seen=number % (25 * MESSAGES) != 0,
            )
            for number, message in enumerate(messages[1::2])
        )
    return user


def paths(user: User) -> dict[str, str]:
    """Of each kind of page one, by its name."""
    newest = Conversation.objects.filter(owner=user).order_by("-updated_at")
    return {
        "new chat": "/conversations/",
        "conversation": f"/conversations/{newest[1].pk}/",
        "folder": f"/conversations/?folder={Folder.objects.get(owner=user).pk}",
        "second page": Place().url_with(before=str(Cursor.after(newest[90]))),
        "archive": "/conversations/?in=archive",
        "usage": "/usage/",
    }


def visit(user: User, path: str, rounds: int) -> tuple[float, int, int]:
    """Milliseconds (median), queries, and bytes of the page."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend=BACKEND)
    client.get(path)
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        page = client.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        assert page.status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return statistics.median(taken), len(queries), len(page.content)


if __name__ == "__main__":
    sys.exit(main())
