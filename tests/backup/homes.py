"""A site that is not running, and what lies in it."""

import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.test_database import fill
from tests.site import ROOT, Site

USERNAME = "alice"


class Home(Site):
    """`backup` is the path of a file beside it."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(data_dir, **environment)
        self.backup = data_dir.with_suffix(".zip")
        self.database = data_dir / "parley.sqlite3"

    @property
    def key(self) -> str:
        return (self.data_dir / "secret-key").read_text()

    @property
    def names(self) -> list[str]:
        """Who has an account, by the database itself."""
        question = "SELECT username FROM chat_user ORDER BY username"
        if url := self._environment.get("DATABASE_URL"):
            with psycopg.connect(url) as opened:
                return [name for (name,) in opened.execute(question).fetchall()]
        with closing(sqlite3.connect(self.database)) as opened:
            return [name for (name,) in opened.execute(question)]

    @property
    def lying_here(self) -> set[str]:
        return {file.name for file in self.data_dir.iterdir()}

    def rename_user(self, name: str) -> None:
        with closing(sqlite3.connect(self.database)) as opened, opened:
            opened.execute("UPDATE chat_user SET username = ?", [name])

    def manage(self, *arguments: str, **environment: str) -> str:
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def refused(self, *arguments: str, **environment: str) -> str:
        """What a command said that failed."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr.removeprefix("CommandError: ").strip()

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        with self.begin(*arguments, **environment) as program:
            out, err = program.communicate()
        return subprocess.CompletedProcess(arguments, program.returncode, out, err)

    def begin(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self._environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def rewritten(backup: Path, change: Callable[[dict[str, Any]], None], **parts: bytes) -> None:
    """The same backup with another manifest, or with other bytes in its parts."""
    with zipfile.ZipFile(backup) as packed:
        held = {name: packed.read(name) for name in packed.namelist()} | parts
    manifest = json.loads(held["manifest.json"])
    change(manifest)
    with zipfile.ZipFile(backup, "w") as packed:
        for name, data in held.items():
            packed.writestr(name, json.dumps(manifest) if name == "manifest.json" else data)


def leave(disk: Path, free: int) -> None:
    """Fill a file system but for so many bytes."""
    filler = disk / "filler"
    fill(filler)
    with filler.open("r+b") as opened:
        opened.truncate(filler.stat().st_size - free)
