"""What pages cost an account with 10,000 conversations, against one with 100.

`TEST_DATABASE=postgresql` for that database. Both accounts are on one site, and the pages are asked for in this
process, by Django's test client: no network and no browser are in the way of the comparison.
"""

import argparse
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.test import Client

import tests.environment
from benchmarks.site import BACKEND
from chat.management.seeding import RARE
from chat.models import Conversation, User

MOST_QUERIES = 12
MOST_RATIO = 3.0
MOST_AT_ONCE = 100
SMALL, LONG = 100, 500
ENTRIES = re.compile(rb'id="conversation-\d+"')
MESSAGES = re.compile(rb'id="message-\d+"')


@dataclass
class Page:
    """One page of one account, asked for again and again."""

    browser: Client
    path: str
    queries: int = 0
    content: bytes = b""
    seconds: list[float] = field(default_factory=list)

    def count(self) -> None:
        """Once for its queries; this also warms what is to be warm."""
        statements: list[str] = []

        def note(execute, sql, params, many, context):
            statements.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            answer = self.browser.get(self.path)
        assert answer.status_code == 200, f"{self.path}: {answer.status_code}"
        self.queries, self.content = len(statements), answer.content

    def ask(self) -> None:
        began = time.perf_counter()
        self.browser.get(self.path)
        self.seconds.append(time.perf_counter() - began)

    @property
    def ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def at_once(self) -> int:
        """Entries of the list or messages, whichever are more."""
        return max(len(ENTRIES.findall(self.content)), len(MESSAGES.findall(self.content)))


def main() -> int:
    """The exit status: 0 when every page keeps within all three limits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    if tests.environment.server is not None:
        tests.environment.server.create("parley")
    call_command("migrate", verbosity=0)
    for name, conversations in (("small", SMALL), ("big", options.conversations)):
        call_command("seed", user=[name], conversations=conversations, long=LONG)
    if connection.vendor == "postgresql":
        connection.cursor().execute("ANALYZE")  # what autovacuum does within minutes
    pairs = [list(pair) for pair in zip(pages_of("small"), pages_of("big"), strict=True)]
    for small, big in pairs:
        small.count()
        big.count()
    for _ in range(options.rounds):
        for small, big in pairs:
            small.ask()
            big.ask()
    return report(pairs, options.conversations)


def pages_of(username: str) -> list[Page]:
    user = User.objects.get(username=username)
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user, backend=BACKEND)
    long = Conversation.objects.filter(owner=user).latest("pk")
    paths = ("/conversations/", f"/search/?q={RARE}", long.get_absolute_url())
    return [Page(browser, path) for path in paths]


def report(pairs: Sequence[Sequence[Page]], conversations: int) -> int:
    names = ("the list's first page", f"search, {RARE}", f"a chat of {LONG} messages")
    print(
        f"\n{connection.vendor}: an account with {SMALL:,} conversations and one with {conversations:,}, "
        f"median of {len(pairs[0][0].seconds)} rounds"
    )
    print(f"  {'':24}{'queries':>9}{'ms':>16}{'big : small':>13}{'kB':>14}{'at once':>9}")
    wrong = []
    for name, (small, big) in zip(names, pairs, strict=True):
        ratio = big.ms / small.ms
        print(
            f"  {name:24}{big.queries:9}{small.ms:8.1f}{big.ms:8.1f}{ratio:13.2f}"
            f"{len(small.content) / 1000:7.0f}{len(big.content) / 1000:7.0f}{big.at_once:9}"
        )
        worst = max(small.queries, big.queries)
        wrong += [f"{name}: {worst} queries"] * (worst > MOST_QUERIES)
        wrong += [f"{name}: {ratio:.2f} times the small account's time"] * (ratio > MOST_RATIO)
        wrong += [f"{name}: {big.at_once} entries at once"] * (big.at_once > MOST_AT_ONCE)
    print(
        f"  at most {MOST_QUERIES} queries, {MOST_RATIO:g} times the time, "
        f"{MOST_AT_ONCE} messages or list entries at once"
    )
    for sentence in wrong:
        print(f"  NOT KEPT: {sentence}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
