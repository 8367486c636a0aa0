"""Where the runs take place: a site in one configuration, its scripted upstream, its database, two users."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.chaos.plays import Book
from tests.chaos.stored import Database
from tests.password import PASSWORD
from tests.postgres import Postgres
from tests.site import Site, post, wait_for
from tests.upstream import Upstream, running

CONFIGURATIONS = ("sqlite-1", "sqlite-2", "postgresql-2")  # database and number of workers
USERS = ("alice", "charlie")
SETTINGS = {
    "RUNNING_REPLIES": "500",
    "RUNNING_REPLIES_A_USER": "100",
    "OPEN_REPLIES_A_USER": "100",
    "EVENT_STREAMS_A_USER": "500",
    "GRACE_SECONDS": "2",
    "MODEL_API_KEY": "sk-secret-of-the-site",
    "ENV_FILE": os.devnull,
}
ONE_A_REQUEST = httpx.Limits(max_keepalive_connections=0)  # so that each may find another worker


@dataclass
class Ground:
    configuration: str
    site: Site
    upstream: Upstream
    book: Book
    database: Database
    file: Path | None  # of SQLite
    postgres: Postgres | None
    sessions: dict[str, httpx.Cookies]

    @property
    def processes(self) -> int:
        return int(self.configuration.rpartition("-")[2])

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers that live, the oldest first."""
        pid = self.site.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sorted(int(child) for child in children if _lives(int(child)))

    def browser(self, user: str) -> httpx.Client:
        """A tab of this user's browser. Every request is a connection of its own."""
        client = httpx.Client(base_url=self.site.url, timeout=30.0, limits=ONE_A_REQUEST, verify=False)
        client.cookies.update(self.sessions[user])
        return client

    def other_browser(self, user: str) -> httpx.Client:
        """Another browser of the same user, with a session of its own."""
        browser = self.browser("alice")
        with closing(self.site.log_in(user)) as client:
            browser.cookies = client.cookies
        return browser

    def new_user(self, name: str) -> httpx.Client:
        """The browser of a user who was not there before; alice, who administers, makes the account."""
        with self.browser("alice") as alice:
            _add_user(alice, name)
        return self.other_browser(name)

    def wait_until_whole(self, seconds: float = 60.0) -> None:
        """Until every worker is there and the site answers."""
        wait_for(lambda: len(self.workers) == self.processes, "every worker to be there", seconds)
        wait_for(self._answers, "the site to answer", seconds)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.site.url}/healthz", timeout=2.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


@contextmanager
def prepared(configuration: str, home: Path) -> Iterator[Ground]:
    """A running site with its users, gone afterwards. `home` is an empty directory."""
    kind, _, processes = configuration.partition("-")
    book = Book()
    with running(Upstream(book.play_for)) as upstream:
        postgres = Postgres().start() if kind == "postgresql" else None
        settings = {**SETTINGS, "MODEL_API_BASE": upstream.url, "WEB_CONCURRENCY": processes}
        settings["DATABASE_URL"] = postgres.create("chaos") if postgres else ""
        site = Site(home, **settings)
        file = None if postgres else home / "parley.sqlite3"
        place = postgres.url("chaos").replace("postgres:", "postgresql:") if postgres else file
        assert place is not None
        ground = Ground(configuration, site, upstream, book, Database(place), file, postgres, {})
        try:
            site.start()
            ground.sessions.update(_set_up(site))
            yield ground
        finally:
            with suppress(subprocess.TimeoutExpired):  # it is killed then
                site.stop()
            if postgres:
                postgres.stop()


def port_owner(pids: list[int], ports: set[int]) -> dict[int, int]:
    """For each local TCP port that one of these processes holds: which one."""
    inodes: dict[str, int] = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        port = int(fields[1].rpartition(":")[2], 16)
        if port in ports:
            inodes[fields[9]] = port
    owners = {}
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            try:
                found = re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink()))
            except OSError:
                continue
            if found and found[1] in inodes:
                owners[inodes[found[1]]] = pid
    return owners


def _set_up(site: Site) -> dict[str, httpx.Cookies]:
    with closing(site.set_up("alice")) as alice:
        _add_user(alice, "charlie")
    with closing(site.log_in("charlie")) as charlie:
        return {"alice": alice.cookies, "charlie": charlie.cookies}


def _add_user(admin: httpx.Client, name: str) -> None:
    add = "/admin/chat/user/add/"
    admin.get(add).raise_for_status()
    fields = {"username": name, "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    answer = post(admin, add, **fields)
    assert answer.status_code == httpx.codes.FOUND, answer.text


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
