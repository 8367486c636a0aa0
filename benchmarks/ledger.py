"""What the usage pages cost with a million ledger rows over two years, against a thousand.

`TEST_DATABASE=postgresql` for that database. Two databases, asked in turn in this process by Django's test client.
The CSV is streamed in this process too; its memory is what that adds to the process.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.test import AsyncClient, Client, override_settings
from django.utils import timezone

import tests.environment
from benchmarks.processes import Process
from benchmarks.site import BACKEND
from chat.models import Call, User

USERS = [f"user-{number}" for number in range(10)]
DAYS = 730
SMALL = 1000
MOST_QUERIES = 16
MOST_RATIO = 3.0
MOST_MEGABYTES = 20


@dataclass
class Site:
    """A database with so many ledger rows."""

    name: str
    rows: int
    queries: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def open(self) -> Iterator[Client]:
        """Its database is the one of this process meanwhile; the browser is that of the administrator."""
        let_go()
        connection.settings_dict["NAME"] = self.name
        yield Client(SERVER_NAME="127.0.0.1")
        let_go()

    def fill(self) -> None:
        with self.open():
            call_command("migrate", verbosity=0)
            User.objects.create(username="root", is_staff=True)
            began = time.monotonic()
            users = [word for name in USERS for word in ("--user", name)]
            with redirect_stdout(StringIO()):
                call_command("seed", *users, conversations=0, calls=self.rows // len(USERS), days=DAYS)
            print(f"{self.rows:,} rows made in {time.monotonic() - began:.0f} s")
            if connection.vendor == "postgresql":
                connection.cursor().execute("ANALYZE")  # what autovacuum does within minutes

    def ask(self, paths: list[str]) -> None:
        """Each page once for its queries, which warms what is to be warm, and once for its time."""
        with self.open() as browser:
            browser.force_login(User.objects.get(username="root"), backend=BACKEND)
            for path in paths:
                self.queries[path] = queries_of(browser, path)
                began = time.perf_counter()
                browser.get(path)
                self.seconds.setdefault(path, []).append(time.perf_counter() - began)


def main() -> int:
    """The exit status: 0 when the pages and the CSV keep within their limits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    sites = [Site(name, rows) for name, rows in zip(databases(), (SMALL, options.rows), strict=True)]
    for site in sites:
        site.fill()
    months = [timezone.localdate() - timedelta(days=back) for back in (15, 350, 700)]
    paths = [f"/usage/all/?{month_of(day)}" for day in months]
    for _ in range(options.rounds):
        for site in sites:
            site.ask(paths)
    wrong = report(paths, *sites)
    with sites[1].open():
        wrong += report_csv()
        wrong += report_check()
    for sentence in wrong:
        print(f"  NOT KEPT: {sentence}")
    return int(bool(wrong))


def databases() -> Iterator[str]:
    for name in ("small", "big"):
        if tests.environment.server is not None:
            tests.environment.server.create(name)
            yield name
        else:
            yield os.path.join(os.environ["DATA_DIR"], f"{name}.sqlite3")  # noqa: PTH118


def let_go() -> None:
    """Close every connection, since the next one is to another database."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def month_of(day: date) -> str:
    """The query for the month that a day is in."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return f"from={first}&to={last}"


def queries_of(browser: Client, path: str) -> int:
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return len(statements)


def report(paths: list[str], small: Site, big: Site) -> list[str]:
    """Prints what the pages cost; what is not kept."""
    print(f"\n{connection.vendor}: {small.rows:,} ledger rows and {big.rows:,}, over {DAYS} days")
    print(f"  {'':48}{'queries':>9}{'ms':>16}{'big : small':>13}")
    wrong = []
    for path in paths:
        few, many = (median(site.seconds[path]) * 1000 for site in (small, big))
        queries = max(small.queries[path], big.queries[path])
        print(f"  {path:48}{queries:9}{few:8.1f}{many:8.1f}{many / few:13.2f}")
        wrong += [f"{path}: {queries} queries"] * (queries > MOST_QUERIES)
        wrong += [f"{path}: {many / few:.2f} times the time"] * (many / few > MOST_RATIO)
    return wrong


def report_csv() -> list[str]:
    """Prints what streaming a month and everything costs; what is not kept."""
    today = timezone.localdate()
    month = month_of(today - timedelta(days=350))
    wrong = []
    process = Process(os.getpid())
    for query in (month, f"from={today - timedelta(days=DAYS)}&to={today}"):
        before = process.resident()
        process.forget_peak()
        began = time.monotonic()
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            lines, size = asyncio.run(stream(f"/usage/all.csv?{query}"))
        more = process.peak() - before
        print(
            f"  CSV, {query}: {lines:,} lines, {size / 1e6:.1f} MB in {time.monotonic() - began:.1f} s, "
            f"{more:.1f} MB of memory beside what the process had"
        )
        wrong += [f"the CSV took {more:.1f} MB"] * (more > MOST_MEGABYTES)
    return wrong


async def stream(path: str) -> tuple[int, int]:
    """Lines and bytes of an answer that is thrown away as it comes."""
    browser = AsyncClient()
    root = await User.objects.aget(username="root")
    await browser.aforce_login(root, backend=BACKEND)
    answer = await browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    lines = size = 0
    async for block in answer.streaming_content:
        lines, size = lines + block.count(b"\n"), size + len(block)
    return lines, size


def report_check() -> list[str]:
    """Prints what `checkledger` costs; it raises when anything is wrong."""
    process = Process(os.getpid())
    before = process.resident()
    process.forget_peak()
    began = time.monotonic()
    call_command("checkledger")
    more = process.peak() - before
    print(f"  checkledger, {Call.objects.count():,} rows: {time.monotonic() - began:.1f} s, {more:.1f} MB")
    return [f"checkledger took {more:.1f} MB"] * (more > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
