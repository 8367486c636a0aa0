"""What a page with the list costs with many conversations and with few; TEST_DATABASE=postgresql for that one."""

import argparse
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
PAGES = ("new chat", "conversation", "second page", "folder", "usage")


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
    few, many = ([Visit(user, path) for path in paths(user)] for user in sides.values())
    for _ in range(options.rounds):
        for page in (*few, *many):
            page.pay()
    failed = False
    for name, one, other in zip(PAGES, few, many, strict=True):
        times = other.best / one.best
        failed |= times > MOST_TIMES or other.queries > MOST_QUERIES
        print(
            f"{connection.vendor}, {name}: {FEW}: {one.best:.1f} ms, {one.queries} queries; "
            f"{options.conversations:,}: {other.best:.1f} ms, {other.queries} queries, {other.bytes:,} bytes; "
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
                folder=folder if number % 10 == 0 or count == FEW else None,
            )
            for number in numbers
        )
        questions = Message.objects.bulk_create(
            Message(conversation=conversation, role="user", text="A few words of text.")
            for conversation in made
            for _ in range(MESSAGES // 2)
        )
        answers = Message.objects.bulk_create(
            Message(conversation_id=question.conversation_id, parent=question, role="assistant", text="Yes.")
            for question in questions
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
            for number, message in enumerate(answers)
        )
    return user


def paths(user: User) -> list[str]:
    """Those of PAGES."""
    newest = Conversation.objects.filter(owner=user).order_by("-updated_at")
    return [
        "/conversations/",
        f"/conversations/{newest[1].pk}/",
        Place().url_with(before=str(Cursor.after(newest[1]))),
        Place(Folder.objects.get(owner=user)).url,
        "/usage/",
    ]


class Visit:
    """A page as its owner sees it, and the least that it has cost so far, in ms."""

    def __init__(self, user: User, path: str) -> None:
        self.path = path
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(user, backend=BACKEND)
        with CaptureQueriesContext(connection) as queries:
            self.bytes = len(self.client.get(path).content)
        self.queries = len(queries)
        self.best = float("inf")

    def pay(self) -> None:
        began = time.perf_counter()
        assert self.client.get(self.path).status_code == 200
        self.best = min(self.best, (time.perf_counter() - began) * 1000)


if __name__ == "__main__":
    sys.exit(main())
