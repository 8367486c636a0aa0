"""A PostgreSQL server of the suite's own: started, cut off, killed and started again on 127.0.0.1."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.ports import free_port

HOMES = "/usr/lib/postgresql/*/bin"  # Debian keeps the server's programs off the PATH
UNPRIVILEGED = "postgres"  # the server refuses to be root


class Postgres:
    """An empty cluster with one superuser and no password; `stop` removes it."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="parley-postgres-"))
        self.port = free_port()
        self._data = self.home / "data"
        if os.getuid() == 0:
            owner = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", self._data, "-U", "parley", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n")
            settings.write(f"unix_socket_directories = '{self.home}'\nmax_connections = 200\n")

    def start(self) -> "Postgres":
        self._run("pg_ctl", "-D", self._data, "-l", self.home / "log", "-w", "start")
        return self

    def url(self, database: str) -> str:
        return f"postgres://parley@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new database; its URL."""
        self.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def cut_connections(self, database: str) -> None:
        """End every session of that database, as a restarted proxy or an administrator does."""
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    def waiting(self, database: str) -> int:
        """How many of its sessions wait for a lock."""
        with psycopg.connect(self.url(database)) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'",
                [database],
            ).fetchone()
        assert found
        return int(found[0])

    def restart(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self._data, "-l", self.home / "log", "-w", "-m", mode, "restart")

    def halt(self) -> None:
        """Stop the server at once; `start` recovers it."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def stop(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self.halt()
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(_program(program)), *map(str, arguments)]
        if os.getuid() == 0:
            command = ["runuser", "-u", UNPRIVILEGED, "--", *command]
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert done.returncode == 0, f"{program}: {done.stdout.decode()}"


def is_installed() -> bool:
    return _program("initdb") is not None


def _program(name: str) -> Path | None:
    if found := shutil.which(name):
        return Path(found)
    return max(Path("/").glob(f"{HOMES.lstrip('/')}/{name}"), default=None)
