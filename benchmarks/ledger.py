"""What the usage pages cost with a million ledger rows over two years, against a thousand.

`TEST_DATABASE=postgresql` for that database. Two databases, asked in turn in this process by Django's test client.
The files are streamed in this process too; their memory is what that adds to the process. One more person, `busy`,
has a tenth as many rows in the last month alone, in conversations: theirs is the page of one's own usage.
"""

import argparse
import asyncio
import os
import sys
import time
from datetime import date, timedelta
from math import inf
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.test import AsyncClient, override_settings
from django.utils import timezone

from benchmarks.ledger_site import BUSY, BUSY_DAYS, DAYS, MODELS, Site, databases
from benchmarks.processes import Process
from benchmarks.site import BACKEND
from chat.models import Call, User
from chat.usage import COLUMNS

SMALL = 1000
MOST_QUERIES = 24  # with one user chosen, two of them for what the menu may show
MOST_RATIO = 3.0
MOST_MEGABYTES = 20


def main() -> int:
    """The exit status: 0 when the pages and the CSV keep within their limits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    sites = [Site(name, rows) for name, rows in zip(databases(), (SMALL, options.rows), strict=True)]
    for site in sites:
        site.fill()
    paths, more, own = everybodys(), longer(), [f"/usage/?{days_of(BUSY_DAYS)}"]
    for _ in range(options.rounds):
        for site in sites:
            site.ask(paths + more)
            site.ask(own, BUSY)
    print(f"\n{connection.vendor}: {SMALL:,} ledger rows and {options.rows:,}, over {DAYS} days")
    print(f"  {'':70}{'queries':>9}{'ms':>16}{'big : small':>13}")
    wrong = report(paths, *sites, most=MOST_RATIO)
    print("  and what has more to read there, however it is done:")
    wrong += report(more + own, *sites, most=inf)
    with sites[1].open():
        wrong += report_files()
        wrong += report_check()
    for sentence in wrong:
        print(f"  NOT KEPT: {sentence}")
    return int(bool(wrong))


def everybodys() -> list[str]:
    """The dashboard of three months, by everything that it can be by, and the rows behind its figures."""
    this, year, years = (month_of(timezone.localdate() - timedelta(days=back)) for back in (15, 350, 700))
    return [
        *(f"/usage/all/?{month}" for month in (this, year, years)),
        *(f"/usage/all/?{year}&by={what}" for what in COLUMNS if what != "user"),
        f"/usage/all/?{year}&by=model&user=2&show=cost",
        f"/usage/calls/?{year}",
    ]


def longer() -> list[str]:
    """What must read more of a larger ledger: every total, many rows for few that fit, all rows for none."""
    month = month_of(timezone.localdate() - timedelta(days=350))
    return [
        f"/usage/all/?{days_of(DAYS)}",
        f"/usage/calls/?{month}&model={MODELS[0]}&status=failed",
        f"/usage/calls/?{days_of(DAYS)}&status=stopped",
    ]


def month_of(day: date) -> str:
    """The query for the month that a day is in."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return f"from={first}&to={last}"


def days_of(days: int) -> str:
    """The query for so many days up to today."""
    today = timezone.localdate()
    return f"from={today - timedelta(days=days)}&to={today}"


def report(paths: list[str], small: Site, big: Site, *, most: float) -> list[str]:
    """Prints what the pages cost; what is not kept: the queries, and at `most` so many times the time."""
    wrong = []
    for path in paths:
        few, many = (median(site.seconds[path]) * 1000 for site in (small, big))
        queries = max(small.queries[path], big.queries[path])
        print(f"  {path:70}{queries:9}{few:8.1f}{many:8.1f}{many / few:13.2f}")
        wrong += [f"{path}: {queries} queries"] * (queries > MOST_QUERIES)
        wrong += [f"{path}: {many / few:.2f} times the time"] * (many / few > most)
    return wrong


def report_files() -> list[str]:
    """Prints what streaming a month and everything costs; what is not kept."""
    month = month_of(timezone.localdate() - timedelta(days=350))
    wrong = []
    process = Process(os.getpid())
    for kind, query in (("csv", month), ("csv", days_of(DAYS)), ("json", days_of(DAYS))):
        before = process.resident()
        process.forget_peak()
        began = time.monotonic()
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            lines, size = asyncio.run(stream(f"/usage/all.{kind}?{query}"))
        more = process.peak() - before
        print(
            f"  {kind}, {query}: {lines:,} lines, {size / 1e6:.1f} MB in {time.monotonic() - began:.1f} s, "
            f"{more:.1f} MB of memory beside what the process had"
        )
        wrong += [f"the {kind} took {more:.1f} MB"] * (more > MOST_MEGABYTES)
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
