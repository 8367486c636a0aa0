"""PostgreSQL: its own programs, one transaction, and rows that come from SQLite."""

import hashlib
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chat.backup import Refused
from chat.backup.programs import home_for
from tests.backup.homes import Home, rewritten
from tests.postgres import Postgres
from tests.site import wait_for

_numbers = count()


@pytest.fixture(scope="module")
def moved(postgres: Postgres, made: Home) -> Home:
    """Alice's site on PostgreSQL and its backup, to be copied and not to be touched."""
    home = Home(made.data_dir.with_name("moved"), DATABASE_URL=postgres.create("moved"))
    home.manage("restore", str(made.backup))
    home.manage("backup", str(home.backup))
    return home


@pytest.fixture
def bobs(postgres: Postgres, moved: Home, tmp_path: Path) -> Home:
    """A site of bob's on PostgreSQL with a key of its own, and a backup beside it in which alice has it."""
    name = f"bobs-{next(_numbers)}"
    postgres.execute(f'CREATE DATABASE "{name}" TEMPLATE "moved"')
    home = Home(tmp_path / "bobs", DATABASE_URL=postgres.url(name))
    execute(home, "UPDATE chat_user SET username = 'bob'")
    (home.data_dir / "secret-key").write_text("bobs-key")
    shutil.copy(moved.backup, home.backup)
    return home


def moved_from(home: Home) -> Path:
    home.manage("backup", str(home.backup), "--force")
    return home.backup


def execute(home: Home, *statements: str) -> None:
    with psycopg.connect(home._environment["DATABASE_URL"], autocommit=True) as opened:
        for statement in statements:
            opened.execute(statement.encode())


def test_by_force_all_is_replaced_also_what_a_later_version_made(bobs: Home, moved: Home) -> None:
    execute(
        bobs,
        "CREATE TABLE chat_later (id int PRIMARY KEY, user_id bigint REFERENCES chat_user)",
        "CREATE FUNCTION chat_later_words(folded text) RETURNS text LANGUAGE sql AS 'SELECT folded'",
    )
    said = bobs.refused("restore", str(bobs.backup))
    assert said == "The site that is here has 1 user: --force puts the backup in its place."
    bobs.manage("restore", str(bobs.backup), "--force")
    assert (bobs.names, bobs.key) == (["alice"], moved.key)
    with psycopg.connect(bobs._environment["DATABASE_URL"]) as opened:
        left = "SELECT to_regclass('chat_later'), to_regproc('chat_later_words')"
        assert opened.execute(left).fetchall() == [(None, None)]


def test_others_who_are_connected_keep_it_from_being_replaced(bobs: Home) -> None:
    with psycopg.connect(bobs._environment["DATABASE_URL"]):
        said = bobs.refused("restore", str(bobs.backup), "--force")
    assert said.startswith("The database has 1 connection of others: stop Parley on every machine")


def test_a_dump_that_cannot_be_read_changes_nothing(bobs: Home) -> None:
    broken = b"PGDMP and no more"
    part = {"name": "database", "size": len(broken), "sha256": hashlib.sha256(broken).hexdigest()}

    def tell(manifest: dict[str, Any]) -> None:
        manifest["parts"] = [part, *(other for other in manifest["parts"] if other["name"] != "database")]

    rewritten(bobs.backup, tell, database=broken)
    said = bobs.refused("restore", str(bobs.backup), "--force")
    assert said.startswith("The backup cannot be read into the database: pg_restore: error:")
    assert (bobs.names, bobs.key) == (["bob"], "bobs-key")


def test_who_is_killed_within_the_transaction_leaves_the_old_site(bobs: Home, moved: Home) -> None:
    with bobs.begin("restore", str(bobs.backup), "--force") as program:
        wait_for(lambda: "\n" in bobs.key, "the second key")
        program.send_signal(signal.SIGKILL)
    wait_for(lambda: bobs.names, "the transaction to end")
    assert (bobs.names, bobs.key.split()) == (["bob"], ["bobs-key", moved.key])


def test_a_row_that_postgresql_does_not_take_changes_nothing(
    bobs: Home, copied: Callable[[str], Home]
) -> None:
    alices = copied("alice")
    with closing(sqlite3.connect(alices.database)) as opened, opened:
        opened.execute("UPDATE chat_user SET first_name = 'A' || char(0)")
    said = bobs.refused("restore", str(moved_from(alices)), "--force")
    assert said.startswith("PostgreSQL does not take a row of chat_user")
    assert (bobs.names, bobs.key) == (["bob"], "bobs-key")


def program(home: Path, version: str, then: str = "") -> Path:
    home.mkdir()
    (home / "pg_dump").write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo "pg_dump (PostgreSQL) {version}"; exit; fi\n{then}\n'
    )
    (home / "pg_dump").chmod(0o755)
    return home


def test_the_first_programs_that_are_new_enough_are_taken(tmp_path: Path) -> None:
    older, same, newer = (program(tmp_path / name, f"{name}.4 (Debian)") for name in ("15", "16", "17"))
    nothing = tmp_path / "nothing"
    assert home_for(16, [nothing, older, same, newer]) == same
    assert home_for(17, [older, same, newer]) == newer
    with pytest.raises(
        Refused, match=r"newest pg_dump here is of PostgreSQL 17, and the server of 18: install"
    ):
        home_for(18, [older, newer, same])
    with pytest.raises(Refused, match=r"are not installed.* client, version 16 or newer"):
        home_for(16, [nothing])


def test_the_password_is_no_argument_and_what_the_program_says_is_told(bobs: Home, tmp_path: Path) -> None:
    said = tmp_path / "said"
    home = program(tmp_path / "99", "99.1", f'echo "$PGPASSWORD $@" > {said}; echo "error: no" >&2; exit 1')
    environment = bobs._environment
    url = environment["DATABASE_URL"].replace("parley@", "parley:s3cret%40@")
    told = bobs.refused(
        "backup",
        str(bobs.backup),
        "--force",
        DATABASE_URL=url,
        PATH=f"{home}:{environment['PATH']}",
    )
    assert told == "The database cannot be copied: error: no"
    password, *arguments = said.read_text().split()
    assert password == "s3cret@"
    assert "--format=custom" in arguments
    assert not [argument for argument in arguments if "s3cret" in argument]
