"""The two databases of `benchmarks.ledger`: how they are filled, opened and asked."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client, override_settings

import tests.environment
from benchmarks.site import BACKEND
from chat.models import ApiKey, Call, User

USERS = [f"user-{number}" for number in range(10)]
BUSY, BUSY_DAYS, BUSY_CHATS = "busy", 30, 500
MODELS = ("mistralai/mistral-tiny", "mistralai/mistral-small", "mistralai/mistral-large")
GROUPS = ("Design", "Sales", "Support")
DAYS = 730


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
            people()
            began = time.monotonic()
            users = [word for name in USERS for word in ("--user", name)]
            with redirect_stdout(StringIO()), override_settings(MODELS=MODELS):
                call_command("seed", *users, conversations=0, calls=self.rows // len(USERS), days=DAYS)
                call_command("seed", user=[BUSY], conversations=0, calls=self.rows // 10, days=BUSY_DAYS)
            theirs = Call.objects.filter(user__username=BUSY)
            theirs.update(conversation=F("pk") % BUSY_CHATS + 1)
            print(f"{self.rows:,} rows made in {time.monotonic() - began:.0f} s")
            if connection.vendor == "postgresql":
                connection.cursor().execute("ANALYZE")  # what autovacuum does within minutes

    def ask(self, paths: list[str], who: str = "root") -> None:
        """Each page once for its queries, which warms what is to be warm, and once for its time."""
        with self.open() as browser:
            browser.force_login(User.objects.get(username=who), backend=BACKEND)
            for path in paths:
                self.queries[path] = queries_of(browser, path)
                began = time.perf_counter()
                browser.get(path)
                self.seconds.setdefault(path, []).append(time.perf_counter() - began)


def people() -> None:
    """The administrator, ten in three groups with two keys each, and one who is busy."""
    root = User.objects.create(username="root", is_staff=True)
    groups = [root.groups.create(name=name) for name in GROUPS]
    for number, name in enumerate((*USERS, BUSY)):
        user = User.objects.create(username=name)
        user.groups.add(groups[number % len(groups)])
        for key in ("laptop", "server"):
            ApiKey.objects.create(user=user, name=key, prefix=f"pk-{number}", key_hash=f"{number}-{key}")


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


def queries_of(browser: Client, path: str) -> int:
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        answer = browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return len(statements)
