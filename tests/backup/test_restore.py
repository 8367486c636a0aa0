"""restore: the backup in the place of the site, or the site as it was, and a sentence that says why."""

import fcntl
import hashlib
import json
import re
import signal
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.backup.homes import Home, leave, rewritten
from tests.site import wait_for

LONGEST = 90.0  # s for another process that brings a database up to date, on a busy machine
KEPT = {"parley.sqlite3", "secret-key", "in-use"}


def is_bobs(home: Home) -> bool:
    """Nothing was touched, and nothing was left behind."""
    return (
        home.names == ["bob"] and home.key == "bobs-key" and home.lying_here - {"in-use"} == KEPT - {"in-use"}
    )


def test_a_fresh_directory_becomes_the_site(made: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "fresh")
    said = home.manage("restore", str(made.backup))
    assert "The site is as it was on 20" in said
    assert "log in again" not in said
    assert (home.names, home.key, home.lying_here) == (["alice"], made.key, KEPT)
    with closing(sqlite3.connect(home.database)) as opened:
        entries = opened.execute("SELECT action, detail FROM chat_auditentry ORDER BY id").fetchall()
    assert entries[-1][0] == "imported"
    assert re.fullmatch(r"command line: the backup of 20\d\d-\d\d-\d\d \d\d:\d\d UTC", entries[-1][1])


def test_a_site_with_users_is_replaced_only_by_force(home: Home, made: Home) -> None:
    said = home.refused("restore", str(home.backup))
    assert said == "The site that is here has 1 user: --force puts the backup in its place."
    assert is_bobs(home)
    home.manage("restore", str(home.backup), "--force")
    assert (home.names, home.key, home.lying_here) == (["alice"], made.key, KEPT)


def test_nobody_restores_while_the_site_is_served_nor_serves_it_meanwhile(home: Home) -> None:
    with (home.data_dir / "in-use").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        said = home.refused("restore", str(home.backup), "--force")
        assert said == f"Parley is running with the data in {home.data_dir}: stop it first."
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "A backup is being restored here." in home.refused("serve")
    assert is_bobs(home)


def test_a_database_that_somebody_has_open_is_not_replaced(home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as other:
        other.execute("PRAGMA journal_mode=WAL").fetchall()
        other.execute("SELECT * FROM chat_user").fetchall()
        said = home.refused("restore", str(home.backup), "--force")
    assert said == f"Somebody has {home.database} open: end every program that uses it first."
    assert is_bobs(home)


def is_cut(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-100])


def has_a_wrong_byte(backup: Path) -> None:
    held = bytearray(backup.read_bytes())
    held[len(held) // 2] ^= 0xFF
    backup.write_bytes(held)


def has_other_parts(backup: Path) -> None:
    rewritten(backup, lambda manifest: None, database=b"SQLite format 3\0")


def has_no_database(backup: Path) -> None:
    with zipfile.ZipFile(backup) as packed:
        manifest = packed.read("manifest.json")
    with zipfile.ZipFile(backup, "w") as packed:
        packed.writestr("manifest.json", manifest)


def says_nothing_of_itself(backup: Path) -> None:
    with zipfile.ZipFile(backup, "w") as packed:
        packed.writestr("manifest.json", json.dumps({"format": 1, "parts": []}))


def is_another_zip(backup: Path) -> None:
    with zipfile.ZipFile(backup, "w") as packed:
        packed.writestr("conversations.json", "[]")


def is_a_text(backup: Path) -> None:
    backup.write_text("Dear diary")


def is_not_there(backup: Path) -> None:
    backup.unlink()


def changed(**what: Any) -> Callable[[Path], None]:
    return lambda backup: rewritten(backup, lambda manifest: manifest.update(what))


def has_a_broken_database(backup: Path) -> None:
    """One whose hash is right: it was broken when it was copied."""
    broken = b"SQLite format 3\0" + bytes(9000)

    part = {"name": "database", "size": len(broken), "sha256": hashlib.sha256(broken).hexdigest()}
    rewritten(backup, lambda manifest: manifest.update(parts=[part]), database=broken)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (is_cut, "is no backup of Parley, or its end is missing"),
        (has_a_wrong_byte, "The backup is damaged: its database"),
        (has_other_parts, "its database is not what was written"),
        (has_no_database, "The backup is damaged"),
        (has_a_broken_database, "The database in the backup is damaged"),
        (says_nothing_of_itself, "what it says of itself cannot be read"),
        (is_another_zip, "This is a ZIP file, but no backup of Parley"),
        (is_a_text, "is no backup of Parley"),
        (is_not_there, "No such file or directory"),
        (changed(format=2, parley="7.0"), "was made by a newer Parley (7.0)"),
        (
            changed(migrations={"chat": "9999_later"}, parley="7.0"),
            "has changed the database by chat.9999_later",
        ),
        (changed(database="postgresql"), "set DATABASE_URL to an empty one"),
    ],
)
def test_a_file_that_cannot_be_the_site_changes_nothing(
    home: Home, wrong: Callable[[Path], None], said: str
) -> None:
    wrong(home.backup)
    assert said in home.refused("restore", str(home.backup), "--force")
    assert is_bobs(home)


def test_a_broken_database_is_replaced_by_force_with_the_log_beside_it(home: Home, made: Home) -> None:
    home.database.write_bytes(b"no database at all" * 1000)
    Path(f"{home.database}-wal").write_bytes(b"left behind")
    assert "cannot be read" in home.refused("restore", str(home.backup))
    home.manage("restore", str(home.backup), "--force")
    assert (home.names, home.lying_here) == (["alice"], KEPT)


def test_an_older_backup_is_brought_up_to_date(home: Home) -> None:
    home.manage("migrate", "chat", "0011", "--verbosity=0")
    home.manage("backup", str(home.backup), "--force")
    with zipfile.ZipFile(home.backup) as packed:
        assert json.loads(packed.read("manifest.json"))["migrations"]["chat"].startswith("0011")
    home.manage("restore", str(home.backup), "--force")
    assert home.names == ["bob"]
    home.manage("migrate", "--check")


def test_a_full_disk_leaves_the_site_as_it_was(home: Home, small_disk: Path) -> None:
    there = Home(small_disk / "data")
    for file in home.data_dir.iterdir():
        (there.data_dir / file.name).write_bytes(file.read_bytes())
    leave(small_disk, 128 * 1024)  # for what SQLite needs to open a database
    said = there.refused("restore", str(home.backup), "--force")
    assert said == "The backup cannot be restored: No space left on device."
    assert is_bobs(there)


def test_who_is_killed_behind_the_last_step_leaves_the_new_site(home: Home, made: Home) -> None:
    old = home.database.stat().st_ino
    with home.begin("restore", str(home.backup), "--force") as program:
        while home.database.stat().st_ino == old and program.poll() is None:
            pass  # the step is over within milliseconds
        program.send_signal(signal.SIGKILL)
    assert home.names == ["alice"]
    assert made.key in home.key.split()


def test_who_is_killed_before_the_last_step_leaves_the_old_site_with_both_keys(
    home: Home, made: Home
) -> None:
    as_if_older(home.backup)  # so that it takes a while
    with (
        home.begin("restore", str(home.backup), "--force") as program,
        closing(sqlite3.connect(home.database)) as other,
    ):
        wait_for(lambda: list(home.data_dir.glob(".restored.*")), "the room")
        other.execute("PRAGMA journal_mode=WAL").fetchall()
        other.execute("SELECT * FROM chat_user").fetchall()  # the last step waits for those who look
        wait_for(lambda: "\n" in home.key, "the second key", LONGEST)
        program.send_signal(signal.SIGKILL)
    assert (home.names, home.key.split()) == (["bob"], ["bobs-key", made.key])
    ask = "from django.conf import settings; print(settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS)"
    assert home.manage("shell", "-v", "0", "-c", ask) == f"bobs-key {[made.key]}\n"

    home.manage("restore", str(home.backup), "--force")  # which also clears away what was left
    assert (home.names, home.key, home.lying_here) == (["alice"], made.key, KEPT)


def as_if_older(backup: Path) -> None:
    rewritten(backup, lambda manifest: manifest["migrations"].update(chat="0011_invitations"))
